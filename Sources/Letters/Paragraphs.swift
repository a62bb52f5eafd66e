internal import Foundation

/// How a letter's text falls into paragraphs and lines.
enum Paragraphs {
  /// The lines between empty ones, without the spaces around them and without control characters,
  /// which HTML does not allow.
  ///
  /// Whatever ends a line in Unicode ends it here.
  static func of(_ text: String) -> [[String]] {
    lines(of: text).split(separator: "").map(Array.init)
  }

  private static func lines(of text: String) -> [String] {
    // Read byte by byte: nearly every text has no other line ends than `\n`, and no other controls.
    guard isPlain(text) else {
      return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .map { line in
          let allowed = line.unicodeScalars.filter {
            $0.properties.generalCategory != .control || $0.properties.isWhitespace
          }
          return trimmed(Substring(Substring.UnicodeScalarView(allowed)))
        }
    }
    return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { trimmed(Substring($0)) }
  }

  /// Whether a text has neither controls nor line ends but `\n`.
  private static func isPlain(_ text: String) -> Bool {
    var (before, last): (UInt8, UInt8) = (0, 0)
    for byte in text.utf8 {
      if byte < 0x20, byte != UInt8(ascii: "\n") { return false }
      // DEL; U+0080 to U+009F; U+2028 and U+2029.
      if byte == 0x7F || (last == 0xC2 && byte < 0xA0) { return false }
      if before == 0xE2, last == 0x80, byte == 0xA8 || byte == 0xA9 { return false }
      (before, last) = (last, byte)
    }
    return true
  }

  private static func trimmed(_ line: Substring) -> String {
    func isSettled(_ byte: UInt8?) -> Bool { byte.map { $0 > 0x20 && $0 < 0x7F } ?? true }
    if isSettled(line.utf8.first), isSettled(line.utf8.last) { return String(line) }
    return line.trimmingCharacters(in: .whitespaces)
  }
}
