import Accounts
import Cryptography
import Domain
import Foundation
import Outbox
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

/// «Bejelentkezés» (J8).
struct LoginTests {
  static let email = "anna@pelda.hu"

  private func annaHasAnAccount(on stage: Stage) async throws {
    _ = try await stage.registered(.anna, email: Self.email)
  }

  @Test(arguments: [
    "anna@pelda.hu", "Anna@Pelda.HU", "  anna@pelda.hu ", "ANNA@PELDA.HU",
  ])
  func `the user name is the address in any spelling`(userName: String) async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    #expect(try await stage.logIn(userName).isLoggedIn)
  }

  @Test func `each login has a session of its own`() async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    let one = try #require(try await stage.logIn(Self.email).token)
    let other = try #require(try await stage.logIn(Self.email).token)
    #expect(one != other)
    #expect(try await stage.sessions.resume(one)?.email.address == Self.email)
    #expect(try await stage.sessions.resume(other)?.email.address == Self.email)
  }

  @Test func `the login tells whether the address is confirmed`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: Self.email)
    guard case .loggedIn(_, let before) = try await stage.logIn(Self.email), !before.isConfirmed
    else {
      Issue.record("confirmed before the code")
      return
    }
    _ = try await stage.confirm(stage.emailCode(), of: account)
    guard case .loggedIn(_, let after) = try await stage.logIn(Self.email), after.isConfirmed
    else {
      Issue.record("not confirmed after the code")
      return
    }
  }

  @Test(arguments: [
    ("anna@pelda.hu", "Zoldalma73Kort"), ("anna@pelda.hu", "zoldalma73korte"),
    ("anna@pelda.hu", "Zoldalma73Korte "), ("anna@pelda.hu", ""),
    ("senki@pelda.hu", Stage.password), ("anna", Stage.password), ("", ""),
    ("anna@pelda.hu.", Stage.password), ("ａnna@pelda.hu", Stage.password),
    ("a\u{301}nna@pelda.hu", Stage.password), ("anna＠pelda.hu", Stage.password),
    ("anna@pelda.hu,evil@pelda.hu", Stage.password),
    ("anna@pelda.hu", String(repeating: "a", count: 1 << 20)),
  ])
  func `every failure has one answer`(userName: String, password: String) async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    #expect(try await stage.logIn(userName, password) == .refused)
    #expect(try await stage.count("session") == 0)
  }

  @Test func `an unknown name and a wrong password cost the same work`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    try await annaHasAnAccount(on: stage)
    var statements: [Int] = []
    for name in [Self.email, "senki@pelda.hu", "nem is cím"] {
      store.break(.atStatement(.max))
      _ = try await stage.logIn(name, "Rossz1Jelszo")
      statements.append(store.statements)
    }
    #expect(Set(statements).count == 1)
  }

  @Test(arguments: ["senki@pelda.hu", "nem is cím"])
  func `an unknown name is hashed like a known one`(name: String) async throws {
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    try await busy.during {
      let outcome = try await stage.logIn(name)
      #expect(outcome == .overloaded)
    }
  }

  @Test func `failures and logins are in the books`() async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    _ = try await stage.logIn(Self.email, "Rossz1Jelszo")
    _ = try await stage.logIn("senki@pelda.hu", "Rossz1Jelszo")
    _ = try await stage.logIn(Self.email)
    #expect(
      try await stage.audit().suffix(2) == [
        .init(kind: "login_failed", customer: Cast.anna.number, account: 1),
        .init(kind: "logged_in", customer: Cast.anna.number, account: 1),
      ])
    // Whoever tries names that nobody has writes nothing into the trail that is kept for ever.
    #expect(try await stage.counted("login_failed") == 1)
  }

  // MARK: Pauses (attacks 21 to 24)

  private func fail(_ count: Int, _ name: String = email, on stage: Stage) async throws {
    for number in 0..<count {
      stage.clock.advance(by: number > 3 ? 60 : 0)
      _ = try await stage.logIn(name, "Rossz\(number)Jelszo")
    }
  }

  @Test func `three failures cost nothing`() async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    try await fail(3, on: stage)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test(arguments: [(4, 1.0), (5, 2), (6, 4), (9, 32), (10, 60), (14, 60)])
  func `each further failure doubles the pause up to a minute, and within it a code is asked for`(
    failures: Int, pause: Double
  ) async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    try await fail(failures, on: stage)
    stage.clock.advance(by: pause - 0.001)
    #expect(try await stage.logIn(Self.email).asksForCode)
    stage.clock.advance(by: 0.001)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `tries during a pause do not lengthen it`() async throws {
    var limits = Limits()
    limits.loginFailuresPerUserNamePerDay = 1000
    let stage = try await Stage(limits: limits)
    try await annaHasAnAccount(on: stage)
    try await fail(10, on: stage)
    for _ in 1...59 {
      stage.clock.advance(by: 1)
      _ = try await stage.logIn(Self.email, "Rossz1Jelszo")
    }
    stage.clock.advance(by: 1)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `a login begins the count anew`() async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    try await fail(3, on: stage)
    _ = try await stage.logIn(Self.email)
    try await fail(3, on: stage)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
    #expect(try await stage.count("login_throttle") == 0)
  }

  @Test(arguments: ["ANNA@pelda.hu", " anna@pelda.hu ", "Anna@PELDA.hu"])
  func `all spellings of a name share one count`(spelling: String) async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    try await fail(4, spelling, on: stage)
    #expect(try await stage.logIn(Self.email).asksForCode)
  }

  @Test func `failures of one name hold up nobody else`() async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    try await fail(10, on: stage)
    #expect(try await stage.logIn("peter@pelda.hu").isLoggedIn)
  }

  @Test func `a name without an account is paused in the same way`() async throws {
    let stage = try await Stage()
    try await fail(4, "senki@pelda.hu", on: stage)
    let before = try await stage.counted("login_failed")
    #expect(try await stage.logIn("senki@pelda.hu").asksForCode)
    #expect(try await stage.counted("login_failed") == before + 1)
    #expect(try await stage.audited("login_failed") == 0)
    #expect(try await stage.count("message") == 0)
  }

  // MARK: Overload

  @Test func `who is turned away by a full queue has not failed`() async throws {
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    try await annaHasAnAccount(on: stage)
    try await busy.during {
      for _ in 1...10 {
        let outcome = try await stage.logIn(Self.email)
        #expect(outcome == .overloaded)
      }
    }
    #expect(try await stage.logIn(Self.email).isLoggedIn)
    #expect(try await stage.audited("login_failed") == 0)
  }

  @Test func `a full queue takes no earlier failure away`() async throws {
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    try await annaHasAnAccount(on: stage)
    try await fail(3, on: stage)
    try await busy.during { _ = try await stage.logIn(Self.email) }
    _ = try await stage.logIn(Self.email, "Rossz1Jelszo")
    #expect(try await stage.logIn(Self.email).asksForCode)
  }

  // MARK: New parameters of the hash (D 3)

  private func parameters(on stage: Stage) async throws -> String {
    let row = try await stage.store.read {
      try $0.row("SELECT password_hash FROM account")
    }
    let hash: String = try #require(try row?.value("password_hash"))
    return String(hash.split(separator: "$")[2])
  }

  @Test func `a login renews a hash of other parameters, once`() async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    #expect(try await parameters(on: stage) == "m=8,t=1,p=1")
    let stronger = try await Stage(
      on: stage.store, clock: stage.clock, seed: 2, hashing: Argon2id(memoryKiB: 16, passes: 2))
    #expect(try await stronger.logIn(Self.email).isLoggedIn)
    #expect(try await parameters(on: stage) == "m=16,t=2,p=1")
    let hash = try await stage.contents()["account"]
    #expect(try await stronger.logIn(Self.email).isLoggedIn)
    #expect(try await stage.contents()["account"] == hash)
  }

  @Test func `unknown names cost what accounts cost, each the same every time (ASVS 6.3.8)`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: Self.email)
    let stronger = try await Stage(
      on: stage.store, clock: stage.clock, seed: 2, hashing: Argon2id(memoryKiB: 16, passes: 2))
    _ = try await stronger.registered(.peter, email: "peter@pelda.hu")
    func cost(of name: String) async throws -> String? {
      try await stronger.logins.model(of: try EmailAddress(name))
    }
    var costs: Set<String?> = []
    for number in 1...40 {
      let first = try await cost(of: "senki\(number)@pelda.hu")
      #expect(try await cost(of: "SENKI\(number)@pelda.hu") == first)
      costs.insert(first)
    }
    // Both of the accounts' hashes, with the parameters of old and new.
    #expect(costs.count == 2 && !costs.contains(nil))
  }

  @Test func `a wrong password renews nothing`() async throws {
    let stage = try await Stage()
    try await annaHasAnAccount(on: stage)
    let stronger = try await Stage(
      on: stage.store, clock: stage.clock, seed: 2, hashing: Argon2id(memoryKiB: 16, passes: 2))
    _ = try await stronger.logIn(Self.email, "Rossz1Jelszo")
    #expect(try await parameters(on: stage) == "m=8,t=1,p=1")
  }
}
