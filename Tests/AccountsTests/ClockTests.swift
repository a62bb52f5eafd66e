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
