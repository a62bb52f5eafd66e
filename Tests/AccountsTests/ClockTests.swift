import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// A clock that was set back while nobody served gives nothing more life than it was given
/// (attack 7).
struct ClockTests {
  private func mark(_ stage: Stage) -> ClockMark {
    ClockMark(store: stage.store, now: stage.world.now)
  }

  @Test func `a start by a clock that goes on ends nothing`() async throws {
    let stage = try await Stage()
    let (session, _) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    try await mark(stage).move()
    for seconds in [60.0, 0, -5] {
      stage.clock.advance(by: seconds)
      #expect(try await mark(stage).settle() == nil)
    }
    #expect(try await stage.sessions.resume(session) != nil)
  }

  @Test func `a code by SMS is over, however far the clock was set back`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    try await mark(stage).move()
    stage.clock.advance(by: -3600)
    #expect(try await mark(stage).settle() == 3600)
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.expired))
    // The second start by the same clock has nothing to end.
    #expect(try await mark(stage).settle() == nil)
    // Everybody can begin anew.
    stage.clock.advance(by: 86_400)
    _ = try await stage.proven(.anna)
  }

  @Test func `sessions and recoveries are over, and a new password can be asked for`()
    async throws
  {
    let stage = try await Stage()
    let (session, _) = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    let token = try await stage.recovering("anna@pelda.hu")
    let code = try await stage.emailCode()
    try await mark(stage).move()
    stage.clock.advance(by: -3600)
    _ = try await mark(stage).settle()
    #expect(try await stage.sessions.resume(session) == nil)
    #expect(try await stage.recover(code.suffix(5), in: token) == .over)
    let anew = try await stage.recovering("anna@pelda.hu")
    #expect(try await stage.recover(try await stage.emailCode().suffix(5), in: anew) == .changed)
  }

  @Test func `codes for an address are over`() async throws {
    let stage = try await Stage()
    let (_, peter) = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
    let confirmation = try await stage.code(sentTo: "peter@pelda.hu")
    let (session, anna) = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    _ = try await stage.ask("uj@pelda.hu", for: .userName, of: anna)
    let change = try await stage.code(sentTo: "uj@pelda.hu")
    try await mark(stage).move()
    stage.clock.advance(by: -3600)
    _ = try await mark(stage).settle()
    #expect(try await stage.confirm(confirmation, of: peter) != .confirmed)
    _ = try await stage.enter(change, for: .userName, of: anna, session: session)
    #expect(try await stage.userName(of: anna) == "anna@pelda.hu")
    #expect(try await stage.audited("email_confirmed") == 1)
  }

  /// It protects an owner, and is not taken away; nor does it become any longer.
  @Test(arguments: [(259_199.0, AddressChanges.UndoOutcome.restored), (259_200, .refused)])
  func `a change of the user name can be undone for as long as it was to be`(
    age: Double, outcome: AddressChanges.UndoOutcome
  ) async throws {
    let stage = try await Stage()
    let (session, anna) = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    _ = try await stage.change(
      to: "tolvaj@pelda.hu", for: .userName, of: anna, session: session)
    let code = try await stage.code(sentTo: "anna@pelda.hu")
    try await mark(stage).move()
    stage.clock.advance(by: -3600)
    _ = try await mark(stage).settle()
    stage.clock.advance(by: age)
    #expect(try await stage.undo("anna@pelda.hu", code) == outcome)
  }

  @Test func `nobody waits longer for a login than a pause lasts`() async throws {
    let stage = try await Stage()
    _ = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    for _ in 0...stage.world.limits.loginFailuresWithoutDelay {
      _ = try await stage.logIn("anna@pelda.hu", "Rossz1Jelszo")
    }
    #expect(try await stage.logIn("anna@pelda.hu").asksForCode)
    try await mark(stage).move()
    stage.clock.advance(by: -3600)
    _ = try await mark(stage).settle()
    #expect(try await stage.logIn("anna@pelda.hu").isLoggedIn)
  }

  @Test func `a message in the hands of a dispatcher that is gone is free at once`() async throws {
    let stage = try await Stage()
    _ = try await stage.identified(.anna)
    try await mark(stage).move()
    try await stage.store.write { [now = stage.clock.now] transaction in
      try transaction.perform(
        """
        UPDATE message SET state = 'leased', next_try_at = \(now.addingTimeInterval(60)),
          lease_token = \([UInt8](repeating: 1, count: 16))
        """)
    }
    stage.clock.advance(by: -3600)
    _ = try await mark(stage).settle()
    let now = stage.clock.now
    #expect(
      try await stage.number(
        """
        SELECT COUNT(*) AS number FROM message WHERE next_try_at <= \(now) AND not_after <= \(now)
        """) == 1)
  }

  @Test func `a round that began in the future holds no job up`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: 86_400)
    #expect(try await stage.seals.runIfDue() != nil)
    stage.clock.advance(by: -86_400)
    #expect(try await stage.seals.runIfDue() != nil)
  }
}
