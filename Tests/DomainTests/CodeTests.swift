import Testing

@testable import Domain

/// Codes: how they are drawn, and how they are typed back.
struct CodeTests {
  @Test func `the unambiguous alphabet has 23 letters and 8 digits`() {
    let symbols = CodeAlphabet.unambiguous.symbols
    #expect(symbols.count == 31)
    #expect(Set(symbols).count == 31)
    #expect(symbols.filter(\.isUpperCaseLetter).count == 23)
    #expect(symbols.filter(\.isDigit).count == 8)
    #expect(Set("ILO01".utf8).isDisjoint(with: symbols))
    #expect(CodeAlphabet.digits.symbols == Array("0123456789".utf8))
  }

  @Test(arguments: CodeAlphabet.allCases)
  func `a code is six symbols of its alphabet with a digit among the last five`(
    alphabet: CodeAlphabet
  ) {
    var bytes = SeededBytes(seed: 2026)
    for _ in 0..<2_000 {
      let code = VerificationCode(alphabet: alphabet, drawing: bytes.next(32))
      #expect(code.bytes.count == 6)
      #expect(code.bytes.allSatisfy(alphabet.symbols.contains))
      #expect(code.typedPart.utf8.contains { $0.isDigit })
      #expect(code.prefix + code.typedPart == code.text)
      #expect(code.prefix.utf8.count == 1)
    }
  }

  @Test func `the same bytes make the same code`() {
    let bytes = Array(0..<32 as Range<UInt8>)
    let code = VerificationCode(alphabet: .digits, drawing: bytes)
    #expect(VerificationCode(alphabet: .digits, drawing: bytes).text == code.text)
  }

  @Test func `the first symbol and the rest are drawn from different bytes`() {
    var bytes = [UInt8](repeating: 7, count: 32)
    let code = VerificationCode(alphabet: .unambiguous, drawing: bytes)
    bytes[3] = 8
    let other = VerificationCode(alphabet: .unambiguous, drawing: bytes)
    #expect(other.typedPart == code.typedPart)
    #expect(other.prefix != code.prefix)
    bytes[3] = 7
    bytes[31] = 8
    let third = VerificationCode(alphabet: .unambiguous, drawing: bytes)
    #expect(third.prefix == code.prefix)
    #expect(third.typedPart != code.typedPart)
  }

  @Test func `too few bytes are a mistake of ours`() async {
    await #expect(processExitsWith: .failure) {
      _ = VerificationCode(alphabet: .digits, drawing: [UInt8](repeating: 0, count: 31))
    }
  }

  @Test func `every number below the count is another typed part`() {
    #expect(TypedPart.count(in: .digits) == 100_000)
    #expect(TypedPart.count(in: .unambiguous) == 22_192_808)
    let all = (0..<100_000 as Range<UInt64>).map { TypedPart.symbols(at: $0, in: .digits) }
    #expect(Set(all).count == 100_000)

    // A stride that has no factor in common with the count meets every block.
    let some = stride(from: 0 as UInt64, to: 22_192_808, by: 997)
      .map { TypedPart.symbols(at: $0, in: .unambiguous) }
    #expect(Set(some).count == some.count)
    #expect(some.allSatisfy { $0.count == 5 && $0.contains { $0.isDigit } })
    #expect(TypedPart.symbols(at: 22_192_807, in: .unambiguous) == Array("ZZZZ9".utf8))
  }

  @Test(arguments: CodeAlphabet.allCases)
  func `no symbol is likelier than another`(alphabet: CodeAlphabet) {
    var bytes = SeededBytes(seed: 7)
    let draws = 31_000
    var first: [String: Int] = [:]
    for _ in 0..<draws {
      first[VerificationCode(alphabet: alphabet, drawing: bytes.next(32)).prefix, default: 0] += 1
    }
    let expected = Double(draws) / Double(alphabet.symbols.count)
    let chiSquared = first.values.reduce(0) { sum, count in
      sum + (Double(count) - expected) * (Double(count) - expected) / expected
    }
    #expect(first.count == alphabet.symbols.count)
    // One seeded run in a thousand would be above 59.7 with 30 degrees of freedom.
    #expect(chiSquared < 59.7)
  }

  @Test func `remainders of long numbers are those of arithmetic`() {
    let one = [UInt8](repeating: 0, count: 15) + [1]
    #expect(RandomNumber.below(10, from: one) == 1)
    let most = [UInt8](repeating: 0xFF, count: 16)
    // 2^128 - 1 = 340282366920938463463374607431768211455
    #expect(RandomNumber.below(1_000_000, from: most) == 211_455)
    #expect(RandomNumber.below(1, from: most) == 0)
  }

  @Test func `a code shows itself to nobody who does not ask`() throws {
    let code = try #require(VerificationCode("K7M2XQ", alphabet: .unambiguous))
    #expect("\(code)" == "••••••")
    #expect("\(Optional(code) as Any)" == "Optional(••••••)")
    var output = ""
    dump(code, to: &output)
    #expect(!output.contains("7M2XQ"))
    #expect(try "\(CodeEntry("7M2XQ", alphabet: .unambiguous))" == "•••••")
  }

  @Test(arguments: ["", "K7M2X", "K7M2XQA", "k7m2xq", "K7M2X0", "K7M2X\u{212A}"])
  func `only six symbols of the alphabet are taken back`(text: String) {
    #expect(VerificationCode(text, alphabet: .unambiguous) == nil)
  }

  @Test(arguments: [
    "7M2XQ", "7m2xq", " 7M2 XQ ", "7-M-2-X-Q", "7M2\u{2013}XQ", "7M2\u{A0}XQ", "\u{200B}7M2XQ",
    "K7M2XQ", "k7m2xq", "K 7M2XQ", "K-7M2XQ", "K7M2XQ.", "7M2XQ.", "#7M2XQ", " #7M2XQ ",
    "K7M2XQ.\u{200B}",
  ])
  func `five characters or all six are the code`(typed: String) throws {
    let entry = try CodeEntry(typed, alphabet: .unambiguous)
    #expect(entry.candidate(prefix: "K") == Array("K7M2XQ".utf8))
  }

  @Test func `six characters bring their own first one`() throws {
    let entry = try CodeEntry("A7M2XQ", alphabet: .unambiguous)
    #expect(entry.candidate(prefix: "K") == Array("A7M2XQ".utf8))
  }

  @Test func `a leading zero is a digit like any other`() throws {
    #expect(try CodeEntry("00012", alphabet: .digits).bytes == Array("00012".utf8))
    #expect(throws: CodeEntry.Invalid.length(2)) { try CodeEntry("12", alphabet: .digits) }
  }

  @Test(arguments: [
    ("", CodeEntry.Invalid.empty),
    (" - ", .empty),
    ("1234", .length(4)),
    ("1234567", .length(7)),
    ("+1234", .characters),
    ("+12345", .characters),
    ("1234A", .characters),
    ("１２３４５", .characters),
    ("٣٤٥٦٧", .characters),
    ("12345\0", .characters),
    ("12345\r\n", .characters),
    ("1234\u{30}\u{301}", .characters),
    ("12.345", .characters),
    ("12#345", .characters),
    (".#", .empty),
    ("½1234", .characters),
    ("0x123", .characters),
  ])
  func `what cannot be a code is refused with the reason`(
    typed: String, reason: CodeEntry.Invalid
  ) {
    #expect(throws: reason) { try CodeEntry(typed, alphabet: .digits) }
  }

  @Test(arguments: ["7M2X0", "7M2XO", "7M2X1", "7M2XI", "7M2XL", "7M2X\u{212A}"])
  func `a symbol that no code has is refused`(typed: String) {
    #expect(throws: CodeEntry.Invalid.characters) {
      try CodeEntry(typed, alphabet: .unambiguous)
    }
  }

  @Test func `text of a megabyte is refused by its length alone`() {
    let flood = String(repeating: "1", count: 1 << 20)
    #expect(throws: CodeEntry.Invalid.length(1 << 20)) { try CodeEntry(flood, alphabet: .digits) }
  }
}
