internal import DatabaseSchema
internal import Foundation
internal import Persistence
internal import PersistencePostgres
internal import Synchronization

/// The PostgreSQL of a run, where each story has a schema of its own.
///
/// To make the program's tables takes longer than most stories, so that a schema whose story has
/// ended is put back into its first state for the next one.
final class TestServer: Sendable {
  let url: String
  private let administrator: PostgresStore
  private let migrated = Mutex<[Migrated]>([])
  private let pristine = Mutex<Task<String, any Error>?>(nil)

  /// A schema that was migrated for a story, and the stores that work on it.
  private struct Migrated {
    let schema: String
    var stores: [Reference]

    var isFinished: Bool { stores.allSatisfy { $0.store == nil } }
  }

  private struct Reference {
    weak var store: PostgresStore?
  }

  init(url: String) {
    self.url = url
    var settings = TestServer.settings(url: url)
    settings.connections = 2
    administrator = PostgresStore(settings, jitter: { 0.5 })
  }

  /// With times that only what hangs takes, however busy the machine is; a story about a time-out
  /// has a shorter one.
  static func settings(url: String) -> PostgresSettings {
    var settings = PostgresSettings(url: url)
    // Two hundred at once come in turn.
    settings.waitSeconds = 300
    settings.connectSeconds = 60
    settings.lockSeconds = 60
    settings.statementSeconds = 60
    settings.idleInTransactionSeconds = 300
    settings.answerSeconds = 90
    return settings
  }

  func emptySchema(
    _ change: (inout PostgresSettings) -> Void = { _ in }
  ) async throws -> PostgresStore {
    store(on: try await newSchema(), change)
  }

  func migratedSchema() async throws -> PostgresStore {
    let pristine = try await pristineSchema()
    while let schema = takeFinished() {
      if try await putBack(schema, to: pristine) { return lend(schema) }
    }
    return lend(try await newMigratedSchema())
  }

  func store(
    on schema: String, _ change: (inout PostgresSettings) -> Void = { _ in }
  ) -> PostgresStore {
    var settings = TestServer.settings(
      url: url + (url.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)")
    settings.connections = 8
    change(&settings)
    let store = PostgresStore(settings, jitter: { 0.5 })
    migrated.withLock { known in
      for place in known.indices where known[place].schema == schema {
        known[place].stores.append(Reference(store: store))
      }
    }
    return store
  }

  private func lend(_ schema: String) -> PostgresStore {
    let store = store(on: schema)
    let reference = Reference(store: store)
    migrated.withLock { $0.append(Migrated(schema: schema, stores: [reference])) }
    return store
  }

  private func takeFinished() -> String? {
    migrated.withLock { known in
      known.firstIndex { $0.isFinished }.map { known.remove(at: $0).schema }
    }
  }

  /// What others are put back to, made for the first who asks.
  private func pristineSchema() async throws -> String {
    try await pristine.withLock { made in
      if let made { return made }
      let task = Task { try await newMigratedSchema() }
      made = task
      return task
    }.value
  }

  private func newMigratedSchema() async throws -> String {
    let schema = try await newSchema()
    let store = store(on: schema)
    _ = try await Schema.belepo.migrate(store, at: ManualClock().now)
    try store.close()
    return schema
  }

  private func newSchema() async throws -> String {
    let schema = "t" + UUID().uuidString.lowercased().replacing("-", with: "")
    try await administrator.write { try $0.run(script: "CREATE SCHEMA \(schema)") }
    return schema
  }

  /// Gives all tables the rows that they had after the migration.
  ///
  /// - Returns: `false` if a story has left something else than rows; then it is not used again
  private func putBack(_ schema: String, to pristine: String) async throws -> Bool {
    try await administrator.write { transaction in
      let shapes = try [schema, pristine].map { name in
        try transaction.row(TestServer.shape(of: name))?.value("shape", as: String.self)
      }
      guard shapes[0] == shapes[1] else { return false }
      try transaction.run(
        script: """
          SET LOCAL session_replication_role = replica;
          DO $$
          DECLARE
            part record;
          BEGIN
            FOR part IN
              SELECT tablename AS name FROM pg_tables WHERE schemaname = '\(pristine)'
            LOOP
              EXECUTE format('DELETE FROM \(schema).%I', part.name);
              EXECUTE format(
                'INSERT INTO \(schema).%1$I OVERRIDING SYSTEM VALUE SELECT * FROM \(pristine).%1$I',
                part.name);
            END LOOP;
            FOR part IN
              SELECT sequencename AS name, last_value FROM pg_sequences
              WHERE schemaname = '\(pristine)'
            LOOP
              PERFORM setval(
                format('\(schema).%I', part.name), COALESCE(part.last_value, 1),
                part.last_value IS NOT NULL);
            END LOOP;
          END $$;
          """)
      return true
    }
  }

  /// Tables, indexes and sequences with their columns, checks and triggers.
  private static func shape(of schema: String) -> Query {
    """
    SELECT CONCAT_WS(
      '|',
      (SELECT STRING_AGG(
         CONCAT_WS(' ', relname, relkind, relnatts, relchecks), ',' ORDER BY relname)
       FROM pg_class WHERE relnamespace = \(schema)::regnamespace),
      (SELECT STRING_AGG(
         CONCAT_WS(' ', relname, tgenabled, CASE WHEN tgisinternal THEN NULL ELSE tgname END), ','
         ORDER BY relname, tgisinternal, tgenabled, tgname)
       FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
       WHERE relnamespace = \(schema)::regnamespace)) AS shape
    """
  }
}
