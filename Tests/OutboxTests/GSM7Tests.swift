import Outbox
import Testing

/// The alphabet of a plain SMS, compared once with two independent libraries (PyPI `gsm0338` 1.1.0
/// and `smsutil` 1.1.3, which agree); their answers stand here.
struct GSM7Tests {
  /// The code points of the 128 septets in their order; 27 is the escape.
  static let table: [UInt32] = [
    64, 163, 36, 165, 232, 233, 249, 236, 242, 199, 10, 216, 248, 13, 197, 229, 916, 95, 934, 915,
    923, 937, 928, 936, 931, 920, 926, 27, 198, 230, 223, 201, 32, 33, 34, 35, 164, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 161,
    65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88,
    89, 90, 196, 214, 209, 220, 167, 191, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108,
    109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 228, 246, 241, 252, 224,
  ]
  /// Those that take an escape, and the septet after it.
  static let escaped: [UInt32: UInt8] = [
    12: 10, 94: 20, 123: 40, 125: 41, 92: 47, 91: 60, 126: 61, 93: 62, 124: 64, 0x20AC: 101,
  ]

  @Test func `the alphabet is the standard's, to the last character`() {
    var expected = Self.escaped.mapValues { [27, $0] }
    for (septet, codePoint) in zip(0...127 as ClosedRange<UInt8>, Self.table) where septet != 27 {
      expected[codePoint] = [septet]
    }
    #expect(expected.count == 137)
    let wrong = (0...0x10FFFF as ClosedRange<UInt32>).filter { codePoint in
      guard let scalar = Unicode.Scalar(codePoint) else { return false }
      return GSM7.encode(String(Character(scalar))) != expected[codePoint]
    }
    #expect(wrong.isEmpty)
  }

  @Test(
    arguments: [
      ("", []), ("@", [0]), ("10 €", [0x31, 0x30, 0x20, 0x1B, 0x65]),
      ("[é]", [0x1B, 0x3C, 0x05, 0x1B, 0x3E]), ("a\r\nb", [0x61, 0x0D, 0x0A, 0x62]),
      ("\n\n@x #1", [0x0A, 0x0A, 0x00, 0x78, 0x20, 0x23, 0x31]), ("^\u{0C}", [27, 20, 27, 10]),
    ] as [(String, [UInt8])])
  func `a text is a row of septets, escapes among them`(text: String, septets: [UInt8]) {
    #expect(GSM7.encode(text) == septets)
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
    "\0", "a\0b", "\t", "ç",
  ])
  func `a text with a letter from outside has no septets`(text: String) {
    #expect(GSM7.encode(text) == nil)
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
    ("a\r\nb\0c", "a\r\nb?c"),
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

  // MARK: Parts of a message

  /// A text of so many of each.
  private func row(_ pieces: [(String, Int)]) -> String {
    pieces.map { String(repeating: $0.0, count: $0.1) }.joined()
  }

  @Test(
    arguments: [
      // The borders.
      ([], 0, 1), ([("a", 160)], 160, 1), ([("a", 161)], 161, 2), ([("a", 306)], 306, 2),
      ([("a", 307)], 307, 3), ([("a", 459)], 459, 3), ([("a", 460)], 460, 4),
      // A pair that ends at the border, one that begins before it, and both in a row.
      ([("€", 80)], 160, 1), ([("a", 159), ("€", 1)], 161, 2), ([("a", 151), ("€", 5)], 161, 2),
      ([("a", 152), ("€", 77)], 306, 3), ([("a", 151), ("€", 77), ("a", 1)], 306, 2),
      ([("€", 152)], 304, 2), ([("€", 153)], 306, 3), ([("€", 1), ("a", 304)], 306, 2),
      ([("a", 152), ("€", 1), ("a", 151)], 305, 2), ([("a", 152), ("€", 1), ("a", 152)], 306, 3),
      // Line ends of Windows are two septets.
      ([("\r\n", 80)], 160, 1), ([("\r\n", 81)], 162, 2), ([("\r\n", 153)], 306, 2),
    ] as [([(String, Int)], Int, Int)])
  func `a plain text has parts of 153 septets, and no escape is torn from its character`(
    pieces: [(String, Int)], units: Int, segments: Int
  ) {
    let sms = SMSText(row(pieces))
    #expect(sms.encoding == .gsm7)
    #expect(sms.units == units)
    #expect(sms.segments == segments)
    #expect(sms.isOneSegment == (segments == 1))
    #expect(GSM7.encode(row(pieces))?.count == units)
  }

  @Test(
    arguments: [
      ([("á", 1)], 1, 1), ([("\0", 1)], 1, 1), ([("á", 70)], 70, 1), ([("á", 71)], 71, 2),
      ([("á", 134)], 134, 2), ([("á", 135)], 135, 3), ([("a", 69), ("á", 1)], 70, 1),
      // In UCS-2 the euro sign is one unit, and so is an accent that stands apart.
      ([("€", 69), ("á", 1)], 70, 1), ([("a\u{301}", 35)], 70, 1), ([("a\u{301}", 36)], 72, 2),
      ([("😀", 35)], 70, 1), ([("😀", 36)], 72, 2), ([("😀", 66)], 132, 2), ([("😀", 67)], 134, 3),
      ([("á", 1), ("😀", 66), ("á", 1)], 134, 2), ([("á", 66), ("😀", 1), ("á", 65)], 133, 2),
      ([("á", 66), ("😀", 1), ("á", 66)], 134, 3), ([("á", 65), ("😀", 1), ("á", 67)], 134, 2),
      ([("á\r\n", 23)], 69, 1), ([("á\r\n", 24)], 72, 2),
    ] as [([(String, Int)], Int, Int)])
  func `any other text has parts of 67 units, and no character is torn`(
    pieces: [(String, Int)], units: Int, segments: Int
  ) {
    let sms = SMSText(row(pieces))
    #expect(sms.encoding == .ucs2)
    #expect(sms.units == units)
    #expect(sms.segments == segments)
    #expect(row(pieces).utf16.count == units)
  }

  @Test func `one letter makes two messages of one`() {
    let text = "Példa Biztosító: a kódja 123456. Tíz percig él, senkinek ne adja meg.\n\n@p.hu #1"
    #expect(SMSText(text).segments == 2)
    #expect(SMSText(GSM7.transliterate(text)).isOneSegment)
  }
}
