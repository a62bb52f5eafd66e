internal import Foundation
package import Persistence
package import PersistencePostgres
internal import PersistenceSQLite

/// The databases of the tests: SQLite, or the PostgreSQL that the run was given.
///
/// `POSTGRES_FOR_TESTS` names a PostgreSQL where schemas may be made; with it, every story that
/// does not ask for SQLite by name plays there.
package enum TestStore {
  private static let server = ProcessInfo.processInfo.environment["POSTGRES_FOR_TESTS"].map {
    TestServer(url: $0)
  }

  package static var isPostgres: Bool { server != nil }

  /// An empty database of its own.
  package static func fresh() async throws -> any Store {
    guard let server else { return try SQLiteStore.inMemory() }
    return try await server.emptySchema()
  }

  /// A database of its own that may have the program's tables already: who uses it migrates it all
  /// the same, and finds nothing to do on PostgreSQL, which takes long to make tables.
  package static func migrated() async throws -> any Store {
    guard let server else { return try SQLiteStore.inMemory() }
    return try await server.migratedSchema()
  }

  /// An empty PostgreSQL schema of its own; `nil` when the run was given no PostgreSQL.
  ///
  /// - Parameter settings: what is to be other than usual
  package static func freshPostgres(
    _ settings: (inout PostgresSettings) -> Void = { _ in }
  ) async throws -> PostgresStore? {
    try await server?.emptySchema(settings)
  }

  /// A second instance's store on the same schema.
  package static func another(
    beside store: any Store, _ change: (inout PostgresSettings) -> Void = { _ in }
  ) async throws -> PostgresStore? {
    guard let server else { return nil }
    let schema = try await store.read { transaction in
      try transaction.row("SELECT current_schema()::text AS name")?
        .value("name", as: String.self)
    }
    return schema.map { server.store(on: $0, change) }
  }

  /// The listener of an instance that works with a store; `nil` when the run was given no
  /// PostgreSQL.
  package static func listener(of store: PostgresStore, channel: StaticString) -> Listener? {
    // Channels are known in the whole database, whatever the schema.
    server.map { Listener(TestServer.settings(url: $0.url), channel: channel, besides: store) }
  }
}
