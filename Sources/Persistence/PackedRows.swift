/// Rows for a table, in one piece. Where there are millions of them, a text and an array for each
/// cost more than the engine that stores them.
package struct PackedRows: Sendable {
  /// A value, by how much of the bytes it takes.
  private enum Value {
    case null
    case integer(Int64)
    case text(Int)
    case bytes(Int)
  }

  /// A value as it is handed to an engine: what it points to is there for the length of the call.
  package enum Cell {
    case null
    case integer(Int64)
    /// UTF-8
    case text(UnsafeBufferPointer<UInt8>)
    case bytes(UnsafeBufferPointer<UInt8>)
  }

  /// The columns' names; each row has a value for each of them, in this order.
  package let columns: [StaticString]
  private var values: [Value] = []
  private var bytes: [UInt8] = []

  package init(columns: [StaticString]) {
    self.columns = columns
  }

  /// How many there are; one that has begun counts when it has all its values.
  package var count: Int { columns.isEmpty ? 0 : values.count / columns.count }

  /// The next value of the row.
  package mutating func append(_ value: SQLValue) {
    switch value {
    case .null: values.append(.null)
    case .integer(let integer): values.append(.integer(integer))
    case .text(let text): append(text: text)
    case .bytes(let content):
      bytes.append(contentsOf: content)
      values.append(.bytes(content.count))
    }
  }

  package mutating func append(text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
    values.append(.text(text.utf8.count))
  }

  /// - Parameter text: valid UTF-8; nobody looks at it again
  package mutating func append(text: ArraySlice<UInt8>) {
    bytes.append(contentsOf: text)
    values.append(.text(text.count))
  }

  /// Calls back with each value and the place of its column, row by row.
  package func forEachCell(_ use: (_ column: Int, _ cell: Cell) throws -> Void) rethrows {
    try bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      func next(_ count: Int) -> UnsafeBufferPointer<UInt8> {
        defer { start += count }
        return UnsafeBufferPointer(rebasing: bytes[start..<start + count])
      }
      var column = 0
      for value in values.prefix(count * columns.count) {
        switch value {
        case .null: try use(column, .null)
        case .integer(let integer): try use(column, .integer(integer))
        case .text(let count): try use(column, .text(next(count)))
        case .bytes(let count): try use(column, .bytes(next(count)))
        }
        column = column + 1 == columns.count ? 0 : column + 1
      }
    }
  }
}

extension Transaction {
  /// Writes a few rows into a table, each with a value for each column.
  package func load(
    _ rows: [[SQLValue]], into table: StaticString, columns: [StaticString]
  ) throws {
    var packed = PackedRows(columns: columns)
    for row in rows {
      for value in row { packed.append(value) }
    }
    try load(packed, into: table)
  }
}
