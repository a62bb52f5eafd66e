internal import Accounts
internal import Cryptography
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

extension Settings {
  /// Opens the configured database, whatever its schema.
  func openDatabase() throws -> OpenedDatabase {
    let url = checkedText(.databaseURL)
    guard let path = Setting.sqlitePath(url) else {
      var settings = PostgresSettings(url: url)
      settings.connections = count(.databaseConnections)
      settings.waitSeconds = Double(seconds(.databaseWait))
      settings.isPooled = checkedText(.databasePooler) == "transaction"
      return .postgres(PostgresStore(settings, jitter: RandomBytes.fraction), settings)
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return .sqlite(try SQLiteStore(path: path))
  }

  /// Opens the configured database with the schema of this program.
  ///
  /// The embedded database belongs to this program alone, so that missing steps are simply taken;
  /// so are those of an empty PostgreSQL. One that other instances may be using is migrated by the
  /// operator (`belepo migrate`).
  func openCurrentDatabase() async throws -> OpenedDatabase {
    let database = try openDatabase()
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
