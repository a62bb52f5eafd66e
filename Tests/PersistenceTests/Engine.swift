import Persistence
import PersistenceSQLite
import TestSupport

/// The databases that Belépő runs on; every promise of ``Store`` is tested on each of them.
///
/// PostgreSQL is among them when the run was given one.
enum Engine: CaseIterable, Sendable {
  case sqliteInMemory
  case sqliteFile
  case postgres

  /// Those that this run has.
  static var available: [Engine] {
    TestStore.isPostgres ? [.postgres] : [.sqliteInMemory, .sqliteFile]
  }

  /// An empty database for one story.
  func use(_ story: (any Store) async throws -> Void) async throws {
    switch self {
    case .sqliteInMemory:
      try await story(try SQLiteStore.inMemory())
    case .sqliteFile:
      try await ScratchFolder.use { file in
        let store = try SQLiteStore(path: file)
        try await story(store)
        try store.close()
      }
    case .postgres:
      let store = try await TestStore.fresh()
      try await story(store)
      try store.close()
    }
  }
}

/// A table with a column for each kind of value.
private let things = Migration(1, "thing") { types in
  """
  CREATE TABLE thing (
    id \(types.identity),
    label TEXT UNIQUE,
    amount \(types.integer) CHECK (amount <> -13),
    body \(types.bytes),
    owner \(types.integer) REFERENCES thing (id)
  ) \(types.strict);
  """
}

extension Store {
  func makeThings() async throws {
    try await write { try $0.run(script: things.script(for: $0.dialect)) }
  }

  func addThing(_ label: String, amount: Int64 = 0) async throws {
    try await write { transaction in
      _ = try transaction.execute("INSERT INTO thing (label, amount) VALUES (\(label), \(amount))")
    }
  }

  func labels() async throws -> [String] {
    try await read { transaction in
      try transaction.rows("SELECT label FROM thing ORDER BY id").map { try $0.value("label") }
    }
  }

  func amounts() async throws -> [Int64] {
    try await read { transaction in
      try transaction.rows("SELECT amount FROM thing ORDER BY id").map { try $0.value("amount") }
    }
  }
}
