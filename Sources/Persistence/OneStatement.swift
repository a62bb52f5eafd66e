/// A unit of work that promised to be one statement, and is held to it.
package final class OneStatement: Transaction {
  private let transaction: any Transaction
  private var isUsed = false

  package init(_ transaction: any Transaction) {
    self.transaction = transaction
  }

  package var dialect: Dialect { transaction.dialect }

  package func rows(_ query: Query) throws -> [ResultRow] {
    try use()
    return try transaction.rows(query)
  }

  package func execute(_ query: Query) throws -> Int {
    try use()
    return try transaction.execute(query)
  }

  /// Nothing follows with which it could be sent.
  package func perform(_ query: Query) throws {
    _ = try execute(query)
  }

  package func load(_ rows: PackedRows, into table: StaticString) throws {
    throw SecondStatement()
  }

  package func run(script: String) throws {
    throw SecondStatement()
  }

  package func allowLongStatements() throws {
    throw SecondStatement()
  }

  private func use() throws {
    guard !isUsed else { throw SecondStatement() }
    isUsed = true
  }
}

/// A unit of work did more than the one statement that it had promised: our mistake. Both would not
/// have been one transaction.
package struct SecondStatement: Error {}
