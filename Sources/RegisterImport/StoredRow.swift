internal import Domain
internal import Persistence

/// A row of a register file, as the database stores it.
protocol StoredRow: RegisterRow {
  static var table: RegisterTable { get }
  /// The columns of the table after the generation: the key first, then those of the values in the
  /// order of ``contentColumns``.
  static var columns: [StaticString] { get }
  /// The one of the values that staff search for, and the last column, with that as they do
  /// (``NameKey/stored(of:)``). Nil if there is none.
  static var nameKey: (of: Column, column: StaticString)? { get }

  /// The column that is unique within a register.
  static var key: Column { get }
  static var repeatedKey: RejectReason { get }
  var key: String { get }

  /// The row's other values, in the order of ``contentColumns``; together with the key they are all
  /// that the database has of it.
  var content: [String] { get }
  static var contentColumns: [Column] { get }
  /// Those of them that may be empty.
  static var optionalColumns: [Column] { get }

  /// Those of them that people read, and that may have accents.
  static var textColumns: [Column] { get }

  /// The one of them with the default SMS number, if there is one.
  static var phoneColumn: Column? { get }

  /// The customer whose row must be in the other file, for rows that belong to one.
  var owner: CustomerNumber? { get }
  /// The column that names it.
  static var ownerColumn: Column? { get }

  /// The beginning of a statement for rows of the register, as `key` and `content`.
  static var selection: Query { get }
  /// The same for what belongs to rows and stands in another table: `key`, and `value` for the last
  /// of the values. Nil if there is nothing of the kind.
  static var appendices: (selection: Query, key: Query, value: Query)? { get }

  /// Whether rows with the same number cannot both be meant, so that nobody knows whose it is.
  static func conflicts(_ one: [UInt8], _ other: [UInt8]) -> Bool
}

extension StoredRow {
  /// The places of columns among the values of ``content``.
  static func place(of column: Column) -> Int? {
    contentColumns.firstIndex(of: column)
  }

  /// The cells of a row in the order of the columns' cases, for the file of rejects.
  static func cells(key: String, content: [String]) -> [String] {
    Column.allCases.map { column in
      guard let place = place(of: column), content.indices.contains(place) else {
        return column == Self.key ? key : ""
      }
      return content[place]
    }
  }
}
