internal import Foundation

/// The alphabet of a plain SMS (3GPP TS 23.038, 6.2.1: GSM 7 bit default alphabet).
///
/// One character outside it turns a message of 160 characters into one of 70. Of the accented
/// Hungarian letters it contains only é É ö Ö ü Ü, so the others are replaced by the nearest ones.
package enum GSM7 {
  /// Septets of a single message, and of each part of a longer one (3GPP TS 23.040, 9.2.3.24.1).
  package static let septetsOfOne = 160
  package static let septetsOfEach = 153

  /// Says that the next septet is from the extension table.
  private static let escape: UInt8 = 0x1B
  /// The 128 characters of the default alphabet in order.
  private static let basic =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1B}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
  /// The extension table (6.2.1.1).
  private static let extended: [Unicode.Scalar: UInt8] = [
    "\u{0C}": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E,
    "|": 0x40, "€": 0x65,
  ]
  private static let septets: [Unicode.Scalar: [UInt8]] = {
    let ones = zip(basic.unicodeScalars, 0...127).map { ($0, [$1]) }.filter { $1 != [escape] }
    return Dictionary(uniqueKeysWithValues: ones + extended.map { ($0, [escape, $1]) })
  }()

  private static let nearest: [Unicode.Scalar: String] = [
    "á": "a", "í": "i", "ó": "o", "ú": "u", "ő": "ö", "ű": "ü",
    "Á": "A", "Í": "I", "Ó": "O", "Ú": "U", "Ő": "Ö", "Ű": "Ü",
    "„": "\"", "”": "\"", "“": "\"", "’": "'", "‘": "'", "–": "-", "—": "-", "…": "...",
    "«": "\"", "»": "\"", "\u{A0}": " ", "\u{202F}": " ", "\u{2009}": " ", "\u{2010}": "-",
    "\u{2011}": "-",
  ]

  /// Of the characters that join the one before; below it every text is composed already.
  private static let firstAccent: UInt32 = 0x300

  /// The same text in the alphabet; a character without a near one becomes a question mark.
  package static func transliterate(_ text: String) -> String {
    var result = ""
    // A letter and its accent may be separate characters, as word processors leave them.
    let hasSeparateAccents = text.unicodeScalars.contains { $0.value >= firstAccent }
    let text = hasSeparateAccents ? text.precomposedStringWithCanonicalMapping : text
    for scalar in text.unicodeScalars {
      if septets[scalar] != nil {
        result.unicodeScalars.append(scalar)
      } else {
        result += nearest[scalar] ?? "?"
      }
    }
    return result
  }

  /// The septets of a text, one per byte and not packed, or `nil` when it is not in the alphabet.
  ///
  /// A character of the extension table is an escape (0x1B) and another septet.
  package static func encode(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let septets = septets[scalar] else { return nil }
      result += septets
    }
    return result
  }

  /// How many septets a text takes, or `nil` when it is not in the alphabet.
  package static func septets(of text: String) -> Int? { encode(text)?.count }

  /// Whether the character is in the extension table, and so takes two septets.
  static func isExtended(_ scalar: Unicode.Scalar) -> Bool { extended[scalar] != nil }
}
