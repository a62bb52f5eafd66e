internal import Persistence

/// Rows in the text form of `COPY` (PostgreSQL's manual, "COPY", file formats).
enum CopyText {
  static func lines(_ rows: [[SQLValue]]) -> [UInt8] {
    var text: [UInt8] = []
    for row in rows {
      for (place, value) in row.enumerated() {
        if place > 0 { text.append(UInt8(ascii: "\t")) }
        append(value, to: &text)
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  private static func append(_ value: SQLValue, to text: inout [UInt8]) {
    switch value {
    case .null: text.append(contentsOf: "\\N".utf8)
    case .integer(let number): text.append(contentsOf: String(number).utf8)
    case .text(let words):
      for byte in words.utf8 { append(byte, to: &text) }
    case .bytes(let bytes):
      text.append(contentsOf: "\\\\x".utf8)
      for byte in bytes {
        text.append(digit(byte >> 4))
        text.append(digit(byte & 15))
      }
    }
  }

  /// Escapes what would end a value or a row, or begin an escape.
  private static func append(_ byte: UInt8, to text: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\\"): text.append(contentsOf: "\\\\".utf8)
    case UInt8(ascii: "\t"): text.append(contentsOf: "\\t".utf8)
    case UInt8(ascii: "\n"): text.append(contentsOf: "\\n".utf8)
    case UInt8(ascii: "\r"): text.append(contentsOf: "\\r".utf8)
    default: text.append(byte)
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
