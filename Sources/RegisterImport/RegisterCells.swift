/// The cells of one line, to be read by the names of their columns.
package struct RegisterCells<Column: RegisterColumn>: Sendable {
  /// In bytes. Longer names and products do not fit on any page.
  package static var longestText: Int { 200 }

  private let header: RegisterHeader<Column>
  private let fields: [String]

  init(_ fields: [String], header: RegisterHeader<Column>) {
    self.fields = fields
    self.header = header
  }

  /// The text of a cell without spaces around it.
  subscript(column: Column) -> String {
    guard let position = header.position(of: column), fields.indices.contains(position) else {
      return ""
    }
    return fields[position].trimmed
  }

  /// The value that a cell must hold.
  func value<Value, Invalid: Error>(
    _ column: Column,
    _ parse: (String) throws(Invalid) -> Value,
    orReject reason: (Invalid) -> RejectReason
  ) throws(CellFault) -> Value {
    do throws(Invalid) {
      return try parse(self[column])
    } catch {
      throw CellFault(column.rawValue, reason(error))
    }
  }

  /// The value that a cell may hold; an empty cell holds none.
  func optionalValue<Value, Invalid: Error>(
    _ column: Column,
    _ parse: (String) throws(Invalid) -> Value,
    orReject reason: (Invalid) -> RejectReason
  ) throws(CellFault) -> Value? {
    if self[column].isEmpty { return nil }
    return try value(column, parse, orReject: reason)
  }

  /// A text that must be there and can be shown on one line.
  func text(_ column: Column) throws(CellFault) -> String {
    let text = self[column]
    if text.isEmpty { throw CellFault(column.rawValue, .empty) }
    if text.utf8.count > Self.longestText { throw CellFault(column.rawValue, .textTooLong) }
    if text.unicodeScalars.contains(where: Self.isControl) {
      throw CellFault(column.rawValue, .controlCharacter)
    }
    return text
  }

  /// Line ends, NUL and their kind: ASCII's own, and those of Latin-1.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
