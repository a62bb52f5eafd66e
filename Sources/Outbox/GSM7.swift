internal import Foundation

/// The alphabet of a plain SMS (3GPP TS 23.038, GSM 7-bit default alphabet).
///
/// One letter outside it turns a message of 160 characters into one of 70. Of the accented
/// Hungarian letters only é É ö Ö ü Ü are inside, so the others are written with their nearest.
package enum GSM7 {
  /// Characters of one septet.
  private static let basic = Set<Unicode.Scalar>(
    ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
      + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
  /// Characters of two septets, an escape and another one.
  private static let extended = Set<Unicode.Scalar>("^{}\\[~]|€\u{0C}".unicodeScalars)

  /// Septets of a single message, and of each part of a longer one.
  package static let septetsOfOne = 160
  package static let septetsOfEach = 153

  private static let nearest: [Unicode.Scalar: String] = [
    "á": "a", "í": "i", "ó": "o", "ú": "u", "ő": "ö", "ű": "ü",
    "Á": "A", "Í": "I", "Ó": "O", "Ú": "U", "Ő": "Ö", "Ű": "Ü",
    "„": "\"", "”": "\"", "“": "\"", "’": "'", "‘": "'", "–": "-", "—": "-", "…": "...",
    "«": "\"", "»": "\"", "\u{A0}": " ", "\u{202F}": " ", "\u{2009}": " ", "\u{2010}": "-",
    "\u{2011}": "-",
  ]

  /// The same text in letters of the alphabet; what has no near letter becomes a question mark.
  package static func transliterate(_ text: String) -> String {
    var result = ""
    // A letter and its accent may come apart, as word processors leave them.
    for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
      if basic.contains(scalar) || extended.contains(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += nearest[scalar] ?? "?"
      }
    }
    return result
  }

  /// How many septets a text takes, or `nil` when it is not in the alphabet.
  package static func septets(of text: String) -> Int? {
    var count = 0
    for scalar in text.unicodeScalars {
      if basic.contains(scalar) {
        count += 1
      } else if extended.contains(scalar) {
        count += 2
      } else {
        return nil
      }
    }
    return count
  }
}
