/// The two registers that an import has before it, by their numbers.
struct Generations: Sendable {
  /// The one that answers.
  let present: Int64
  /// The one that the import writes, which nobody reads yet.
  let fresh: Int64
}
