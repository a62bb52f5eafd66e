import Domain
import Foundation
import Persistence
import Synchronization
import TestSupport
import Testing

@testable import Accounts

/// Where an account is logged in, and how that is ended.
struct DevicesTests {
  private static let email = "anna@pelda.hu"
  private static let phone = Device(browser: .safari, system: .iPhone)

  /// Anna is logged in so many times, a minute apart.
  private func logIn(_ count: Int, on stage: Stage) async throws -> (Account, [Token]) {
    let (first, account) = try await stage.loggedIn(.anna, email: Self.email)
    var tokens = [first]
    for _ in 1..<count {
      stage.clock.advance(by: 60)
      tokens.append(
        try #require(
          try await stage.logIn(Self.email, from: .init(device: Self.phone)).token))
    }
    return (account, tokens)
  }

  private func alive(_ tokens: [Token], on stage: Stage) async throws -> [Bool] {
    var alive: [Bool] = []
    for token in tokens { alive.append(try await stage.sessions.resume(token) != nil) }
    return alive
  }

  // MARK: The list

  @Test func `the list has each open session, with the asking one first`() async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(3, on: stage)
    let overview = try await stage.devices.overview(of: account, in: tokens[1])
    #expect(overview.sessions.map(\.isThis) == [true, false, false])
    #expect(overview.sessions.map(\.device) == [Self.phone, Self.phone, .unknown])
    #expect(overview.sessions[0].begunAt == ManualClock.morning.addingTimeInterval(60))
    #expect(Set(overview.sessions.map(\.name)).count == 3)
  }

  @Test func `a session's name on the page opens nothing and is not in the database`()
    async throws
  {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(1, on: stage)
    let name = try #require(
      try await stage.devices.overview(of: account, in: tokens[0]).sessions.first?.name)
    #expect(Token(name) == nil)
    let rows = try await stage.contents().values.joined().joined().lowercased()
    #expect(!rows.contains(name))
  }

  @Test(arguments: [(899.0, 1), (900, 0)])
  func `an idle session is on the list as long as it is good`(
    idle: Double, count: Int
  ) async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(1, on: stage)
    stage.clock.advance(by: idle)
    let overview = try await stage.devices.overview(of: account, in: tokens[0])
    #expect(overview.sessions.count == count)
  }

  @Test func `the last login and the failures since are those before this session`()
    async throws
  {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(1, on: stage)
    let first = try await stage.devices.overview(of: account, in: tokens[0])
    #expect(first.lastLogin == nil)
    #expect(first.failures == 0)
    stage.clock.advance(by: 1)
    _ = try await stage.logIn(Self.email, "Rossz1Jelszo")
    _ = try await stage.logIn(Self.email, "Rossz2Jelszo")
    stage.clock.advance(by: 60)
    let token = try #require(try await stage.logIn(Self.email).token)
    let second = try await stage.devices.overview(of: account, in: token)
    #expect(second.lastLogin?.at == ManualClock.morning)
    #expect(second.failures == 2)
    stage.clock.advance(by: 60)
    _ = try await stage.logIn(Self.email, "Rossz3Jelszo")
    #expect(try await stage.devices.overview(of: account, in: token).failures == 3)
    let third = try #require(try await stage.logIn(Self.email).token)
    #expect(try await stage.devices.overview(of: account, in: third).failures == 1)
  }

  // MARK: What happened

  @Test func `the activity is the account's own, the newest first`() async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(1, on: stage)
    _ = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
    stage.clock.advance(by: 1)
    _ = try await stage.logIn(Self.email, "Rossz1Jelszo")
    let activities = try await stage.devices.overview(of: account, in: tokens[0]).activities
    #expect(activities.first?.kind == .loginFailed)
    #expect(activities.map(\.kind).contains(.registered))
    #expect(activities.count { $0.kind == .loggedIn } == 1)
  }

  @Test(arguments: [(0.0, true), (0.001, false)])
  func `it goes back ninety days`(later: Double, isThere: Bool) async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(1, on: stage)
    stage.clock.advance(by: Double(Devices.activitySeconds) + later)
    let activities = try await stage.devices.overview(of: account, in: tokens[0]).activities
    #expect(activities.contains { $0.kind == .loggedIn } == isThere)
  }

  @Test func `it has the newest fifty lines`() async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(1, on: stage)
    for number in 1...60 {
      stage.clock.advance(by: 61)
      _ = try await stage.logIn(Self.email, "Rossz\(number)Jelszo")
    }
    let activities = try await stage.devices.overview(of: account, in: tokens[0]).activities
    #expect(activities.count == 50)
    #expect(Set(activities.map(\.kind)) == [.loginFailed])
  }

  @Test func `somebody who tried the address is told of, and not who it was`() async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(1, on: stage)
    let peter = try await stage.proven(.peter)
    _ = try await stage.registrations.give(try stage.contact(Self.email), in: peter)
    let activities = try await stage.devices.overview(of: account, in: tokens[0]).activities
    #expect(activities.first == Activity(at: stage.clock.now, kind: .emailTaken, device: .unknown))
  }

  // MARK: Ending

  @Test func `one session is ended at once, and no other (attack 49)`() async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(3, on: stage)
    let sessions = try await stage.devices.overview(of: account, in: tokens[0]).sessions
    let oldest = try #require(sessions.last)
    #expect(try await stage.devices.end(oldest.name, of: account, in: tokens[0]) == .ended)
    #expect(try await alive(tokens, on: stage) == [true, false, true])
    // The second click of a double click.
    #expect(try await stage.devices.end(oldest.name, of: account, in: tokens[0]) == .ended)
    #expect(try await stage.audited("session_ended") == 1)
  }

  @Test func `who ends the asking session has logged out`() async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(2, on: stage)
    let this = try #require(
      try await stage.devices.overview(of: account, in: tokens[0]).sessions.first)
    #expect(try await stage.devices.end(this.name, of: account, in: tokens[0]) == .endedThis)
    #expect(try await alive(tokens, on: stage) == [false, true])
    #expect(try await stage.audited("logged_out") == 1)
  }

  @Test func `somebody else's session is like a missing one (attack 87)`() async throws {
    let stage = try await Stage()
    let (anna, hers) = try await logIn(1, on: stage)
    let (his, peter) = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
    let name = try #require(
      try await stage.devices.overview(of: anna, in: hers[0]).sessions.first?.name)
    let before = try await stage.contents()
    for asked in [name, String(repeating: "0", count: 32), "", "x", name.uppercased(), name + "0"] {
      #expect(try await stage.devices.end(asked, of: peter, in: his) == .missing)
    }
    #expect(try await stage.contents() == before)
    #expect(try await alive(hers, on: stage) == [true])
  }

  @Test func `all others end, or all`() async throws {
    let stage = try await Stage()
    let (account, tokens) = try await logIn(4, on: stage)
    let (his, _) = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
    try await stage.devices.endOthers(of: account, in: tokens[2])
    #expect(try await alive(tokens, on: stage) == [false, false, true, false])
    try await stage.devices.endOthers(of: account, in: tokens[2])
    #expect(try await stage.audited("other_sessions_ended") == 1)
    try await stage.devices.endAll(of: account)
    #expect(try await alive(tokens + [his], on: stage) == [false, false, false, false, true])
    #expect(try await stage.audited("all_sessions_ended") == 1)
  }

  // MARK: Five at a time (attack 49)

  @Test func `the sixth login ends the oldest and says so (attack 49)`() async throws {
    let stage = try await Stage()
    let (_, tokens) = try await logIn(5, on: stage)
    #expect(try await alive(tokens, on: stage).allSatisfy { $0 })
    stage.clock.advance(by: 60)
    let sixth = try await stage.logIn(Self.email)
    #expect(sixth.entry?.hasEndedOldest == true)
    #expect(
      try await alive(tokens + [try #require(sixth.token)], on: stage) == [
        false, true, true, true, true, true,
      ])
    #expect(try await stage.audited("oldest_session_ended") == 1)
  }

  @Test func `a login in a browser that has a session takes that one's place`() async throws {
    let stage = try await Stage()
    let (_, tokens) = try await logIn(5, on: stage)
    let again = try await stage.logIn(Self.email, from: .init(session: tokens[4]))
    #expect(again.entry?.hasEndedOldest == false)
    #expect(try await alive(tokens, on: stage) == [true, true, true, true, false])
  }

  @Test func `a session that is over takes nobody's place`() async throws {
    let stage = try await Stage()
    _ = try await logIn(5, on: stage)
    stage.clock.advance(by: 900)
    #expect(try await stage.logIn(Self.email).entry?.hasEndedOldest == false)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `of twenty logins at once five are left (attack 49)`(ground: Stage.Ground) async throws {
    var limits = Limits()
    limits.loginFailuresWithoutDelay = 10
    limits.loginFailuresPerUserNamePerDay = 1000
    try await Stage.play(on: ground, limits: limits) { stage in
      _ = try await stage.registered(.anna, email: Self.email)
      let outcomes = try await atOnce(20) { _ in
        // A pause after tries that were counted at the same moment is no failure of this story.
        for _ in 1...50 {
          let outcome = try await stage.logIn(Self.email)
          if outcome.isLoggedIn { return outcome.token }
          stage.clock.advance(by: 1)
        }
        return nil
      }
      let tokens = outcomes.compactMap(\.self)
      #expect(tokens.count == 20)
      #expect(
        try await stage.number(
          "SELECT COUNT(*) AS number FROM session WHERE ended_at IS NULL") == 5)
      #expect(try await alive(tokens, on: stage).count { $0 } == 5)
    }
  }

  // MARK: A password that changes meanwhile

  @Test func `a password that is replaced during the comparison opens nothing`() async throws {
    let stage = try await Stage()
    _ = try await logIn(1, on: stage)
    let late = AfterReading(stage.store) { transaction in
      try transaction.perform("UPDATE account SET password_hash = 'another'")
    }
    let other = try await Stage(on: late, clock: stage.clock, seed: 3)
    #expect(try await other.logIn(Self.email) == .refused)
    #expect(try await stage.count("session") == 1)
  }

  @Test func `a hash that is renewed during the comparison turns nobody away`() async throws {
    let stage = try await Stage()
    _ = try await logIn(1, on: stage)
    let hash = try await Stage(seed: 9).passwordHash()
    let late = AfterReading(stage.store) { transaction in
      try transaction.perform("UPDATE account SET password_hash = \(hash)")
    }
    let other = try await Stage(on: late, clock: stage.clock, seed: 3)
    #expect(try await other.logIn(Self.email).isLoggedIn)
  }
}

/// A store where somebody else is quick: it changes something once, between a read and whatever
/// follows.
private struct AfterReading: Store {
  private let store: any Store
  private let change: @Sendable (any Transaction) throws -> Void
  private let isLeft = Flag()

  private final class Flag: Sendable {
    private let value = Mutex(true)
    func take() -> Bool {
      value.withLock { value in
        defer { value = false }
        return value
      }
    }
  }

  init(_ store: any Store, change: @escaping @Sendable (any Transaction) throws -> Void) {
    self.store = store
    self.change = change
  }

  func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let result = try await store.read(extent, body)
    let isOfCredentials = Result.self == (Credentials?, model: String?).self
    if isOfCredentials, isLeft.take() { try await store.write(change) }
    return result
  }

  func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await store.write(extent, body)
  }

  func close() throws { try store.close() }
}

extension Stage {
  /// The hash of the usual password, drawn anew.
  fileprivate func passwordHash() async throws -> String {
    _ = try await registered(.anna, email: "anna@pelda.hu")
    let row = try await store.read { try $0.row("SELECT password_hash FROM account") }
    return try #require(try row?.value("password_hash"))
  }
}
