package import FoundationEssentials

/// One step in the history of the schema: numbered, forward only, never edited once it has landed.
package struct Migration: Sendable {
  package let number: Int
  package let name: String
  /// The number of the oldest program that still works on a database with this step.
  package let oldestProgram: Int
  private let script: @Sendable (ColumnTypes) -> String

  /// - Parameters:
  ///   - oldestProgram: the newest step known to the oldest program that still works after this
  ///     one; the previous step, unless this one only adds, so that instances can be replaced one
  ///     by one
  ///   - script: SQL text and nothing else, so that the step always means the same, whatever
  ///     becomes of the program's types
  package init(
    _ number: Int, _ name: String, oldestProgram: Int? = nil,
    script: @escaping @Sendable (ColumnTypes) -> String
  ) {
    self.number = number
    self.name = name
    self.oldestProgram = oldestProgram ?? max(0, number - 1)
    self.script = script
  }

  package func script(for dialect: Dialect) -> String {
    script(ColumnTypes(dialect: dialect))
  }
}

/// What the engines call the same type.
package struct ColumnTypes: Sendable {
  package let dialect: Dialect

  /// A number that the database assigns to each new row.
  package var identity: String {
    dialect == .sqlite
      ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
  }
  /// A whole number of 64 bits.
  package var integer: String { dialect == .sqlite ? "INTEGER" : "BIGINT" }
  package var bytes: String { dialect == .sqlite ? "BLOB" : "BYTEA" }
  /// Makes SQLite check the type of each stored value, as PostgreSQL does anyway.
  package var strict: String { dialect == .sqlite ? "STRICT" : "" }

  /// Notifies the channel with the table's name when rows have been added and committed.
  ///
  /// The embedded database has one program, which wakes itself.
  package func notifying(_ table: String) -> String {
    switch dialect {
    case .sqlite: ""
    case .postgres:
      """
      CREATE FUNCTION \(table)_added() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_notify('\(table)', ''); RETURN NULL; END $$;
      CREATE TRIGGER \(table)_added AFTER INSERT ON \(table)
      FOR EACH STATEMENT EXECUTE FUNCTION \(table)_added();
      """
    }
  }

  /// Makes every change to a table's rows fail: what was said stays said.
  package func appendOnly(_ table: String) -> String {
    switch dialect {
    case .sqlite:
      """
      CREATE TRIGGER \(table)_no_update BEFORE UPDATE ON \(table)
      BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
      CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table)
      BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
      """
    case .postgres:
      """
      CREATE FUNCTION \(table)_append_only() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION '\(table) is append-only'; END $$;
      CREATE TRIGGER \(table)_append_only BEFORE UPDATE OR DELETE ON \(table)
      FOR EACH ROW EXECUTE FUNCTION \(table)_append_only();
      """
    }
  }
}

/// The whole history, and how far a database has come in it.
package struct Schema: Sendable {
  package let migrations: [Migration]

  package init(_ migrations: [Migration]) {
    self.migrations = migrations
  }

  package var newest: Int { migrations.last?.number ?? 0 }

  /// Whether a database suits this program.
  package enum Fit: Equatable, Sendable {
    /// Also a database that a newer program has migrated, if this one still works on it.
    case fits
    /// The program needs steps that the database has not had: `belepo migrate` takes them.
    case tooOld(found: Int, needed: Int)
    /// The database was migrated by a newer program, beyond what this one can work on.
    case tooNew(found: Int, known: Int)
  }

  /// The number of the last step that was taken in a database; 0 for an empty one.
  package static func number(of store: some Store) async throws -> Int {
    try await store.read { try version($0) }
  }

  package func fit(of store: some Store) async throws -> Fit {
    let (found, oldest) = try await store.read { transaction in
      (try Schema.version(transaction), try Schema.oldestProgram(transaction))
    }
    if found < newest { return .tooOld(found: found, needed: newest) }
    if newest < oldest { return .tooNew(found: found, known: newest) }
    return .fits
  }

  /// How often a step is tried that finds its tables in somebody's hands, and the pause between two
  /// tries.
  private static let tries = 10
  private static let pause = Duration.seconds(2)

  /// Takes all missing steps, each in a transaction of its own.
  ///
  /// - Returns: the steps that were taken now.
  package func migrate(
    _ store: some Store, at now: Date, clock: any Clock<Duration> = ContinuousClock()
  ) async throws -> [Migration] {
    let found = try await store.write { transaction in
      try transaction.lockSchema()
      try transaction.run(script: Schema.historyTable(ColumnTypes(dialect: transaction.dialect)))
      return try Schema.version(transaction)
    }
    var taken: [Migration] = []
    for migration in migrations where migration.number > found {
      if try await take(migration, in: store, at: now, clock) { taken.append(migration) }
    }
    return taken
  }

  /// Takes a step, and again when it had to let others go first.
  ///
  /// - Returns: whether it was still missing.
  private func take(
    _ migration: Migration, in store: some Store, at now: Date, _ clock: any Clock<Duration>
  ) async throws -> Bool {
    for _ in 1..<Schema.tries {
      do {
        return try await takeOnce(migration, in: store, at: now)
      } catch StoreFault.busy {
        try await clock.sleep(for: Schema.pause)
      }
    }
    return try await takeOnce(migration, in: store, at: now)
  }

  private func takeOnce(
    _ migration: Migration, in store: some Store, at now: Date
  ) async throws -> Bool {
    try await store.write { transaction in
      try transaction.lockSchema()
      guard try Schema.version(transaction) < migration.number else { return false }
      try transaction.run(script: migration.script(for: transaction.dialect))
      try transaction.perform(
        """
        INSERT INTO schema_migration (number, name, oldest_program, applied_at)
        VALUES (\(migration.number), \(migration.name), \(migration.oldestProgram), \(now))
        """)
      return true
    }
  }

  private static func historyTable(_ types: ColumnTypes) -> String {
    """
    CREATE TABLE IF NOT EXISTS schema_migration (
      number \(types.integer) PRIMARY KEY,
      name TEXT NOT NULL,
      oldest_program \(types.integer) NOT NULL,
      applied_at \(types.integer) NOT NULL
    ) \(types.strict);
    """
  }

  /// The number of the last step taken; 0 for an empty database.
  private static func version(_ transaction: any Transaction) throws -> Int {
    guard try hasHistory(transaction) else { return 0 }
    let newest = try transaction.row(
      "SELECT COALESCE(MAX(number), 0) AS number FROM schema_migration")
    return try newest?.value("number") ?? 0
  }

  /// The oldest program that works on the database.
  private static func oldestProgram(_ transaction: any Transaction) throws -> Int {
    guard try hasHistory(transaction) else { return 0 }
    let oldest = try transaction.row(
      "SELECT COALESCE(MAX(oldest_program), 0) AS number FROM schema_migration")
    return try oldest?.value("number") ?? 0
  }

  private static func hasHistory(_ transaction: any Transaction) throws -> Bool {
    let table: Query = """
      SELECT COUNT(*) AS tables
      FROM \(Query.Differing(
        sqlite: "sqlite_master WHERE type = 'table' AND name",
        postgres: "pg_tables WHERE schemaname = current_schema() AND tablename"
      )) = 'schema_migration'
      """
    return try transaction.row(table)?.value("tables", as: Int.self) == 1
  }
}

extension Transaction {
  /// Lets only one program at a time change the schema, for as long as its step takes.
  ///
  /// A step waits for a table for less than a customer does: whoever comes while it waits, for the
  /// end of a backup for example, waits behind it, and would be refused in the end. It waits for
  /// longer than a second, after which PostgreSQL ends an automatic vacuum that is in its way.
  ///
  /// SQLite has only one writer anyway. The number is one that nothing else uses in the database.
  fileprivate func lockSchema() throws {
    guard dialect == .postgres else { return }
    try run(
      script: """
        SET LOCAL statement_timeout = 0;
        SET LOCAL lock_timeout = 0;
        SELECT pg_advisory_xact_lock(4621819);
        SET LOCAL lock_timeout = '2s';
        """)
  }
}
