/// One row of an answer; it decodes into values, or names the column that does not fit.
package struct ResultRow: Sendable {
  private let columns: [String]
  private let values: [SQLValue]

  /// - Parameters:
  ///   - columns: the names, shared by all rows of one answer
  ///   - values: as many as there are names
  package init(columns: [String], values: [SQLValue]) {
    self.columns = columns
    self.values = values
  }

  /// The value of a column that may not be null.
  ///
  /// - Throws: ``ColumnFault`` when the column is missing, null or of another type.
  package func value<Value: SQLDecodable>(
    _ column: String, as type: Value.Type = Value.self
  ) throws -> Value {
    guard let value = try optional(column, as: type) else {
      throw ColumnFault(column: column, expected: "\(type)", found: .null)
    }
    return value
  }

  /// The value of a column that may be null.
  ///
  /// - Throws: ``ColumnFault`` when the column is missing or of another type.
  package func optional<Value: SQLDecodable>(
    _ column: String, as type: Value.Type = Value.self
  ) throws -> Value? {
    guard let index = columns.firstIndex(of: column), index < values.count else {
      throw ColumnFault(column: column, expected: "\(type)", found: nil)
    }
    let stored = values[index]
    if stored == .null { return nil }
    guard let value = Value(sqlValue: stored) else {
      throw ColumnFault(column: column, expected: "\(type)", found: stored)
    }
    return value
  }
}

/// A row does not contain what the program expects: the schema and the program disagree.
package struct ColumnFault: Error, CustomStringConvertible {
  package let column: String
  package let expected: String
  package let found: SQLValue?

  /// Names the column and the types, never the value: it may be personal.
  package var description: String {
    let kind =
      switch found {
      case nil: "no such column"
      case .null: "null"
      case .integer: "an integer"
      case .text: "text"
      case .bytes: "bytes"
      }
    return "Column \(column): \(expected) expected, \(kind) found."
  }

  package init(column: String, expected: String, found: SQLValue?) {
    self.column = column
    self.expected = expected
    self.found = found
  }
}
