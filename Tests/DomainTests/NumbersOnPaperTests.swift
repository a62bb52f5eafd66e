import Domain
import Testing

/// Customer, policy and old customer numbers, which people copy from paper.
struct NumbersOnPaperTests {
  @Test(arguments: [
    "A1B2C67", "a1b2c67", " A1B 2C67 ", "A1B-2C67", "A1B/2C67", "A1B.2C67", "A1B\u{2013}2C67",
    "\u{A0}A1B\u{202F}2C67", "A1B\u{200B}2C67\u{FEFF}", "\u{202A}A1B2C67\u{202C}", "A1B2C67\t",
  ])
  func `a customer number is the same in every writing`(typed: String) throws {
    let number = try CustomerNumber(typed)
    #expect(number.text == "A1B2C67")
    #expect(try number == CustomerNumber("A1B2C67"))
  }

  @Test(arguments: [
    ("", CustomerNumber.Invalid.empty),
    (" -/.\u{200B} ", .empty),
    ("A1B2C6", .length(6)),
    ("A1B2C678", .length(8)),
    ("A1B2C6!", .characters),
    ("A1B2C6Á", .characters),
    ("A1B2C6A\u{301}", .characters),
    ("A1B2C6\u{212A}", .characters),
    ("A1B2C6\u{131}", .characters),
    ("A1B2C6\u{17F}", .characters),
    ("\u{FF21}1B2C67", .characters),
    ("A1B2C6\u{FF17}", .characters),
    ("A1B2C6\u{667}", .characters),
    ("A1B2C67\0", .characters),
    ("A1B2\r\nC67", .characters),
    ("A1B2C67\n", .characters),
    ("A1B2C6😀", .characters),
  ])
  func `a customer number is refused with the reason`(
    typed: String, reason: CustomerNumber.Invalid
  ) {
    #expect(throws: reason) { try CustomerNumber(typed) }
  }

  @Test func `text of a megabyte is refused by its length alone`() {
    let flood = String(repeating: "7", count: 1 << 20)
    #expect(throws: CustomerNumber.Invalid.length(1 << 20)) { try CustomerNumber(flood) }
    #expect(throws: PolicyNumber.Invalid.tooLong) { try PolicyNumber(flood) }
    #expect(throws: OldCustomerNumber.Invalid.tooLong) { try OldCustomerNumber(flood) }
  }

  @Test func `spacing counts against the longest text that is read`() throws {
    let spaces = String(repeating: " ", count: 249)
    #expect(try CustomerNumber(spaces + "A1B2C67").text == "A1B2C67")
    #expect(throws: CustomerNumber.Invalid.length(257)) {
      try CustomerNumber(spaces + " A1B2C67")
    }
  }

  @Test(arguments: [
    ("ab12", "AB12"), ("12-34/56.78", "12345678"), ("12345678901234567890", "12345678901234567890"),
  ])
  func `a policy number has 4 to 20 characters`(typed: String, text: String) throws {
    #expect(try PolicyNumber(typed).text == text)
  }

  @Test(arguments: [
    ("", PolicyNumber.Invalid.empty),
    ("- -", .empty),
    ("AB1", .tooShort),
    ("123456789012345678901", .tooLong),
    ("123_456", .characters),
    ("123456\0", .characters),
    ("１２３４", .characters),
  ])
  func `a policy number is refused with the reason`(typed: String, reason: PolicyNumber.Invalid) {
    #expect(throws: reason) { try PolicyNumber(typed) }
  }

  @Test(arguments: [("7", "7"), ("ab-1", "AB1"), ("12345678901234567890", "12345678901234567890")])
  func `an old customer number has 1 to 20 characters`(written: String, text: String) throws {
    #expect(try OldCustomerNumber(written).text == text)
  }

  @Test(arguments: [
    ("", OldCustomerNumber.Invalid.empty),
    ("123456789012345678901", .tooLong),
    ("7;8", .characters),
  ])
  func `an old customer number is refused with the reason`(
    written: String, reason: OldCustomerNumber.Invalid
  ) {
    #expect(throws: reason) { try OldCustomerNumber(written) }
  }

  @Test func `a log line shows two characters of a number at most`() throws {
    #expect(try "\(CustomerNumber("A1B2C67"))" == "•••••67")
    #expect(try "\(PolicyNumber("AB12"))" == "•••••12")
    #expect(try "\(OldCustomerNumber("AB1"))" == "•••••")
    #expect(try "\([CustomerNumber("A1B2C67")])" == "[•••••67]")
  }

  @Test func `a dump of a number does not show it`() throws {
    var output = ""
    dump(try CustomerNumber("A1B2C67"), to: &output)
    #expect(!output.contains("A1B2C67"))
  }
}
