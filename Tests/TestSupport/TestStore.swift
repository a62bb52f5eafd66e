internal import Foundation
package import Persistence
package import PersistencePostgres
internal import PersistenceSQLite
internal import Synchronization

/// The databases of the tests: SQLite, or the PostgreSQL that the run was given.
///
/// `POSTGRES_FOR_TESTS` names a PostgreSQL where schemas may be made; with it, every story that
/// does not ask for SQLite by name plays there.
package enum TestStore {
  private static let url = ProcessInfo.processInfo.environment["POSTGRES_FOR_TESTS"]

  package static var isPostgres: Bool { url != nil }

  /// An empty database of its own.
  package static func fresh() async throws -> any Store {
    guard let url else { return try SQLiteStore.inMemory() }
    return try await freshPostgres(url)
  }

  /// An empty PostgreSQL schema of its own; `nil` when the run was given no PostgreSQL.
  ///
  /// - Parameter settings: what is to be other than usual
  package static func freshPostgres(
    _ settings: (inout PostgresSettings) -> Void = { _ in }
  ) async throws -> PostgresStore? {
    guard let url else { return nil }
    return try await freshPostgres(url, settings)
  }

  private static func freshPostgres(
    _ url: String, _ change: (inout PostgresSettings) -> Void = { _ in }
  ) async throws -> PostgresStore {
    let schema = "t" + UUID().uuidString.lowercased().replacing("-", with: "")
    try await administrator(url).write { try $0.run(script: "CREATE SCHEMA \(schema)") }
    return postgres(url, schema: schema, change)
  }

  /// A second instance's store on the same schema.
  package static func another(
    beside store: any Store, _ change: (inout PostgresSettings) -> Void = { _ in }
  ) async throws -> PostgresStore? {
    guard let url else { return nil }
    let schema = try await store.read { transaction in
      try transaction.row("SELECT current_schema()::text AS name")?
        .value("name", as: String.self)
    }
    return schema.map { postgres(url, schema: $0, change) }
  }

  /// A listener on a store's schema; `nil` when the run was given no PostgreSQL.
  package static func listener(
    beside store: any Store, channel: StaticString
  ) async throws -> Listener? {
    guard let url else { return nil }
    // Channels are known in the whole database, whatever the schema.
    return Listener(PostgresSettings(url: url), channel: channel)
  }

  private static func postgres(
    _ url: String, schema: String, _ change: (inout PostgresSettings) -> Void
  ) -> PostgresStore {
    var settings = PostgresSettings(
      url: url + (url.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)")
    settings.connections = 8
    settings.waitSeconds = 20
    change(&settings)
    return PostgresStore(settings, jitter: { 0.5 })
  }

  private static let administrators = Mutex<[String: PostgresStore]>([:])

  private static func administrator(_ url: String) -> PostgresStore {
    administrators.withLock { stores in
      if let store = stores[url] { return store }
      var settings = PostgresSettings(url: url)
      settings.connections = 2
      let store = PostgresStore(settings, jitter: { 0.5 })
      stores[url] = store
      return store
    }
  }
}
