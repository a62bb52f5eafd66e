import DatabaseSchema
import Foundation
import Persistence
import Testing

/// The history of the schema, taken step by step.
struct MigrationTests {
  static let now = Date(timeIntervalSince1970: 1_775_462_400)

  private static func table(_ number: Int, _ name: String) -> Migration {
    Migration(number, name) { types in
      "CREATE TABLE \(name) (id \(types.integer) PRIMARY KEY) \(types.strict);"
    }
  }

  /// A step whose second statement cannot be run.
  private static let broken = Migration(2, "broken") { types in
    """
    CREATE TABLE half (id \(types.integer) PRIMARY KEY) \(types.strict);
    INSERT INTO nowhere (id) VALUES (1);
    """
  }

  private let two = Schema([table(1, "one"), table(2, "two")])

  @Test(arguments: Engine.available)
  func `an empty database is brought to the newest step`(engine: Engine) async throws {
    try await engine.use { store in
      let taken = try await Schema.belepo.migrate(store, at: Self.now)
      #expect(taken.map(\.number) == Array(1...Schema.belepo.newest))
      #expect(try await Schema.belepo.fit(of: store) == .fits)
    }
  }

  @Test(arguments: Engine.available)
  func `a second run does nothing`(engine: Engine) async throws {
    try await engine.use { store in
      _ = try await Schema.belepo.migrate(store, at: Self.now)
      #expect(try await Schema.belepo.migrate(store, at: Self.now).isEmpty)
    }
  }

  @Test(arguments: Engine.available)
  func `only missing steps are taken`(engine: Engine) async throws {
    try await engine.use { store in
      _ = try await Schema([Self.table(1, "one")]).migrate(store, at: Self.now)
      let taken = try await two.migrate(store, at: Self.now.addingTimeInterval(60))
      #expect(taken.map(\.name) == ["two"])
      let history = try await store.read {
        try $0.rows("SELECT number, name, applied_at FROM schema_migration ORDER BY number")
      }
      #expect(try history.map { try $0.value("name", as: String.self) } == ["one", "two"])
      #expect(
        try history.map { try $0.value("applied_at", as: Date.self) }
          == [Self.now, Self.now.addingTimeInterval(60)])
    }
  }

  @Test(arguments: Engine.available)
  func `a database that was never migrated is too old`(engine: Engine) async throws {
    try await engine.use { store in
      let fit = try await two.fit(of: store)
      #expect(fit == .tooOld(found: 0, needed: 2))
    }
  }

  @Test(arguments: Engine.available)
  func `a database with steps missing is too old`(engine: Engine) async throws {
    try await engine.use { store in
      _ = try await Schema([Self.table(1, "one")]).migrate(store, at: Self.now)
      #expect(try await two.fit(of: store) == .tooOld(found: 1, needed: 2))
    }
  }

  @Test(arguments: Engine.available)
  func `the program of before a step works on, and the one before it does not`(
    engine: Engine
  ) async throws {
    try await engine.use { store in
      let three = Schema([Self.table(1, "one"), Self.table(2, "two"), Self.table(3, "three")])
      _ = try await three.migrate(store, at: Self.now)
      #expect(try await two.fit(of: store) == .fits)
      let oldest = Schema([Self.table(1, "one")])
      #expect(try await oldest.fit(of: store) == .tooNew(found: 3, known: 1))
      #expect(try await oldest.migrate(store, at: Self.now).isEmpty)
      #expect(try await three.fit(of: store) == .fits)
    }
  }

  @Test(arguments: Engine.available)
  func `a step says itself which programs it leaves behind`(engine: Engine) async throws {
    try await engine.use { store in
      let changing = Migration(3, "changing", oldestProgram: 3) { types in
        "CREATE TABLE three (id \(types.integer) PRIMARY KEY) \(types.strict);"
      }
      let adding = Migration(4, "adding", oldestProgram: 1) { types in
        "CREATE TABLE four (id \(types.integer) PRIMARY KEY) \(types.strict);"
      }
      let history = Schema([Self.table(1, "one"), Self.table(2, "two"), changing, adding])
      _ = try await history.migrate(store, at: Self.now)
      #expect(try await two.fit(of: store) == .tooNew(found: 4, known: 2))
      let three = Schema(Array(history.migrations.prefix(3)))
      #expect(try await three.fit(of: store) == .fits)
    }
  }

  @Test(arguments: Engine.available)
  func `a step that fails leaves nothing of itself and all before it`(engine: Engine) async throws {
    try await engine.use { store in
      let history = Schema([Self.table(1, "one"), Self.broken])
      await #expect(throws: (any Error).self) { try await history.migrate(store, at: Self.now) }
      let fit = try await history.fit(of: store)
      #expect(fit == .tooOld(found: 1, needed: 2))
      await #expect(throws: (any Error).self) {
        try await store.read { _ = try $0.rows("SELECT id FROM half") }
      }
    }
  }

  @Test(arguments: Engine.available)
  func `after a failed step the mended history goes on`(engine: Engine) async throws {
    try await engine.use { store in
      let history = Schema([Self.table(1, "one"), Self.broken])
      _ = try? await history.migrate(store, at: Self.now)
      let taken = try await two.migrate(store, at: Self.now)
      #expect(taken.map(\.name) == ["two"])
      #expect(try await two.fit(of: store) == .fits)
    }
  }

  @Test(arguments: Engine.available)
  func `two programs that migrate at once take each step once`(engine: Engine) async throws {
    try await engine.use { store in
      async let one = Schema.belepo.migrate(store, at: Self.now)
      async let other = Schema.belepo.migrate(store, at: Self.now)
      let taken = try await one.map(\.number) + other.map(\.number)
      #expect(taken.sorted() == Array(1...Schema.belepo.newest))
    }
  }

  @Test func `the steps are numbered without a gap`() {
    #expect(Schema.belepo.migrations.map(\.number) == Array(1...Schema.belepo.newest))
  }

  @Test func `a program without a history fits an empty database`() {
    #expect(Schema([]).newest == 0)
  }

  @Test(arguments: Schema.belepo.migrations.map(\.number), Dialect.allCases)
  func `a step is written for its engine`(number: Int, dialect: Dialect) {
    let script = Schema.belepo.migrations[number - 1].script(for: dialect)
    // A step that only changes a table says nothing about its kind, and an index nothing of types.
    if script.contains("CREATE TABLE") {
      #expect(script.contains("STRICT") == (dialect == .sqlite))
      #expect(script.contains("BIGINT") == (dialect == .postgres))
    }
    #expect(script.contains("BIGINT") == false || dialect == .postgres)
    #expect(script.contains("BLOB") == false || dialect == .sqlite)
    #expect(script.contains("AUTOINCREMENT") == false || dialect == .sqlite)
  }
}
