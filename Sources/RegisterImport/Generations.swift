/// The two registers that an import works with, by their numbers.
struct Generations: Sendable {
  /// The one in use.
  let present: Int64
  /// The one that the import writes and nobody reads yet.
  let fresh: Int64
  /// The delivery that the present one is of, if its number is known.
  let delivery: Int64?
  /// Whether anything was ever imported.
  let isFirst: Bool
}
