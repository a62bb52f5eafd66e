import Domain
import Testing

/// Numbers as the insurer's register has them.
struct PhoneNumberTests {
  @Test(arguments: [
    ("06 20 123 4567", "+36201234567"), ("0620/123-45-67", "+36201234567"),
    ("201234567", "+36201234567"), ("36201234567", "+36201234567"),
    ("0036 20 1234567", "+36201234567"), ("+36201234567", "+36201234567"),
    ("+36 (20) 123.4567", "+36201234567"), ("311234567", "+36311234567"),
    ("501234567", "+36501234567"), ("06 1 234 5678", "+3612345678"),
    ("36 1 234 5678", "+3612345678"), ("06 62 123 456", "+3662123456"),
    ("06 36 412 345", "+3636412345"), ("36 412 345", "+3636412345"),
    ("1/234-5678", "+3612345678"), ("21 123 4567", "+36211234567"),
    ("+36 21 123 4567", "+36211234567"),
    ("+43 664 1234567", "+436641234567"), ("0040 721 234 567", "+40721234567"),
    ("+43 12 34 56", "+43123456"), ("+123456789012345", "+123456789012345"),
  ])
  func `any writing becomes one canonical form`(written: String, e164: String) throws {
    #expect(try PhoneNumber(written).e164 == e164)
  }

  @Test(arguments: [
    ("", PhoneNumber.Invalid.empty),
    (" - ", .empty),
    ("nincs", .characters),
    ("06201234567 (Éva)", .characters),
    ("06201234567, 06301234567", .characters),
    ("0620\r\n1234567", .characters),
    ("06201234567\0", .characters),
    ("٠٦٢٠١٢٣٤٥٦٧", .characters),
    ("1234567", .length),
    ("20123456", .length),
    ("60123456", .length),
    ("601234567", .length),
    ("021234567", .length),
    ("06 20 123 456", .length),
    ("06 20 123 45678", .length),
    ("06 1 234 567", .length),
    ("06 1 234 56789", .length),
    ("06 012 34567", .length),
    ("+", .length),
    ("+1234567", .length),
    ("+1234567890123456", .length),
    ("+01234567890", .length),
  ])
  func `what is no number is refused with the reason`(
    written: String, reason: PhoneNumber.Invalid
  ) {
    #expect(throws: reason) { try PhoneNumber(written) }
  }

  @Test func `text of a megabyte is refused by its length alone`() {
    let flood = String(repeating: " ", count: 1 << 20)
    #expect(throws: PhoneNumber.Invalid.length) { try PhoneNumber(flood) }
  }

  @Test(arguments: [
    ("06201234567", true), ("06311234567", true), ("06501234567", true),
    ("0612345678", false), ("06211234567", false), ("+43201234567", false),
  ])
  func `only Hungarian mobile numbers can be texted`(written: String, isMobile: Bool) throws {
    #expect(try PhoneNumber(written).isHungarianMobile == isMobile)
  }

  @Test func `a log line shows two digits`() throws {
    #expect(try "\(PhoneNumber("06201234567"))" == "06 20 ••• ••67")
    #expect(try "\(PhoneNumber("06 1 234 5678"))" == "•••• 78")
    #expect(try "\(PhoneNumber("+436641234567"))" == "•••• 67")
  }
}
