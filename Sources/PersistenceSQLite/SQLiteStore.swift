internal import FoundationEssentials
internal import GRDB
package import Persistence
internal import Synchronization

/// The embedded database: one file, one writer, readers beside it.
///
/// The only type that knows GRDB. WAL with `synchronous=FULL`: what was acknowledged survives a
/// power cut (R5, D 9).
package struct SQLiteStore: Store {
  private let database: any DatabaseWriter
  private let lid = Lid()
  private let writes = WriteCount()

  /// After so many writes the log is copied back into the file; at some pages a write it is then as
  /// long as SQLite's own measure, 1,000 pages.
  private static let writesPerCheckpoint = 250

  /// Opens the file, or makes it.
  ///
  /// - Throws: ``StoreFault/unavailable(_:)`` when it cannot be opened.
  package init(path: String) throws {
    var configuration = SQLiteStore.configuration()
    configuration.maximumReaderCount = 4
    database = try SQLiteStore.translatingErrorsNow {
      let pool = try DatabasePool(path: path, configuration: configuration)
      // GRDB opens the log with NORMAL, which may lose the last transactions at a power cut.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      return pool
    }
  }

  private init(database: any DatabaseWriter) {
    self.database = database
  }

  /// A database that lives as long as the value, for tests.
  package static func inMemory() throws -> SQLiteStore {
    SQLiteStore(database: try DatabaseQueue(configuration: configuration()))
  }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    // Without this, a fault's description would repeat the bound values into a log.
    configuration.publicStatementArguments = false
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      // What is blanked or deleted is overwritten, so that no code stays behind in a free page.
      try database.execute(sql: "PRAGMA secure_delete = ON")
      // Without this, `INSERT OR REPLACE` would delete a row past the triggers of an append-only
      // table.
      try database.execute(sql: "PRAGMA recursive_triggers = ON")
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
    }
    return configuration
  }

  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try lid.check()
    return try await SQLiteStore.translatingErrors {
      try await database.read { try body(SQLiteTransaction(database: $0)) }
    }
  }

  package func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try lid.check()
    let result = try await SQLiteStore.translatingErrors {
      try await database.write { try body(SQLiteTransaction(database: $0)) }
    }
    if writes.next().isMultiple(of: SQLiteStore.writesPerCheckpoint) { await copyLogBack() }
    return result
  }

  /// Copies the log back into the file while every other writer of the file is shut out.
  ///
  /// SQLite before 3.51.3 can damage a file when one connection writes at the instant at which
  /// another copies back ("WAL-reset bug"), and its automatic checkpoint allows that when a command
  /// works beside a server. `FULL` holds the writer's lock meanwhile. One that is not to be had
  /// waits for the next time: the log only grows.
  private func copyLogBack() async {
    guard let pool = database as? DatabasePool else { return }
    _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.full) }
  }

  package func close() throws {
    guard lid.close() else { return }
    emptyLog()
    try SQLiteStore.translatingErrorsNow { try database.close() }
  }

  /// Copies the log back and empties it: it still has the texts of messages that are long sent.
  ///
  /// SQLite does so when the last connection goes, but GRDB's last ones may only read. A log that
  /// somebody is still reading stays, and nothing is lost by that.
  private func emptyLog() {
    guard let pool = database as? DatabasePool else { return }
    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
  }

  /// The version of the SQLite library in use, such as `3.40.1`.
  package func libraryVersion() async throws -> String {
    try await database.read { try String.fetchOne($0, sql: "SELECT sqlite_version()") ?? "" }
  }

  private static func translatingErrorsNow<Result>(
    _ work: () throws -> Result
  ) throws -> Result {
    do { return try work() } catch let error as DatabaseError { throw fault(for: error) }
  }

  private static func translatingErrors<Result>(
    _ work: () async throws -> Result
  ) async throws -> Result {
    do { return try await work() } catch let error as DatabaseError { throw fault(for: error) }
  }

  private static func fault(for error: DatabaseError) -> any Error {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      StoreFault.busy
    case .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CORRUPT,
      .SQLITE_NOTADB, .SQLITE_PERM, .SQLITE_AUTH:
      StoreFault.unavailable(error.message ?? "\(error.resultCode)")
    default:
      // A broken rule of the schema is our mistake, not the engine's state.
      error
    }
  }
}

/// Whether the store was closed; GRDB's queue in memory would crash on what comes after that.
private final class Lid: Sendable {
  private let isClosed = Mutex(false)

  /// - Returns: whether it was open.
  func close() -> Bool {
    isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
  }

  func check() throws {
    if isClosed.withLock({ $0 }) { throw StoreFault.unavailable("the database is closed") }
  }
}

/// Writes since the store was opened.
private final class WriteCount: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

private struct SQLiteTransaction: Transaction {
  let database: Database

  var dialect: Dialect { .sqlite }

  func rows(_ query: Query) throws -> [ResultRow] {
    let statement = try statement(for: query)
    let columns = statement.columnNames
    var rows: [ResultRow] = []
    let cursor = try Row.fetchCursor(statement)
    while let row = try cursor.next() {
      let values = columns.indices.map { SQLValue(row[$0] as DatabaseValue) }
      rows.append(ResultRow(columns: columns, values: values))
    }
    return rows
  }

  func execute(_ query: Query) throws -> Int {
    try statement(for: query).execute()
    return database.changesCount
  }

  func perform(_ query: Query) throws {
    try statement(for: query).execute()
  }

  func load(_ rows: [[SQLValue]], into table: StaticString, columns: [StaticString]) throws {
    let places = Array(repeating: "?", count: columns.count).joined(separator: ", ")
    let names = columns.map(\.description).joined(separator: ", ")
    let statement = try database.cachedStatement(
      sql: "INSERT INTO \(table) (\(names)) VALUES (\(places))")
    for row in rows {
      statement.setUncheckedArguments(StatementArguments(row.map { $0.databaseValue }))
      try statement.execute()
    }
  }

  func run(script: String) throws {
    try database.execute(sql: script)
  }

  private func statement(for query: Query) throws -> Statement {
    let statement = try database.cachedStatement(sql: query.text(for: .sqlite))
    statement.setUncheckedArguments(
      StatementArguments(query.values.map { $0.databaseValue }))
    return statement
  }
}

extension SQLValue {
  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(integer)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .bytes([UInt8](data))
    // No table of ours holds a floating-point number; the reader's column check reports it.
    case .double(let number): self = .text(String(number))
    }
  }

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let integer): integer.databaseValue
    case .text(let text): text.databaseValue
    case .bytes(let bytes): Data(bytes).databaseValue
    }
  }
}
