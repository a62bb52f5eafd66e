/// The values of a row apart from its key, in one piece that can be compared as a whole.
///
/// They are joined by a character that no value holds: values with control characters are rejected.
enum RowContent {
  static let separator: UInt8 = 0x1F
  /// In the place of the values of a row that is to be deleted: a character that no value holds.
  static let deletion = "\u{18}"

  static func values(_ content: [UInt8]) -> [String] {
    if isDeletion(content) { return [] }
    return content.split(separator: separator, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  static func isDeletion(_ content: [UInt8]) -> Bool {
    content.count == 1 && content.elementsEqual(deletion.utf8)
  }

  /// Which of the values are there: a bit for each, the first value's is the lowest.
  static func filled(_ content: [UInt8]) -> UInt32 {
    var (filled, bit): (UInt32, UInt32) = (0, 1)
    for byte in content {
      if byte == separator { bit <<= 1 } else { filled |= bit }
    }
    return filled
  }

  static func isSame(_ content: [UInt8], _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { $0.elementsEqual(content) }
  }
}
