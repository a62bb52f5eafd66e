import Accounts
import Domain
import Foundation
import Persistence
import TestSupport
import Testing

/// Nobody changes unnoticed what was said and done.
struct SealTests {
  /// Anna and Péter have accounts, and everything is sealed.
  private func sealed() async throws -> (Stage, Account) {
    let stage = try await Stage()
    let (_, anna) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    stage.clock.advance(by: 61)
    _ = try await stage.seals.seal()
    return (stage, anna)
  }

  private func isSound(_ stage: Stage) async throws -> Bool {
    if case .sound = try await stage.verification.verify() { return true }
    return false
  }

  @Test(arguments: [(59.0, 0), (60, 2)])
  func `rows are sealed when they are a minute old`(age: TimeInterval, seals: Int) async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: age)
    #expect(try await stage.seals.seal().count == seals)
    guard case .sound(let counts) = try await stage.verification.verify() else {
      Issue.record("The chain is broken.")
      return
    }
    #expect(counts.map(\.stream) == AuditSeals.Stream.allCases)
    let rows = [4, try await stage.count("audit_event")]
    #expect(counts.map { $0.rows + $0.unsealed } == rows)
    #expect(counts.allSatisfy { ($0.unsealed == 0) == (seals > 0) })
  }

  @Test func `a young row keeps those behind it from being sealed, so that none is passed over`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: 61)
    _ = try await stage.seals.seal()
    // Two clocks that differ: the younger row has the smaller number.
    try await stage.store.write { [now = stage.clock.now] transaction in
      for age in [0.0, 3600] {
        try transaction.perform(
          """
          INSERT INTO audit_event (at, kind)
          VALUES (\(now.addingTimeInterval(-age)), 'logged_in')
          """)
      }
    }
    #expect(try await stage.seals.seal().isEmpty)
    stage.clock.advance(by: 60)
    #expect(try await stage.seals.seal().map(\.rows) == [2])
    #expect(try await isSound(stage))
  }

  @Test func `one instance makes the round, and the next is a minute later`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: 61)
    #expect(try await stage.seals.runIfDue()?.count == 2)
    #expect(try await stage.seals.runIfDue() == nil)
    stage.clock.advance(by: 59)
    #expect(try await stage.seals.runIfDue() == nil)
    stage.clock.advance(by: 1)
    #expect(try await stage.seals.runIfDue() == [])
  }

  @Test(arguments: Stage.Ground.allCases)
  func `ten instances that seal at once make one chain`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await stage.registered(.anna, email: "anna@pelda.hu")
      stage.clock.advance(by: 61)
      let made = try await atOnce(10) { _ in try await stage.seals.seal() }
      #expect(made.flatMap(\.self).count == 2)
      #expect(try await isSound(stage))
    }
  }

  @Test func `many rows are many seals`() async throws {
    let stage = try await Stage()
    let rows = AuditSeals.rowsPerSeal * 2 + 1
    try await stage.store.write { transaction in
      try transaction.load(
        (1...rows).map { [.integer(Int64($0)), .text("logged_in"), .text("1234567")] },
        into: "audit_event", columns: ["at", "kind", "customer_number"])
    }
    #expect(try await stage.seals.seal().map(\.rows) == [500, 500, 1])
    #expect(try await isSound(stage))
  }

  private func insert(_ dates: [Date], into stage: Stage) async throws {
    try await stage.store.write { transaction in
      for date in dates {
        try transaction.perform(
          "INSERT INTO audit_event (at, kind) VALUES (\(date), 'logged_in')")
      }
    }
  }

  @Test func `a row dated in the future does not stop the sealing of those behind it`() async throws
  {
    let stage = try await Stage()
    let now = stage.clock.now
    try await insert([now.addingTimeInterval(400 * 86_400)], into: stage)
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: 61)
    let rows = try await stage.count("audit_event")
    #expect(try await stage.seals.seal().filter { $0.stream == .audit }.map(\.rows) == [rows])
    #expect(try await isSound(stage))
  }

  @Test func `nor do more of them than one seal covers`() async throws {
    let stage = try await Stage()
    let future = stage.clock.now.addingTimeInterval(400 * 86_400)
    try await insert(Array(repeating: future, count: AuditSeals.rowsPerSeal + 3), into: stage)
    #expect(try await stage.seals.seal().isEmpty)
    try await insert([stage.clock.now], into: stage)
    stage.clock.advance(by: 61)
    #expect(try await stage.seals.seal().map(\.rows) == [AuditSeals.rowsPerSeal, 4])
  }

  @Test(arguments: [(-700.0, true), (-600, false), (0, false), (59, false), (3600, true)])
  func `rows that should be sealed and are not are told, and raise an alarm`(
    age: Double, isTold: Bool
  ) async throws {
    let stage = try await Stage()
    try await insert([stage.clock.now.addingTimeInterval(age)], into: stage)
    let outcome = try await stage.verification.verify()
    if case .overdue(let counts, let sentence) = outcome {
      #expect(isTold && sentence.contains("audit_event: 1 rows"))
      #expect(counts.map(\.unsealed) == [0, 1])
    } else {
      #expect(!isTold)
    }
    // What is merely old is sealed by the next round.
    _ = try await stage.seals.runIfDue()
    #expect(stage.alarms.all == (age > 60 ? [.sealsOverdue(rows: 1)] : []))
  }

  @Test func `a row that cannot be sealed raises the alarm, too`() async throws {
    let stage = try await Stage()
    try await stage.store.write { [now = stage.clock.now] transaction in
      // A pseudonym that no erasure has made.
      try transaction.perform(
        """
        INSERT INTO audit_event (at, kind, customer_number)
        VALUES (\(now.addingTimeInterval(-700)), 'logged_in', '~ff')
        """)
    }
    await #expect(throws: (any Error).self) { _ = try await stage.seals.runIfDue() }
    #expect(stage.alarms.all == [.sealsOverdue(rows: 1)])
  }

  // MARK: Faults

  static let faults: [String] = [
    "UPDATE declaration SET is_accepted = 1 - is_accepted WHERE id = 2",
    "UPDATE declaration SET declared_at = declared_at + 1 WHERE id = 1",
    "UPDATE declaration SET account_id = 2 WHERE id = 1",
    "UPDATE declaration SET version = (SELECT version FROM declaration WHERE id = 4), kind = "
      + "(SELECT kind FROM declaration WHERE id = 4) WHERE id = 3",
    "DELETE FROM declaration WHERE id = 3",
    "DELETE FROM declaration WHERE id = 8",
    "UPDATE audit_event SET kind = 'logged_in' WHERE kind = 'registered'",
    "UPDATE audit_event SET detail = 'x' WHERE id = 1",
    "UPDATE audit_event SET customer_number = '2345678' WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = '9999999' WHERE id = 2",
    "UPDATE audit_event SET customer_number = '~0' WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = NULL WHERE customer_number = '1234567'",
    "DELETE FROM audit_event WHERE id = 1",
    "UPDATE audit_seal SET hash = (SELECT hash FROM audit_seal WHERE stream = 'declaration') "
      + "WHERE stream = 'audit_event'",
    "UPDATE audit_seal SET row_count = row_count - 1 WHERE stream = 'declaration'",
    "UPDATE audit_seal SET last_id = last_id - 1 WHERE stream = 'declaration'",
    "UPDATE declared_text SET body = 'other words' WHERE kind = 'marketing'",
    "DELETE FROM pseudonym_salt",
  ]

  @Test(arguments: faults)
  func `a planted fault is found`(statement: String) async throws {
    let (stage, _) = try await sealed()
    #expect(try await isSound(stage))
    try await stage.disarm(["declaration", "audit_event", "audit_seal"])
    let changed = try await stage.store.write {
      try $0.execute(Query(stringLiteral: statement))
    }
    #expect(changed > 0)
    #expect(!(try await isSound(stage)))
  }

  @Test func `a row that is slipped in later is found`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    try await stage.disarm(["declaration"])
    // The fifth is taken away before it is sealed, and comes back afterwards.
    try await stage.store.write { transaction in
      for _ in 1...2 {
        try transaction.perform(
          """
          INSERT INTO declaration (account_id, kind, version, is_accepted, channel, declared_at)
          SELECT account_id, kind, version, 1, 'portal', declared_at
          FROM declaration WHERE id = 1
          """)
      }
      try transaction.perform("DELETE FROM declaration WHERE id = 5")
    }
    stage.clock.advance(by: 61)
    _ = try await stage.seals.seal()
    #expect(try await isSound(stage))
    try await stage.store.write { transaction in
      try transaction.perform(
        """
        INSERT INTO declaration (id, account_id, kind, version, is_accepted, channel, declared_at)
        \(Query.Differing(sqlite: "", postgres: "OVERRIDING SYSTEM VALUE"))
        SELECT 5, account_id, kind, version, 1, 'portal', declared_at
        FROM declaration WHERE id = 1
        """)
    }
    #expect(
      try await stage.verification.verify()
        == .broken("declaration 1 to 6: there are more rows than the 5 sealed."))
  }

  // MARK: Erasure and keys

  @Test func `the chain is sound before and after an erasure, and goes on`() async throws {
    let (stage, _) = try await sealed()
    // What was done after the last seal is erased unsealed.
    _ = try await stage.logIn("anna@pelda.hu")
    _ = try await stage.records.erase(CustomerNumber("1234567"), by: "staff")
    #expect(try await isSound(stage))
    stage.clock.advance(by: 61)
    #expect(try await !stage.seals.seal().isEmpty)
    #expect(try await isSound(stage))
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: 61)
    _ = try await stage.seals.seal()
    #expect(try await isSound(stage))
  }

  @Test func `the chain is sound when the operator's keys are others`() async throws {
    let (stage, _) = try await sealed()
    let later = try await Stage(
      on: stage.store, clock: stage.clock, keys: [[UInt8](repeating: 9, count: 32)], seed: 3)
    _ = try await later.logIn("peter@pelda.hu")
    later.clock.advance(by: 61)
    #expect(try await !later.seals.seal().isEmpty)
    #expect(try await isSound(later))
  }

  static let forbidden: [String] = [
    "UPDATE audit_event SET customer_number = '~0' WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = NULL WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = '2345678' WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = '~ff' WHERE customer_number IS NULL",
    "UPDATE audit_event SET customer_number = '~ff', kind = 'x' WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = '~ff', at = at + 1 WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = '~ff', account_id = 9 WHERE customer_number = '1234567'",
    "UPDATE audit_event SET customer_number = '~ff', detail = 'x' WHERE customer_number = '1234567'",
    "UPDATE erasure SET erased_by = 'x'", "DELETE FROM erasure",
    "UPDATE audit_seal SET row_count = 1", "DELETE FROM audit_seal",
  ]

  @Test(arguments: forbidden)
  func `the triggers let a pseudonym in, once it is on record, and nothing else`(
    statement: String
  ) async throws {
    let (stage, _) = try await sealed()
    try await stage.store.write { transaction in
      try transaction.perform("INSERT INTO audit_event (at, kind) VALUES (0, 'mismatch')")
      try transaction.perform(
        "INSERT INTO erasure (pseudonym, erased_at, erased_by) VALUES ('~ff', 0, 'staff')")
    }
    let before = try await stage.contents()
    await #expect(throws: (any Error).self) {
      try await stage.store.write { _ = try $0.execute(Query(stringLiteral: statement)) }
    }
    #expect(try await stage.contents() == before)
  }
}
