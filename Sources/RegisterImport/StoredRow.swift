internal import Domain
internal import Persistence

/// A row of a register file, as the database keeps it.
protocol StoredRow: RegisterRow {
  static var table: RegisterTable { get }

  /// What only one row of a register can have.
  static var key: Column { get }
  static var repeatedKey: RejectReason { get }
  var key: String { get }

  /// The column that names another row's customer, for rows that belong to one.
  static var owner: Column? { get }
  var owner: CustomerNumber? { get }

  /// Writes rows, passes over those whose key is taken, and answers with the keys of the others in
  /// a column `key`.
  static func insertion(of rows: ArraySlice<Self>, into generation: Int64) -> Query

  /// The same rows out of PostgreSQL's `incoming` table, into which they were copied with the
  /// numbers of their lines.
  static var copiedInsertion: Query { get }

  /// A table like the register's, with a column `line`, that is gone with the transaction.
  static var incoming: Query { get }
  static var columns: [StaticString] { get }
  /// A value for each of the columns.
  func values(in generation: Int64) -> [SQLValue]

  /// Writes what belongs to rows that were taken over.
  static func appendices(of rows: [Self], into generation: Int64) -> [Query]

  /// Tells of each of these keys, by 1 or 0, whether both registers have its row (`kept`) and
  /// whether the row is the same in both (`unchanged`).
  static func comparison(of keys: ArraySlice<String>, in generations: Generations) -> Query
}
