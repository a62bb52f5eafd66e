internal import Accounts
internal import Cryptography
internal import DatabaseSchema
internal import Foundation
internal import Persistence
internal import PersistencePostgres
internal import PersistenceSQLite

/// The configured database, opened.
enum OpenedDatabase {
  case sqlite(SQLiteStore)
  case postgres(PostgresStore, PostgresSettings)

  var store: any Store {
    switch self {
    case .sqlite(let store): store
    case .postgres(let store, _): store
    }
  }
}

extension OpenedDatabase {
  /// The time for what a command writes: with PostgreSQL the database's, as for every instance.
  func clock() async throws -> @Sendable () -> Date {
    switch self {
    case .sqlite: return { Date() }
    case .postgres(let store, _):
      let clock = try await DatabaseClock(store)
      return { clock.now }
    }
  }
}

extension Settings {
  /// Opens the configured database, whatever its schema.
  ///
  /// - Throws: ``Failure`` when it cannot hold every name.
  func openDatabase() async throws -> OpenedDatabase {
    let url = checkedText(.databaseURL)
    guard let path = Setting.sqlitePath(url) else {
      var settings = PostgresSettings(url: url)
      settings.connections = count(.databaseConnections)
      settings.waitSeconds = Double(seconds(.databaseWait))
      settings.isPooled = checkedText(.databasePooler) == "transaction"
      let store = PostgresStore(settings, jitter: RandomBytes.fraction)
      let encoding = try await store.encoding()
      guard encoding == "UTF8" else {
        throw Failure(
          "The database keeps text as \(encoding), which has no place for every letter. Make one: "
            + "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0", .configuration)
      }
      return .postgres(store, settings)
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return .sqlite(try SQLiteStore(path: path))
  }

  /// Opens the configured database with the schema of this program.
  ///
  /// The embedded database belongs to this program alone, so missing steps are simply taken; so are
  /// those of an empty PostgreSQL database. One that other instances may be using is migrated by
  /// the operator (`belepo migrate`).
  ///
  /// - Parameter check: what to look at before the schema is touched
  func openCurrentDatabase(
    _ check: (OpenedDatabase) async throws -> Void = { _ in }
  ) async throws -> OpenedDatabase {
    let database = try await openDatabase()
    try await check(database)
    switch try await Schema.belepo.fit(of: database.store) {
    case .fits: return database
    case .tooNew(let found, let known):
      throw Failure(
        "The database has schema \(found); this program knows \(known). Use the newer program.",
        .configuration)
    case .tooOld(let found, let needed):
      if case .postgres = database, found > 0 {
        throw Failure(
          "The database has schema \(found); this program needs \(needed): belepo migrate",
          .configuration)
      }
      _ = try await Schema.belepo.migrate(database.store, at: Date())
      return database
    }
  }
}
