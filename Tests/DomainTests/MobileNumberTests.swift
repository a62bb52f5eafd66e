import Domain
import Testing

/// What a customer types to be texted.
struct MobileNumberTests {
  let accepted = ["20", "30", "70"]

  @Test func `seven digits take the prefix beside them`() throws {
    let number = try MobileNumber(prefix: "30", number: "123 4567", accepting: accepted)
    #expect(number.e164 == "+36301234567")
  }

  @Test(arguments: ["0612345", "3612345", "2012345", "0012345"])
  func `seven digits are a number's end whatever they begin with`(typed: String) throws {
    let number = try MobileNumber(prefix: "70", number: typed, accepting: accepted)
    #expect(number.e164 == "+3670" + typed)
  }

  @Test func `a number pasted with +36 wins over the prefix beside it`() throws {
    let number = try MobileNumber(prefix: "20", number: "+36 30 123 4567", accepting: accepted)
    #expect(number.e164 == "+36301234567")
  }

  @Test func `a whole number needs no prefix beside it`() throws {
    let number = try MobileNumber(prefix: "", number: "06301234567", accepting: accepted)
    #expect(number.e164 == "+36301234567")
  }

  @Test(arguments: [
    "+36301234567", "+36 30 123 4567", "+36-30/123-45-67", "(+36) 30 123 4567",
    "+36 (30) 123-4567", "0036301234567", "00 36 30 123 4567", "+0036301234567", "36 30 1234567",
    "06301234567", "0630/123-4567", "06-30/123-45-67", "(06 30) 123-4567", "06.30.123.4567",
    "+06 30 123 4567", "+36 06 30 123 4567", "+36 (0) 30 123 4567", "301234567", "30 123 4567",
    "30/1234567", "06\u{A0}30\u{A0}123\u{A0}4567", "06\u{202F}30\u{2009}1234567",
    "06 30\u{2013}123\u{2011}4567", "06\u{200B}301234567\u{FEFF}",
    "\u{202A}+36 30 123 4567\u{202C}", "\u{2066}06301234567\u{2069}", "\t06301234567",
    "tel:+36301234567", " TEL:06 30 123 4567", "tel:06-30-123-4567",
    "\u{202A}tel:+36301234567\u{202C}",
    "０６３０１２３４５６７", "＋３６　３０　１２３　４５６７", "（０６ ３０） １２３－４５６７",
  ])
  func `a whole number is understood in any writing`(typed: String) throws {
    let number = try MobileNumber(prefix: "20", number: typed, accepting: accepted)
    #expect(number.e164 == "+36301234567")
  }

  @Test(arguments: [
    ("", MobileNumber.Invalid.empty),
    (" - ( ) \u{200B}", .empty),
    ("abc", .characters),
    ("06 30 123 4567 mell. 12", .characters),
    ("06301234567;ext=1", .characters),
    ("tel:", .empty),
    ("tel:tel:06301234567", .characters),
    ("sms:06301234567", .characters),
    ("06301234567,06301234568", .characters),
    ("06301234567\n", .characters),
    ("0630123\r\n4567", .characters),
    ("06301234567\0", .characters),
    ("06 30 123 456½", .characters),
    ("٠٦٣٠١٢٣٤٥٦٧", .characters),
    ("06 30 123 456\u{301}7", .characters),
    ("06+301234567", .characters),
    ("++36301234567", .characters),
  ])
  func `what is no number is refused`(typed: String, reason: MobileNumber.Invalid) {
    refuse(typed, reason)
  }

  @Test(arguments: [
    ("1", MobileNumber.Invalid.tooShort(missing: 6)),
    ("123456", .tooShort(missing: 1)),
    ("30123456", .tooShort(missing: 1)),
    ("12345678", .tooLong(extra: 1)),
    ("+", .tooShort(missing: 9)),
    ("+3", .tooShort(missing: 9)),
    ("+36", .tooShort(missing: 9)),
    ("06 30", .tooShort(missing: 7)),
    ("06 30 123 456", .tooShort(missing: 1)),
    ("06 30 123 45678", .tooLong(extra: 1)),
    ("+36 30 123 456", .tooShort(missing: 1)),
    ("+36 30 123 45678", .tooLong(extra: 1)),
    ("06 123 4567", .tooShort(missing: 2)),
    ("36 123 4567", .tooShort(missing: 2)),
    ("3012345678", .tooLong(extra: 1)),
  ])
  func `a missing or extra digit is counted`(typed: String, reason: MobileNumber.Invalid) {
    refuse(typed, reason)
  }

  @Test(arguments: [
    "06 1 234 5678", "+36 1 234 5678", "0036 62 123 456", "06-36/412-345", "36 1 234 5678",
    "06 40 421 421", "06 80 123 456", "06 90 123 456",
  ])
  func `a landline is told apart from a wrong number`(typed: String) {
    refuse(typed, .landline)
  }

  @Test(arguments: ["+43 664 1234567", "0040 721 234 567", "+1 202 555 0123", "+441234567890"])
  func `a number of another country is told apart`(typed: String) {
    refuse(typed, .foreign)
  }

  @Test(arguments: [
    ("06 31 123 4567", "31"), ("06 50 123 4567", "50"), ("311234567", "31"),
    ("06 31 123 456", "31"), ("+36 21 123 4567", "21"), ("06 38 123 4567", "38"),
    ("06 60 123 4567", "60"), ("999999999", "99"),
  ])
  func `a prefix that is not texted is named`(typed: String, prefix: String) {
    refuse(typed, .prefix(prefix))
  }

  @Test(arguments: ["", "31", "2", "020", " 20", "２０", "\u{0}"])
  func `seven digits without a prefix on offer ask for one`(prefix: String) {
    #expect(throws: MobileNumber.Invalid.prefixChoice) {
      try MobileNumber(prefix: prefix, number: "1234567", accepting: accepted)
    }
  }

  @Test func `the configuration can open another prefix`() throws {
    let number = try MobileNumber(prefix: "31", number: "1234567", accepting: ["31"])
    #expect(number.e164 == "+36311234567")
    #expect(
      try number == MobileNumber(prefix: "", number: "06 31 1234567", accepting: ["31"]))
    #expect(throws: MobileNumber.Invalid.prefix("20")) {
      try MobileNumber(prefix: "31", number: "06 20 1234567", accepting: ["31"])
    }
  }

  @Test func `64 bytes are read and 65 are not`() throws {
    let spaces = String(repeating: " ", count: 53)
    let number = try MobileNumber(prefix: "", number: spaces + "06301234567", accepting: accepted)
    #expect(number.e164 == "+36301234567")
    refuse(spaces + " 06301234567", .tooLong(extra: 56))
    refuse(String(repeating: "1", count: 1 << 20), .tooLong(extra: (1 << 20) - 9))
  }

  @Test func `a number matches the one on file however either was written`() throws {
    let number = try MobileNumber(prefix: "30", number: "1234567", accepting: accepted)
    #expect(try number.matches(PhoneNumber("0630/123-4567")))
    #expect(try !number.matches(PhoneNumber("0630/123-4568")))
    #expect(try !number.matches(PhoneNumber("0620/123-4567")))
  }

  @Test func `a log line shows the prefix and two digits`() throws {
    let number = try MobileNumber(prefix: "30", number: "1234567", accepting: accepted)
    #expect("\(number)" == "06 30 ••• ••67")
    #expect("\(Optional(number) as Any)" == "Optional(06 30 ••• ••67)")
  }

  private func refuse(
    _ typed: String, _ reason: MobileNumber.Invalid,
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: reason, sourceLocation: location) {
      try MobileNumber(prefix: "20", number: typed, accepting: accepted)
    }
  }
}
