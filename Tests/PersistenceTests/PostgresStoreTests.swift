import Dispatch
import Foundation
import Persistence
import PersistencePostgres
import Synchronization
import TestSupport
import Testing

/// What is true of PostgreSQL alone: the pool, lost sessions, locks, its clock, notifications.
@Suite(.enabled(if: TestStore.isPostgres, "this run was given no PostgreSQL"))
struct PostgresStoreTests {
  private func store(
    _ change: (inout PostgresSettings) -> Void = { _ in }
  ) async throws -> PostgresStore {
    let store = try #require(try await TestStore.freshPostgres(change))
    try await store.makeThings()
    return store
  }

  // MARK: The pool

  @Test func `who finds no session free waits for a bounded time, and the pool goes on`()
    async throws
  {
    let store = try await store {
      $0.connections = 1
      $0.waitSeconds = 0.2
    }
    let (began, signal) = AsyncStream.makeStream(of: Void.self)
    let mayEnd = DispatchSemaphore(value: 0)
    async let held: Void = store.write { transaction in
      try transaction.perform("INSERT INTO thing (label) VALUES ('kulcs')")
      signal.finish()
      mayEnd.wait()
    }
    for await _ in began {}
    await #expect(throws: StoreFault.busy) { try await store.labels() }
    mayEnd.signal()
    try await held
    #expect(try await store.labels() == ["kulcs"])
  }

  @Test func `a crowd beyond the waiting line is sent away at once`() async throws {
    let store = try await store {
      $0.connections = 1
      // Whoever may wait is served in the end, however busy the machine is.
      $0.waitSeconds = 300
    }
    let (began, signal) = AsyncStream.makeStream(of: Void.self)
    let mayEnd = DispatchSemaphore(value: 0)
    async let held: Void = store.write { _ in
      signal.finish()
      mayEnd.wait()
    }
    for await _ in began {}
    let refused = Tally()
    await withTaskGroup(of: Void.self) { group in
      for _ in 1...60 {
        group.addTask {
          do { _ = try await store.labels() } catch {
            // The last one that is sent away lets the others go on.
            if refused.next() == 10 { mayEnd.signal() }
          }
        }
      }
    }
    try await held
    #expect(refused.count == 10)
  }

  // MARK: Lost sessions

  @Test func `a session that is cut before the commit costs nothing and nobody notices`()
    async throws
  {
    let store = try await store { $0.connections = 1 }
    let other = try #require(try await TestStore.another(beside: store))
    let attempts = Tally()
    try await store.write { transaction in
      let isFirst = attempts.next() == 1
      try transaction.perform("INSERT INTO thing (label) VALUES ('kulcs')")
      let pid = try transaction.row("SELECT pg_backend_pid() AS pid")?.value("pid", as: Int.self)
      if isFirst, let pid { other.cut(pid) }
      _ = try transaction.row("SELECT id FROM thing")
    }
    #expect(attempts.count == 2)
    #expect(try await store.labels() == ["kulcs"])
  }

  @Test func `a session that is cut while it is idle is replaced`() async throws {
    let store = try await store { $0.connections = 1 }
    let other = try #require(try await TestStore.another(beside: store))
    for number in 1...3 {
      let pid = try await store.read {
        try $0.row("SELECT pg_backend_pid() AS pid")?.value("pid", as: Int.self)
      }
      other.cut(try #require(pid))
      // A write whose one statement goes out together with its COMMIT.
      try await store.write { transaction in
        try transaction.perform("INSERT INTO thing (label) VALUES (\("\(number)"))")
      }
    }
    #expect(try await store.labels() == ["1", "2", "3"])
  }

  @Test func `a server that is not there is an outage, told at once`() async throws {
    let store = PostgresStore(
      PostgresSettings(url: "postgresql://belepo@127.0.0.1:1/belepo"), jitter: { 0 })
    for _ in 1...20 {
      let error = await #expect(throws: (any Error).self) { try await store.labels() }
      guard case .unavailable = error as? StoreFault else {
        Issue.record("\(error.map { "\($0)" } ?? "")")
        return
      }
    }
  }

  @Test(arguments: [
    ("nobody@127.0.0.1:PORT/belepo", "role \"nobody\" does not exist"),
    ("belepo@127.0.0.1:PORT/nowhere", "database \"nowhere\" does not exist"),
    ("belepo@127.0.0.1:1/belepo", "Connection refused"),
    ("belepo@nowhere.invalid:5432/belepo", "could not translate host name \"nowhere.invalid\""),
  ])
  func `whoever is not let in is told why, by the server's own sentence, each time`(
    address: String, reason: String
  ) async throws {
    let url = try #require(ProcessInfo.processInfo.environment["POSTGRES_FOR_TESTS"])
    let port = try #require(URLComponents(string: url)?.port)
    var settings = PostgresSettings(
      url: "postgresql://" + address.replacing("PORT", with: "\(port)"))
    // The answer is the server's, and not that it was too busy for one.
    settings.connectSeconds = 60
    let store = PostgresStore(settings, jitter: { 0 })
    for _ in 1...3 {
      let error = await #expect(throws: (any Error).self) { try await store.labels() }
      guard case .unavailable(let sentence) = error as? StoreFault else {
        Issue.record("\(error.map { "\($0)" } ?? "")")
        return
      }
      #expect(sentence.contains(reason))
      #expect(!sentence.contains("\n") && !sentence.contains("\t"))
    }
  }

  @Test func `a database tells how it keeps text`() async throws {
    #expect(try await store().encoding() == "UTF8")
  }

  @Test(arguments: [
    ("postgresql://db1/belepo", nil, false), ("postgresql://db1/belepo?sslmode=prefer", nil, false),
    ("postgresql://db1,db2/belepo?sslmode=disable", "require", false),
    ("postgresql://db1/belepo?sslmode=verify-full", nil, true),
    ("postgresql://db1/belepo?sslmode=require", "disable", true),
    ("postgresql://db1/belepo", "verify-ca", true), ("postgresql://127.0.0.1/belepo", nil, true),
    ("postgresql://localhost:5432/belepo", nil, true), ("postgresql:///belepo", nil, true),
    ("postgresql:///belepo?host=/run/postgresql", nil, true),
    ("postgresql://localhost,db2/belepo", nil, false),
    ("postgresql://localhost/belepo?hostaddr=192.0.2.1", nil, false),
  ])
  func `a connection is protected by TLS or does not leave the machine`(
    url: String, mode: String?, isProtected: Bool
  ) {
    #expect(PostgresSettings.isProtected(url: url, mode: mode) == isProtected)
  }

  // MARK: Others at the same rows

  @Test func `a deadlock is settled, and both get what they wanted`() async throws {
    let store = try await store()
    try await store.addThing("egy")
    try await store.addThing("kettő")
    let (oneHolds, otherHolds) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let attempts = Tally()
    @Sendable func raise(
      _ first: String, _ second: String, _ holds: DispatchSemaphore, after met: DispatchSemaphore
    ) async throws {
      try await store.write { transaction in
        _ = attempts.next()
        _ = try transaction.execute(
          "UPDATE thing SET amount = amount + 1 WHERE label = \(first)")
        holds.signal()
        met.wait()
        // Whoever has to begin again meets nobody any more.
        met.signal()
        _ = try transaction.execute(
          "UPDATE thing SET amount = amount + 1 WHERE label = \(second)")
      }
    }
    async let one: Void = raise("egy", "kettő", oneHolds, after: otherHolds)
    async let other: Void = raise("kettő", "egy", otherHolds, after: oneHolds)
    _ = try await (one, other)
    #expect(attempts.count >= 3)
    #expect(try await store.amounts() == [2, 2])
  }

  @Test func `who waits too long for a lock is told that the database is busy`() async throws {
    let store = try await store()
    try await store.addThing("kulcs")
    let hasty = try #require(try await TestStore.another(beside: store) { $0.lockSeconds = 1 })
    let (began, signal) = AsyncStream.makeStream(of: Void.self)
    let mayEnd = DispatchSemaphore(value: 0)
    async let held: Void = store.write { transaction in
      _ = try transaction.execute("UPDATE thing SET amount = 1")
      signal.finish()
      mayEnd.wait()
    }
    for await _ in began {}
    await #expect(throws: StoreFault.busy) {
      try await hasty.write { _ = try $0.execute("UPDATE thing SET amount = 2") }
    }
    mayEnd.signal()
    try await held
    #expect(try await store.amounts() == [1])
  }

  @Test func `a statement that takes too long is ended`() async throws {
    let store = try await store()
    let hasty = try #require(
      try await TestStore.another(beside: store) {
        $0.statementSeconds = 2
        $0.connections = 1
      })
    await #expect(throws: StoreFault.busy) {
      try await hasty.read { _ = try $0.row("SELECT pg_sleep(80)") }
    }
    // The session is good for more.
    #expect(try await hasty.labels().isEmpty)
  }

  @Test(arguments: [false, true])
  func `a transaction may ask for longer statements, and the next one has the usual time`(
    isPooled: Bool
  ) async throws {
    let store = try await store()
    let hasty = try #require(
      try await TestStore.another(beside: store) {
        $0.statementSeconds = 2
        $0.answerSeconds = 3
        $0.connections = 1
        $0.isPooled = isPooled
      })
    try await hasty.write { transaction in
      try transaction.allowLongStatements()
      _ = try transaction.row("SELECT pg_sleep(4)")
    }
    await #expect(throws: (any Error).self) {
      try await hasty.write { _ = try $0.row("SELECT pg_sleep(80)") }
    }
  }

  @Test func `a statement by itself has the usual time, whatever was allowed before it`()
    async throws
  {
    let store = try await store()
    let hasty = try #require(
      try await TestStore.another(beside: store) {
        // The server would end it later than whoever asked gives up.
        $0.statementSeconds = 30
        $0.answerSeconds = 2
        $0.connections = 1
      })
    try await hasty.write { try $0.allowLongStatements() }
    do {
      try await hasty.read(.oneStatement) { _ = try $0.row("SELECT pg_sleep(80)") }
      Issue.record("it was waited for")
    } catch StoreFault.unavailable(let sentence) {
      #expect(sentence.contains("no answer within"), "\(sentence)")
    }
  }

  // MARK: Durability

  @Test(arguments: [false, true])
  func `what is acknowledged is durable, whatever the role was given`(isPooled: Bool) async throws {
    let store = try await store {
      $0.url += "%20-csynchronous_commit%3Doff"
      $0.isPooled = isPooled
    }
    let setting = try await store.write {
      try $0.row("SELECT current_setting('synchronous_commit') AS value")?
        .value("value", as: String.self)
    }
    #expect(setting == "on")
  }

  // MARK: Behind a pooler

  @Test func `without anything left in a session all work is the same`() async throws {
    let store = try await store {
      $0.isPooled = true
      $0.lockSeconds = 45
    }
    for number in 1...3 { try await store.addThing("\(number)", amount: Int64(number)) }
    #expect(try await store.labels() == ["1", "2", "3"])
    let prepared = try await store.read {
      try $0.row("SELECT COUNT(*) AS count FROM pg_prepared_statements")?
        .value("count", as: Int.self)
    }
    #expect(prepared == 0)
    let timeout = try await store.read {
      try $0.row("SELECT current_setting('lock_timeout') AS value")?
        .value("value", as: String.self)
    }
    #expect(timeout == "45s")
  }

  // MARK: Time and notifications

  @Test func `the database's clock is everybody's`() async throws {
    let store = try await store()
    let clock = try await DatabaseClock(store)
    let asked = ContinuousClock.now
    try await clock.refresh()
    // It knows the time to half of the question's way, which is long on a busy machine.
    let doubt = 0.05 + asked.duration(to: .now) / .seconds(1)
    let before = try await store.time()
    let now = clock.now
    let after = try await store.time()
    #expect(now > before.addingTimeInterval(-doubt) && now < after.addingTimeInterval(doubt))
  }

  @Test func `a listener hears what was committed, and nothing that was not`() async throws {
    let store = try await store()
    try await store.write { transaction in
      let notifying = Migration(1, "notifying") { types in types.notifying("thing") }
      try transaction.run(script: notifying.script(for: .postgres))
    }
    let listening = try #require(try await TestStore.another(beside: store))
    let listener = try #require(TestStore.listener(of: listening, channel: "thing"))
    // A new connection may have missed something.
    #expect(try await listener.hear())
    #expect(try await !listener.hear())
    try? await store.write { transaction in
      try transaction.perform("INSERT INTO thing (label) VALUES ('mégsem')")
      throw CancellationError()
    }
    #expect(try await !listener.hear())
    try await store.addThing("kulcs")
    // It listens for a second at a time; a busy server may tell it later.
    var isHeard = false
    for _ in 1...60 where !isHeard { isHeard = try await listener.hear() }
    #expect(isHeard)
    // What the instance did itself, it knows.
    try await listening.addThing("lakat")
    #expect(try await !listener.hear())
  }

  @Test func `one statement by itself is one statement and one round trip`() async throws {
    let store = try await store()
    try await store.addThing("kulcs")
    func cost(_ work: () async throws -> Void) async throws -> Traffic.Count {
      let before = store.traffic.total
      try await work()
      let after = store.traffic.total
      return Traffic.Count(
        statements: after.statements - before.statements,
        roundTrips: after.roundTrips - before.roundTrips)
    }
    let reading = try await cost {
      _ = try await store.read(.oneStatement) { try $0.row("SELECT label FROM thing") }
    }
    let writing = try await cost {
      try await store.write(.oneStatement) { try $0.perform("UPDATE thing SET amount = 2") }
    }
    #expect(reading == Traffic.Count(statements: 1, roundTrips: 1))
    #expect(writing == Traffic.Count(statements: 1, roundTrips: 1))
  }

  @Test func `behind a pooler one statement keeps the session's safeguards`() async throws {
    let store = try await store { $0.isPooled = true }
    let limit = try await store.read(.oneStatement) {
      try $0.row("SHOW statement_timeout")?.value("statement_timeout", as: String.self)
    }
    #expect(limit != "0")
  }
}

/// Counts what happens on several threads.
private final class Tally: Sendable {
  private let number = Mutex(0)

  var count: Int { number.withLock { $0 } }

  func next() -> Int {
    number.withLock { number in
      number += 1
      return number
    }
  }
}

extension PostgresStore {
  /// Ends another session, and waits until it is gone.
  ///
  /// For a body of a transaction, which cannot wait for a task: it asks on a thread of its own.
  fileprivate func cut(_ pid: Int) {
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
      try? await self.write { transaction in
        _ = try transaction.row("SELECT pg_terminate_backend(\(pid)::int, 50000) AS done")
      }
      isDone.signal()
    }
    isDone.wait()
  }
}
