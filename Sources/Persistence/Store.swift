/// Where Belépő keeps what must outlive it.
///
/// The two kinds of work are separate because the engines treat them differently: a write sees and
/// locks the newest state, a read sees one consistent moment and waits for nobody.
package protocol Store: Sendable {
  /// Reads one consistent moment.
  func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result

  /// Changes everything or nothing.
  ///
  /// When this returns, the change is durable (R5). A throw out of `body` undoes all of it, so a
  /// refusal that must be remembered (a wrong code, say) is returned, not thrown.
  ///
  /// - Throws: what `body` throws; ``StoreFault`` when the database cannot do its work.
  func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result

  /// Closes all connections; every later call throws.
  func close() throws
}

extension Store {
  /// Reads one consistent moment, with as many statements as it takes.
  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await read(.transaction, body)
  }

  /// Changes everything or nothing, with as many statements as it takes.
  package func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await write(.transaction, body)
  }
}

/// How much a unit of work does.
package enum Extent: Sendable {
  /// Any number of statements, between a beginning and an end.
  case transaction
  /// One statement, which is a transaction by itself: PostgreSQL is asked once instead of three
  /// times. A second one is refused (``SecondStatement``).
  case oneStatement
}

/// The one open unit of work.
package protocol Transaction {
  var dialect: Dialect { get }

  /// All rows of an answer. The statement bounds them, with a key or a `LIMIT`.
  func rows(_ query: Query) throws -> [ResultRow]

  /// Runs a statement.
  ///
  /// - Returns: the number of rows it changed, which is how a compare-and-set reports success.
  func execute(_ query: Query) throws -> Int

  /// Runs a statement whose count nobody needs.
  ///
  /// It may be sent together with what follows; a fault then surfaces there, or at the end of the
  /// write.
  func perform(_ query: Query) throws

  /// Writes many rows into a table, in the engine's fastest way.
  func load(_ rows: PackedRows, into table: StaticString) throws

  /// Runs schema text, one or more statements without values.
  func run(script: String) throws

  /// Lets each further statement of this transaction take minutes, where the engine ends those that
  /// take longer than anybody waits for a page: for whole tables, and where nobody waits.
  func allowLongStatements() throws
}

extension Transaction {
  /// The first row of an answer, if there is one.
  package func row(_ query: Query) throws -> ResultRow? {
    try rows(query).first
  }
}

/// The statements about one subject, such as sessions, within a transaction.
///
/// A transaction has one property for each subject, so that related statements stay together.
package protocol TransactionPart {
  var transaction: any Transaction { get }
}

extension TransactionPart {
  package var dialect: Dialect { transaction.dialect }

  package func row(_ query: Query) throws -> ResultRow? { try transaction.row(query) }

  package func rows(_ query: Query) throws -> [ResultRow] { try transaction.rows(query) }

  package func execute(_ query: Query) throws -> Int { try transaction.execute(query) }

  package func perform(_ query: Query) throws { try transaction.perform(query) }
}

/// The database cannot do its work now, or at all.
package enum StoreFault: Error, Equatable {
  /// Another writer holds the database longer than the busy time-out: worth another try.
  case busy
  /// The connection was lost during the commit: nobody knows whether the change was made. Repeating
  /// the same step is safe and gives one result (P9).
  case outcomeUnknown
  /// No room, no file, no permission: the engine's own words, which name no person.
  case unavailable(String)
  /// The file is damaged, or is no database: the engine's own words.
  case damaged(String)
}
