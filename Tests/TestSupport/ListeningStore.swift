package import Persistence
internal import Synchronization

/// A store that remembers which questions it was asked.
package final class ListeningStore: Store {
  private let store: any Store
  private let heard = Mutex<[Query]>([])

  package init(_ store: any Store) {
    self.store = store
  }

  /// All statements that answer with rows, since the last time.
  package func questions() -> [Query] {
    heard.withLock { queries in
      defer { queries = [] }
      return queries
    }
  }

  package func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await store.read(extent) { [self] transaction in
      try body(ListeningTransaction(transaction: transaction, hear: hear))
    }
  }

  package func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await store.write(extent) { [self] transaction in
      try body(ListeningTransaction(transaction: transaction, hear: hear))
    }
  }

  package func close() throws { try store.close() }

  private func hear(_ query: Query) {
    heard.withLock { $0.append(query) }
  }
}

private struct ListeningTransaction: Transaction {
  let transaction: any Transaction
  let hear: (Query) -> Void

  var dialect: Dialect { transaction.dialect }

  func rows(_ query: Query) throws -> [ResultRow] {
    hear(query)
    return try transaction.rows(query)
  }

  func execute(_ query: Query) throws -> Int { try transaction.execute(query) }

  func perform(_ query: Query) throws { try transaction.perform(query) }

  func load(_ rows: PackedRows, into table: StaticString) throws {
    try transaction.load(rows, into: table)
  }

  func run(script: String) throws { try transaction.run(script: script) }

  func allowLongStatements() throws { try transaction.allowLongStatements() }
}
