internal import CSQLite
internal import Dispatch
internal import FoundationEssentials
internal import GRDB
internal import GRDBSQLite
internal import Glibc
package import Persistence
internal import Synchronization

/// The embedded database: one file, one writer, readers beside it.
///
/// The only type that knows GRDB. WAL with `synchronous=FULL`: what was acknowledged survives a
/// power cut (R5, D 9).
package struct SQLiteStore: Store {
  let database: any DatabaseWriter
  private let lid = Lid()
  private let writes = WriteCount()

  /// After this many writes the log is copied back into the file; at a few pages per write it is
  /// then as long as SQLite's own limit, 1,000 pages.
  private static let writesPerCheckpoint = 250
  fileprivate static let pagesPerWrite = 4

  /// How long a writer waits for another process's.
  private static let busySeconds = 5.0

  /// Opens the file, or creates it; it and its companions are readable by their owner alone.
  ///
  /// - Throws: ``StoreFault/unavailable(_:)`` when it cannot be opened.
  package init(path: String) throws {
    var configuration = SQLiteStore.configuration()
    configuration.maximumReaderCount = 4
    SQLiteStore.keepPrivate(path)
    database = try SQLiteStore.translatingErrorsNow {
      let pool = try DatabasePool(path: path, configuration: configuration)
      // GRDB opens the log with NORMAL, which may lose the last transactions in a power cut.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      return pool
    }
  }

  /// SQLite gives its companions the mode of the file, and the file that of the umask: names,
  /// numbers and hashes for everybody on the machine (ASVS 14.2.4).
  static func keepPrivate(_ path: String) {
    // A file that exists is not opened here: closing it would drop SQLite's own locks on it.
    let created = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if created >= 0 { Glibc.close(created) }
    // Somebody else's file cannot be changed, and need not be.
    for file in [path, path + "-wal", path + "-shm"] { _ = chmod(file, 0o600) }
  }

  private init(database: any DatabaseWriter) {
    self.database = database
  }

  /// A database that lives as long as the value, for tests.
  package static func inMemory() throws -> SQLiteStore {
    SQLiteStore(database: try DatabaseQueue(configuration: configuration()))
  }

  /// SQLite would count the memory of each of its parts under one lock, a twentieth of its time,
  /// and nobody asks. Its makers advise to leave that out (sqlite.org/compile.html, recommended
  /// options). It has to be said before the first database is opened.
  private static let keepsNoMemoryStatistics =
    belepo_sqlite_keeps_no_memory_statistics() == SQLITE_OK

  static func configuration() -> Configuration {
    _ = keepsNoMemoryStatistics
    var configuration = Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.foreignKeysEnabled = true
    // Without this, a fault's description would repeat the bound values into a log.
    configuration.publicStatementArguments = false
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      // Blanked or deleted data is overwritten, so that no code stays behind in a free page.
      try database.execute(sql: "PRAGMA secure_delete = ON")
      // Without this, `INSERT OR REPLACE` would delete a row without the triggers of an append-only
      // table.
      try database.execute(sql: "PRAGMA recursive_triggers = ON")
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      // A log that has grown is cut when it begins anew, so that it does not stay on the disk.
      try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
    }
    return configuration
  }

  /// Gives the writer room for the pages of an index that rows come into from all sides, and a
  /// second thread for sorting the entries of a new one.
  package func prepareForManyRows(cacheKibibytes: Int) throws {
    try SQLiteStore.translatingErrorsNow {
      try database.writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes); PRAGMA threads = 1")
      }
    }
  }

  package func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try lid.check()
    return try await SQLiteStore.translatingErrors {
      switch extent {
      case .transaction:
        try await database.read { try body(SQLiteTransaction(database: $0, writes: writes)) }
      case .oneStatement:
        try await database.unsafeRead {
          try body(OneStatement(SQLiteTransaction(database: $0, writes: writes)))
        }
      }
    }
  }

  package func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try lid.check()
    let result = try await SQLiteStore.translatingErrors {
      switch extent {
      case .transaction:
        try await database.write { try body(SQLiteTransaction(database: $0, writes: writes)) }
      case .oneStatement:
        try await database.writeWithoutTransaction {
          try body(OneStatement(SQLiteTransaction(database: $0, writes: writes)))
        }
      }
    }
    if writes.isDue(after: SQLiteStore.writesPerCheckpoint) { await copyLogBack() }
    return result
  }

  /// Copies the log back into the file while every other writer of the file is shut out.
  ///
  /// SQLite before 3.51.3 can damage a file when one connection writes at the same instant at which
  /// another copies back ("WAL-reset bug"), and its automatic checkpoint allows that when a command
  /// works beside a server. `FULL` holds the writer's lock meanwhile. If the lock is not available,
  /// the next time will do: the log only grows.
  private func copyLogBack() async {
    guard let pool = database as? DatabasePool else { return }
    _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.full) }
  }

  package func close() throws {
    guard lid.close() else { return }
    emptyLog()
    try SQLiteStore.translatingErrorsNow { try database.close() }
  }

  /// Copies the log back and empties it: it still has the texts of messages sent long ago.
  ///
  /// SQLite does so when the last connection closes, but GRDB's last ones may be read-only. A log
  /// that somebody is still reading stays, and nothing is lost by that.
  private func emptyLog() {
    guard let pool = database as? DatabasePool else { return }
    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
  }

  /// Copies the log back and empties it: what was blanked in the database is then nowhere, the
  /// codes in the texts of messages above all.
  ///
  /// It waits for nobody: while somebody reads, the log stays, and the next time will do.
  package func forgetLog() async {
    guard let pool = database as? DatabasePool else { return }
    _ = try? await pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA busy_timeout = 100")
      defer {
        let milliseconds = Int(SQLiteStore.busySeconds * 1000)
        try? database.execute(sql: "PRAGMA busy_timeout = \(milliseconds)")
      }
      try database.checkpoint(.truncate)
    }
  }

  /// What a look through the whole file has found.
  package enum Soundness: Hashable, Sendable {
    case sound
    /// The first thing that is wrong, in SQLite's words.
    case damaged(String)
    /// The time was over before the end.
    case unfinished
  }

  /// Reads the whole file and checks its structure (`PRAGMA quick_check`), for a limited time.
  package func quickCheck(within seconds: Double) async throws -> Soundness {
    let turn = Turn()
    // Again and again: what has not begun yet cannot be interrupted.
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + seconds, repeating: .milliseconds(5))
    timer.setEventHandler { [database] in turn.use { database.interrupt() } }
    timer.resume()
    defer {
      turn.end()
      timer.cancel()
    }
    do {
      let words = try await database.read {
        try String.fetchOne($0, sql: "PRAGMA quick_check(1)") ?? "no answer"
      }
      return words == "ok" ? .sound : .damaged(words)
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_INTERRUPT: return .unfinished
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .damaged(error.message ?? "\(error)")
      default: throw SQLiteStore.fault(for: error)
      }
    }
  }

  /// The version of the SQLite library in use, such as `3.40.1`.
  package func libraryVersion() async throws -> String {
    try await database.read { try String.fetchOne($0, sql: "SELECT sqlite_version()") ?? "" }
  }

  static func translatingErrorsNow<Result>(
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
    case .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_PERM,
      .SQLITE_AUTH:
      StoreFault.unavailable(error.message ?? "\(error.resultCode)")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      StoreFault.damaged(error.message ?? "\(error.resultCode)")
    // Whoever waited has been cancelled. GRDB says so itself of the statements that it runs.
    case .SQLITE_INTERRUPT:
      CancellationError()
    default:
      // A violated rule of the schema is our mistake, not the engine's state.
      error
    }
  }
}

/// Whether the store was closed; GRDB's in-memory queue would crash on anything after that.
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

/// Lets somebody act for as long as the work is not done, and never afterwards.
private final class Turn: Sendable {
  private let isOver = Mutex(false)

  func use(_ act: () -> Void) {
    isOver.withLock { isOver in
      if !isOver { act() }
    }
  }

  func end() {
    isOver.withLock { $0 = true }
  }
}

/// Writes since the log was last copied back.
private final class WriteCount: Sendable {
  private let count = Mutex(0)

  /// Counts a write.
  ///
  /// - Returns: whether that was enough of them.
  func isDue(after limit: Int) -> Bool {
    count.withLock { count in
      count += 1
      if count < limit { return false }
      count = 0
      return true
    }
  }

  /// Rows by the thousand fill the log like many writes, whether they come or go. A batch of an
  /// import, or of what it sweeps away, is then copied back before the next: an import that is
  /// killed leaves no longer a log than one of its transactions makes.
  func add(rows: Int) {
    count.withLock { $0 += rows / WriteCount.rowsPerWrite }
  }

  private static let rowsPerWrite = 32

  /// The index of a large table fills it as well.
  func add(pages: Int) {
    count.withLock { $0 += max(0, pages) / SQLiteStore.pagesPerWrite }
  }
}

private struct SQLiteTransaction: Transaction {
  let database: Database
  let writes: WriteCount

  var dialect: Dialect { .sqlite }

  func rows(_ query: Query) throws -> [ResultRow] {
    let statement = try statement(for: query)
    let columns = statement.columnNames
    var rows: [ResultRow] = []
    let cursor = try Row.fetchCursor(statement)
    while let row = try cursor.next() {
      rows.append(ResultRow(columns: columns, values: row.databaseValues.map { SQLValue($0) }))
    }
    return rows
  }

  func execute(_ query: Query) throws -> Int {
    try statement(for: query).execute()
    writes.add(rows: database.changesCount)
    return database.changesCount
  }

  func perform(_ query: Query) throws {
    try statement(for: query).execute()
    writes.add(rows: database.changesCount)
  }

  func load(_ rows: PackedRows, into table: StaticString) throws {
    // SQLite's own calls: GRDB's take several times as long as the insertion itself.
    let many = try insertion(of: Self.rowsPerInsertion, rows.columns, into: table)
    let one = try insertion(of: 1, rows.columns, into: table)
    defer {
      for statement in [many, one] {
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
      }
    }
    var left = rows.count
    var row = 0
    try rows.forEachCell { column, cell in
      let isOne = row == 0 && left < Self.rowsPerInsertion
      let (statement, size) = isOne ? (one, 1) : (many, Self.rowsPerInsertion)
      let place = Int32(row * rows.columns.count + column + 1)
      try SQLiteTransaction.check(cell.bind(to: statement, at: place), SQLITE_OK)
      guard column == rows.columns.count - 1 else { return }
      row += 1
      guard row == size else { return }
      try SQLiteTransaction.check(sqlite3_step(statement), SQLITE_DONE)
      sqlite3_reset(statement)
      (left, row) = (left - size, 0)
    }
    writes.add(rows: rows.count)
  }

  /// To begin and end a statement costs half of what its row does; more rows of one save no more.
  private static let rowsPerInsertion = 32

  private func insertion(
    of count: Int, _ columns: [StaticString], into table: StaticString
  ) throws -> OpaquePointer {
    let names = columns.map(\.description).joined(separator: ", ")
    let row = "(\(columns.map { _ in "?" }.joined(separator: ", ")))"
    let rows = Array(repeating: row, count: count).joined(separator: ", ")
    return try database.cachedStatement(
      sql: "INSERT INTO \(table) (\(names)) VALUES \(rows)"
    ).sqliteStatement
  }

  private static func check(_ code: Int32, _ expected: Int32) throws {
    if code != expected { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }

  func run(script: String) throws {
    let before = try pageCount()
    try database.execute(sql: script)
    writes.add(pages: try pageCount() - before)
  }

  /// Nothing ends a statement here.
  func allowLongStatements() {}

  private func pageCount() throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
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

extension PackedRows.Cell {
  /// Binds the value, which has to be there until the statement has been run: no copy is made.
  ///
  /// - Returns: SQLite's result code.
  fileprivate func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
    switch self {
    case .null: sqlite3_bind_null(statement, place)
    case .integer(let integer): sqlite3_bind_int64(statement, place, integer)
    case .text(let text) where text.isEmpty: sqlite3_bind_text(statement, place, "", 0, nil)
    case .text(let text):
      text.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text(statement, place, $0.baseAddress, Int32(clamping: $0.count), nil)
      }
    case .bytes(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(statement, place, 0)
    case .bytes(let bytes):
      sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(clamping: bytes.count), nil)
    }
  }
}
