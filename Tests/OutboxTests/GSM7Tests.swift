import Outbox
import Testing

/// The alphabet of a plain SMS, compared once with two independent libraries (PyPI `gsm0338` 1.1.0
/// and `smsutil` 1.1.3, which agree); their answers stand here.
struct GSM7Tests {
  /// The code points that take one septet: 128 places without the escape.
  static let oneSeptet: [UInt32] = [
    10, 13, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53,
    54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77,
    78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 95, 97, 98, 99, 100, 101, 102, 103, 104,
    105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 161,
    163, 164, 165, 167, 191, 196, 197, 198, 199, 201, 209, 214, 216, 220, 223, 224, 228, 229, 230,
    232, 233, 236, 241, 242, 246, 248, 249, 252, 915, 916, 920, 923, 926, 928, 931, 934, 936, 937,
  ]
  /// Those that take an escape and a septet.
  static let twoSeptets: [UInt32] = [12, 91, 92, 93, 94, 123, 124, 125, 126, 0x20AC]

  private func septets(_ codePoint: UInt32) -> Int? {
    Unicode.Scalar(codePoint).flatMap { GSM7.septets(of: String(Character($0))) }
  }

  @Test func `the alphabet is the standard's, to the last character`() {
    let expected = Dictionary(
      uniqueKeysWithValues: Self.oneSeptet.map { ($0, 1) } + Self.twoSeptets.map { ($0, 2) })
    let wrong = (0...0x2FFF as ClosedRange<UInt32>).filter { septets($0) != expected[$0] }
    #expect(wrong.isEmpty)
    #expect(expected.count == 137)
  }

  @Test(arguments: [
    ("", 0), ("Az Ön kodja 123456.", 19), ("{}[]~\\^|€", 18), ("100 € = 40 000 Ft", 18),
    ("Kedves Ügyfelünk!\n\n@portal.pelda.example #23456", 47), ("Grüße, ÄÖÜ äöü ß", 16),
    (String(repeating: "a", count: 160), 160), (String(repeating: "€", count: 80), 160),
    (String(repeating: "@", count: 160), 160),
  ])
  func `septets are counted as the libraries count them`(text: String, count: Int) {
    #expect(GSM7.septets(of: text) == count)
  }

  @Test(arguments: [
    "Az Ön kódja", "jelszó: [a]", "naïve", "\u{201C}idézet\u{201D}", "😀", "\u{1B}", "a\u{301}",
  ])
  func `a text with a letter from outside has no count`(text: String) {
    #expect(GSM7.septets(of: text) == nil)
  }

  @Test(arguments: [
    ("árvíztűrő tükörfúrógép", "arviztürö tükörfurogép"),
    ("ÁRVÍZTŰRŐ TÜKÖRFÚRÓGÉP", "ARVIZTÜRÖ TÜKÖRFUROGÉP"),
    ("éÉöÖüÜ", "éÉöÖüÜ"),
    ("„idézet”, \u{201C}quote\u{201D}, ’s, ‘s", "\"idézet\", \"quote\", 's, 's"),
    ("1–2 — 3…", "1-2 - 3..."),
    ("a\u{A0}b", "a b"),
    ("[100 €] {x} ~ ^ | \\", "[100 €] {x} ~ ^ | \\"),
    ("漢字 😀", "?? ?"),
    ("", ""),
  ])
  func `every letter is written with its nearest`(text: String, plain: String) {
    #expect(GSM7.transliterate(text) == plain)
  }

  @Test(arguments: [
    ("a\u{301}rvi\u{301}ztu\u{30B}ro\u{30B} e\u{301}", "arviztürö é"),
    ("«belső»", "\"belsö\""),
    ("e\u{2011}mail", "e-mail"),
    ("10\u{202F}000\u{2009}Ft", "10 000 Ft"),
  ])
  func `what word processors make of a text does not end as question marks`(
    text: String, plain: String
  ) {
    #expect(GSM7.transliterate(text) == plain)
  }

  @Test func `whatever is written, a plain SMS comes out, and stays as it is`() {
    for codePoint in 0...0x2FFF as ClosedRange<UInt32> {
      guard let scalar = Unicode.Scalar(codePoint) else { continue }
      let plain = GSM7.transliterate(String(Character(scalar)))
      #expect(GSM7.septets(of: plain) != nil, "U+\(String(codePoint, radix: 16))")
      #expect(GSM7.transliterate(plain) == plain)
    }
  }
}
