/// Where Belépő keeps what must outlive it.
///
/// The two kinds of work are apart because the engines treat them so: a write sees and locks the
/// newest state, a read sees one consistent moment and waits for nobody.
package protocol Store: Sendable {
  /// Reads one consistent moment.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result

  /// Changes everything or nothing.
  ///
  /// When this returns, the change is durable (R5). A throw out of `body` undoes all of it, so a
  /// refusal that must be remembered (a wrong code, say) is returned, not thrown.
  ///
  /// - Throws: what `body` throws; ``StoreFault`` when the database cannot do its work.
  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result

  /// Closes all connections; every later call throws.
  func close() throws
}

/// The one open unit of work.
package protocol Transaction {
  var dialect: Dialect { get }

  /// All rows of an answer. The statement bounds them, with a key or a `LIMIT`.
  func rows(_ query: Query) throws -> [ResultRow]

  /// Runs a statement.
  ///
  /// - Returns: the number of rows it changed, which is how a compare-and-set tells its success.
  func execute(_ query: Query) throws -> Int

  /// Runs a statement whose count nobody needs.
  ///
  /// It may be sent together with what follows; a fault then comes out of that, or of the end of
  /// the write.
  func perform(_ query: Query) throws

  /// Writes many rows into a table, by the engine's quickest way.
  ///
  /// - Parameters:
  ///   - rows: each with a value for each column
  ///   - columns: their names
  func load(_ rows: [[SQLValue]], into table: StaticString, columns: [StaticString]) throws

  /// Runs schema text, one or more statements without values.
  func run(script: String) throws
}

extension Transaction {
  /// The first row of an answer, if there is one.
  package func row(_ query: Query) throws -> ResultRow? {
    try rows(query).first
  }
}

/// The database cannot do its work just now, or at all.
package enum StoreFault: Error, Equatable {
  /// Another writer holds the database longer than the busy time-out: worth another try.
  case busy
  /// The connection was lost during the commit: nobody knows whether the change was made. The same
  /// step once more is safe and ends in one result (P9).
  case outcomeUnknown
  /// No room, no file, no permission, damaged: the engine's own words, which name no person.
  case unavailable(String)
}
