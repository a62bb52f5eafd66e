package import Persistence
internal import Synchronization

/// A store that breaks at a chosen statement of a write, or when a write is already durable.
package final class BreakingStore: Store {
  package enum Moment: Sendable {
    /// At the statement of this number, counted from 1 over all writes from now on.
    case atStatement(Int)
    /// After the commit of the write of this number: the answer is lost, the change is not.
    case afterWrite(Int)
  }

  /// What the store breaks with.
  package struct Broken: Error {
    package init() {}
  }

  private struct State {
    var moment: Moment?
    var statements = 0
    var readStatements = 0
    var writes = 0
  }

  private let store: any Store
  private let state = Mutex(State())

  package init(_ store: any Store) {
    self.store = store
  }

  package func `break`(_ moment: Moment) {
    state.withLock { $0 = State(moment: moment) }
  }

  package func mend() {
    state.withLock { $0.moment = nil }
  }

  /// Statements that writes have run since the store was told to break.
  package var statements: Int { state.withLock { $0.statements } }

  /// Statements that reads have run since then; none of them breaks.
  package var readStatements: Int { state.withLock { $0.readStatements } }

  package func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await store.read(extent) { [self] transaction in
      try body(
        BreakingTransaction(transaction: transaction) {
          self.state.withLock { $0.readStatements += 1 }
        })
    }
  }

  package func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let result = try await store.write(extent) { [self] transaction in
      try body(BreakingTransaction(transaction: transaction, beforeStatement: countStatement))
    }
    try countWrite()
    return result
  }

  package func close() throws {
    try store.close()
  }

  private func countStatement() throws {
    try state.withLock { state in
      state.statements += 1
      if case .atStatement(state.statements) = state.moment { throw Broken() }
    }
  }

  private func countWrite() throws {
    try state.withLock { state in
      state.writes += 1
      if case .afterWrite(state.writes) = state.moment { throw Broken() }
    }
  }
}

private struct BreakingTransaction: Transaction {
  let transaction: any Transaction
  let beforeStatement: () throws -> Void

  var dialect: Dialect { transaction.dialect }

  func rows(_ query: Query) throws -> [ResultRow] {
    try beforeStatement()
    return try transaction.rows(query)
  }

  func execute(_ query: Query) throws -> Int {
    try beforeStatement()
    return try transaction.execute(query)
  }

  func perform(_ query: Query) throws {
    try beforeStatement()
    try transaction.perform(query)
  }

  func load(_ rows: PackedRows, into table: StaticString) throws {
    try beforeStatement()
    try transaction.load(rows, into: table)
  }

  func run(script: String) throws {
    try beforeStatement()
    try transaction.run(script: script)
  }

  func allowLongStatements() throws { try transaction.allowLongStatements() }
}
