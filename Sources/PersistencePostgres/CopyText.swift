internal import Persistence

/// Rows in the text form of `COPY` (PostgreSQL's manual, "COPY", file formats), a piece at a time.
struct CopyText {
  /// So much is sent at once: the server reads it while the next is made.
  static let pieceSize = 65_536

  private(set) var bytes: [UInt8] = []

  /// The next value of a row.
  mutating func append(_ cell: PackedRows.Cell, endsRow: Bool) {
    switch cell {
    case .null: bytes.append(contentsOf: "\\N".utf8)
    case .integer(let number): bytes.append(contentsOf: String(number).utf8)
    case .text(let text):
      for byte in text { append(byte) }
    case .bytes(let content):
      bytes.append(contentsOf: "\\\\x".utf8)
      for byte in content {
        bytes.append(Self.digit(byte >> 4))
        bytes.append(Self.digit(byte & 15))
      }
    }
    bytes.append(UInt8(ascii: endsRow ? "\n" : "\t"))
  }

  /// What has been appended was sent.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// Escapes what would end a value or a row, or begin an escape.
  private mutating func append(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
    case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
    case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
    case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
    default: bytes.append(byte)
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
