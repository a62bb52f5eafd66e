internal import Foundation

/// A colour in sRGB, as far as its contrast is concerned (WCAG 2.2, relative luminance).
struct Colour {
  /// What text needs (WCAG 2.2, 1.4.3).
  static let leastContrast = 4.5

  private let luminance: Double

  /// Reads `#rrggbb`.
  init?(_ text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 7, digits.first == UInt8(ascii: "#"), digits[1] != UInt8(ascii: "+"),
      let value = UInt32(String(decoding: digits.dropFirst(), as: UTF8.self), radix: 16)
    else { return nil }
    func linear(_ shift: UInt32) -> Double {
      let part = Double((value >> shift) & 255) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
    luminance = 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
  }

  /// From 1 (the same) to 21 (black on white).
  func contrast(with other: Colour) -> Double {
    let (lighter, darker) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)
  }
}
