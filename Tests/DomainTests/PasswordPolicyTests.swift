import Domain
import Testing

struct PasswordPolicyTests {
  typealias Refusal = PasswordPolicy.Refusal

  @Test(arguments: ["Abcde1", "1aaaaA", "aA0aaaaaaaaa"])
  func `the insurer's policy takes letters of both cases and a digit`(password: String) throws {
    #expect(try refusals(.insurer, password) == [])
  }

  @Test(arguments: [
    ("", [Refusal.missing]),
    ("Abcd1", [.tooShort]),
    ("ABCDE1", [.lowerCaseMissing]),
    ("abcde1", [.upperCaseMissing]),
    ("Abcdef", [.digitMissing]),
    ("Abcde1!", [.forbiddenCharacters]),
    ("Abcd 1", [.forbiddenCharacters]),
    ("Ábcde1A", [.forbiddenCharacters]),
    ("Abcde1\0", [.forbiddenCharacters]),
    ("Abcde1\r\n", [.forbiddenCharacters]),
    ("abcÁe1", [.upperCaseMissing, .forbiddenCharacters]),
    ("Abcde٣", [.digitMissing, .forbiddenCharacters]),
    ("Abcde３", [.digitMissing, .forbiddenCharacters]),
    ("abcde1\u{212A}", [.upperCaseMissing, .forbiddenCharacters]),
    ("!", [.tooShort, .lowerCaseMissing, .upperCaseMissing, .digitMissing, .forbiddenCharacters]),
    (
      "Aa1\u{301}\u{301}\u{301}\u{301}", [.tooShort, .forbiddenCharacters]
    ),
  ])
  func `the insurer's policy tells every reason`(password: String, expected: [Refusal]) throws {
    #expect(try refusals(.insurer, password) == expected)
  }

  @Test(arguments: [
    "abcdefghijkl", "ne felejtsd el a macskát", "            ", "árvíztűrő tükör", "😀😀😀😀😀😀😀😀😀😀😀😀",
  ])
  func `the modern policy takes anything long`(password: String) throws {
    #expect(try refusals(.modern, password) == [])
  }

  @Test(arguments: [
    ("", [Refusal.missing]),
    ("abcdefghijk", [.tooShort]),
    ("a" + String(repeating: "\u{301}", count: 11), [.tooShort]),
    ("abcdefghijkl\0", [.controlCharacters]),
    ("abcdef\r\nghijkl", [.controlCharacters]),
    ("abcdefghijkl\u{85}", [.controlCharacters]),
    ("abcdefghijkl\u{7F}", [.controlCharacters]),
  ])
  func `the modern policy refuses the short and the unprintable`(
    password: String, expected: [Refusal]
  ) throws {
    #expect(try refusals(.modern, password) == expected)
  }

  @Test(arguments: PasswordPolicy.allCases)
  func `128 characters are accepted and 129 are not`(policy: PasswordPolicy) throws {
    let longest = "Aa1" + String(repeating: "x", count: 125)
    #expect(try refusals(policy, longest) == [])
    #expect(try refusals(policy, longest + "x") == [.tooLong])
  }

  @Test func `1024 bytes are looked at and 1025 are not`() throws {
    let flags = String(repeating: "🇭🇺", count: 128)
    #expect(flags.utf8.count == 1024)
    #expect(try refusals(.modern, flags) == [])
    #expect(try refusals(.modern, "a" + flags.dropLast() + "👍🏽\u{301}") == [.tooLong])
    let flood = String(repeating: "á\0", count: 1 << 19)
    for policy in PasswordPolicy.allCases {
      #expect(try refusals(policy, flood) == [.tooLong])
    }
  }

  @Test(arguments: PasswordPolicy.allCases, ["anna@pelda.hu", "ANNA@Pelda.HU"])
  func `the e-mail address itself is refused for that reason alone`(
    policy: PasswordPolicy, password: String
  ) throws {
    #expect(try refusals(policy, password, email: "Anna@pelda.hu") == [.equalsEmail])
  }

  @Test(arguments: [
    ("xxAnNa1xx", "anna@pelda.hu", [Refusal.containsEmailName]),
    ("Xxann1xx", "ann@pelda.hu", []),
    ("Aa1zzz", "aa1zzz@pelda.hu", [.containsEmailName]),
    ("Xxanna", "anna@pelda.hu", [.digitMissing, .containsEmailName]),
  ])
  func `the name before the at sign may not be inside`(
    password: String, email: String, expected: [Refusal]
  ) throws {
    #expect(try refusals(.insurer, password, email: email) == expected)
  }

  @Test func `a short name may not be the whole password`() throws {
    #expect(
      try refusals(.insurer, "Ab1", email: "ab1@pelda.hu") == [.tooShort, .containsEmailName])
  }

  @Test(arguments: [
    ("BIZTOSITO1a", ["Biztosító"], [Refusal.contextWord("Biztosító")]),
    ("Biztosi\u{301}to1", ["Biztosító"], [.forbiddenCharacters, .contextWord("Biztosító")]),
    ("xKovacs1", ["Kovács", "portal"], [.contextWord("Kovács")]),
    ("Portal1Kovacs", ["kovács", "PORTAL"], [.contextWord("kovács"), .contextWord("PORTAL")]),
    ("xAn1xxx", ["an", "", "\u{301}"], []),
    ("xAnn1xx", ["ann"], [.contextWord("ann")]),
  ])
  func `words from the customer's surroundings may not be inside`(
    password: String, words: [String], expected: [Refusal]
  ) throws {
    #expect(try refusals(.insurer, password, contextWords: words) == expected)
  }

  @Test(arguments: PasswordPolicy.allCases)
  func `common passwords are refused`(policy: PasswordPolicy) throws {
    let refusals = try policy.refusals(
      of: "Password1234", email: EmailAddress("x@pelda.hu"), contextWords: [],
      isCommon: { $0 == "Password1234" })
    #expect(refusals == [.common])
  }

  @Test func `there is one sample of each reason`() {
    #expect(Set(Refusal.allCases).count == 12)
  }

  private func refusals(
    _ policy: PasswordPolicy, _ password: String, email: String = "senki@pelda.hu",
    contextWords: [String] = []
  ) throws -> [Refusal] {
    policy.refusals(
      of: password, email: try EmailAddress(email), contextWords: contextWords,
      isCommon: { _ in false })
  }
}
