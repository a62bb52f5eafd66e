import Testing

@testable import Domain

struct CaseNumberTests {
  @Test func `a case number is two groups of four unambiguous symbols`() {
    var bytes = SeededBytes(seed: 1)
    var numbers: Set<CaseNumber> = []
    for _ in 0..<1_000 {
      let number = CaseNumber(drawing: bytes.next(16))
      let groups = number.text.split(separator: "-")
      #expect(groups.map(\.utf8.count) == [4, 4])
      let symbols = CodeAlphabet.unambiguous.symbols
      #expect(groups.joined().utf8.allSatisfy(symbols.contains))
      #expect(CaseNumber(number.text) == number)
      numbers.insert(number)
    }
    #expect(numbers.count == 1_000)
  }

  @Test(arguments: [
    "K7M2-4XQP", "k7m2-4xqp", "K7M24XQP", " k7m2 4xqp ", "K7M2\u{2013}4XQP", "K7M2\u{A0}4XQP",
    "K7M2-4XQP.", "\u{200B}K7M2-4XQP\u{FEFF}",
  ])
  func `staff may type it as they hear it`(typed: String) throws {
    let number = try #require(CaseNumber(typed))
    #expect(number.text == "K7M2-4XQP")
    #expect("\(number)" == "K7M2-4XQP")
  }

  @Test(arguments: [
    "", "K7M2-4XQ", "K7M2-4XQPA", "K7M2-4XQ0", "K7M2-4XQI", "K7M2_4XQP", "\u{212A}7M2-4XQP",
    "K7M2-4XQP\0", "K7M2\n4XQP", String(repeating: "K", count: 1 << 20),
  ])
  func `anything else is no case number`(typed: String) {
    #expect(CaseNumber(typed) == nil)
  }
}
