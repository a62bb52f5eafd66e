/// What a row of a delivery says of its number; the column `operation`.
enum RegisterOperation: String, Sendable {
  /// The number has this row now, whether it had one before or not.
  case upsert
  /// The number has no row any more. The other cells may be empty.
  case delete

  /// The name of the column, which only a delivery has.
  static let column = "operation"
}
