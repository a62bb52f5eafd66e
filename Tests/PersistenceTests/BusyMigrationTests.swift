import Dispatch
import Persistence
import PersistencePostgres
import PersistenceSQLite
import Synchronization
import TestSupport
import Testing

/// A step of the schema that finds a table in somebody's hands.
@Suite(.enabled(if: TestStore.isPostgres, "this run was given no PostgreSQL"))
struct BusyMigrationTests {
  private static let one = Migration(1, "one") { types in
    "CREATE TABLE one (id \(types.integer) PRIMARY KEY) \(types.strict);"
  }

  private static let wider = Migration(2, "wider") { _ in
    "ALTER TABLE one ADD COLUMN label TEXT;"
  }

  @Test func `a step that waits for a backup lets customers go first, and comes again`()
    async throws
  {
    let store = try #require(
      try await TestStore.freshPostgres { $0.idleInTransactionSeconds = 600 })
    _ = try await Schema([Self.one]).migrate(store, at: MigrationTests.now)
    let (began, signal) = AsyncStream.makeStream(of: Void.self)
    let mayEnd = DispatchSemaphore(value: 0)
    async let backup: Void = store.read { transaction in
      _ = try transaction.rows("SELECT id FROM one")
      signal.finish()
      // Where the step does not come again, it gets its table in the end, and the test fails.
      _ = mayEnd.wait(timeout: .now() + 60)
    }
    for await _ in began {}
    let pauses = Pauses()
    let clock = BusyClock {
      // A customer, who finds nobody in the way.
      _ = try await store.read { try $0.rows("SELECT id FROM one") }
      pauses.add()
      mayEnd.signal()
    }
    let schema = Schema([Self.one, Self.wider])
    let taken = try await schema.migrate(store, at: MigrationTests.now, clock: clock)
    try await backup
    #expect(taken.map(\.name) == ["wider"])
    #expect(pauses.count >= 1)
  }
}

/// A step of the schema that never gets its table.
struct HeldMigrationTests {
  @Test func `a step is given up after ten tries, and whoever said it is told that it was busy`()
    async throws
  {
    let store = HeldStore(try SQLiteStore.inMemory())
    let pauses = Pauses()
    let schema = Schema([
      Migration(1, "one") { types in
        "CREATE TABLE one (id \(types.integer) PRIMARY KEY) \(types.strict);"
      }
    ])
    await #expect(throws: StoreFault.busy) {
      try await schema.migrate(
        store, at: MigrationTests.now, clock: BusyClock { pauses.add() })
    }
    #expect(store.tries == 10)
    #expect(pauses.count == 9)
    #expect(try await schema.fit(of: store) == .tooOld(found: 0, needed: 1))
  }
}

/// A store in which the history of the schema can be looked at, and no step can be taken.
private final class HeldStore: Store {
  private let store: SQLiteStore
  private let writes = Mutex(0)

  init(_ store: SQLiteStore) {
    self.store = store
  }

  /// Writes after the one that looks at the history.
  var tries: Int { writes.withLock { $0 - 1 } }

  func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await store.read(extent, body)
  }

  func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let number = writes.withLock { count -> Int in
      count += 1
      return count
    }
    guard number == 1 else { throw StoreFault.busy }
    return try await store.write(extent, body)
  }

  func close() throws { try store.close() }
}

/// A clock on which a pause is as long as what is done in it.
private struct BusyClock: Clock {
  let meanwhile: @Sendable () async throws -> Void
  let real = ContinuousClock()

  init(_ meanwhile: @escaping @Sendable () async throws -> Void) {
    self.meanwhile = meanwhile
  }

  var now: ContinuousClock.Instant { real.now }
  var minimumResolution: Duration { real.minimumResolution }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try await meanwhile()
  }
}

private final class Pauses: Sendable {
  private let number = Mutex(0)

  var count: Int { number.withLock { $0 } }

  func add() {
    number.withLock { $0 += 1 }
  }
}
