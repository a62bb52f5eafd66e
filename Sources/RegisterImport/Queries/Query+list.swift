internal import Persistence

extension Query {
  /// Pieces with commas between them, such as the rows of an `INSERT`.
  static func list<Element>(
    _ elements: some Sequence<Element>, _ piece: (Element) -> Query
  ) -> Query {
    joined(elements.map(piece), separator: ", ")
  }

  /// A table `wanted` whose `column1`, as both engines call it, holds the texts.
  ///
  /// A subquery that counts for each of them is one look-up each. An `IN` is not: while a
  /// generation grows, PostgreSQL knows so little about it that it would read all of it each time.
  static func wanted(_ texts: ArraySlice<String>) -> Query {
    "(VALUES \(list(texts) { "(\($0))" })) AS wanted"
  }
}
