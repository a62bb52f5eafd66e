import Accounts
import Domain
import Foundation
import Persistence
import PersistencePostgres
import TestSupport
import Testing

/// A restored database revives nothing (attack 97).
struct RestorationTests {
  private func settle(_ stage: Stage) async throws -> Restoration.Ended {
    let act = try #require(StaffAct(by: "kovacs.eva", reason: "disk"))
    return try await Restoration(store: stage.store, now: stage.world.now).settle(by: act)
  }

  @Test func `no session of the backup is open, and everybody can log in anew`() async throws {
    let stage = try await Stage()
    let (session, _) = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    #expect(try await settle(stage).sessions == 1)
    #expect(try await stage.sessions.resume(session) == nil)
    let again = try await stage.logIn("anna@pelda.hu")
    guard case .loggedIn = again else {
      Issue.record("\(again)")
      return
    }
    #expect(try await stage.audited("restored") == 1)
  }

  @Test(.enabled(if: TestStore.isPostgres, "only PostgreSQL ends long statements"))
  func `so many sessions that it takes longer than anybody waits for a page are ended`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    try await stage.store.write {
      try $0.run(
        script: """
          CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_sleep(4); RETURN NULL; END $$;
          CREATE TRIGGER long AFTER UPDATE ON session EXECUTE FUNCTION take_long();
          """)
    }
    let hasty = try #require(
      try await TestStore.another(beside: stage.store) {
        $0.statementSeconds = 2
        $0.answerSeconds = 3
      })
    let act = try #require(StaffAct(by: "kovacs.eva", reason: "disk"))
    let ended = try await Restoration(store: hasty, now: stage.world.now).settle(by: act)
    #expect(ended.sessions == 1)
    // The same at a start that finds the clock set back.
    stage.clock.advance(by: -3600)
    let behind = try await ClockMark(store: hasty, now: stage.world.now).settle()
    #expect(try #require(behind) >= 3600)
  }

  @Test func `no code of the backup opens anything`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let sms = try await stage.smsCode()
    _ = try await stage.registered(.bela, email: "bela@pelda.hu")
    let recovery = try await stage.recovering("bela@pelda.hu")
    let letter = try await stage.emailCode()
    _ = try await settle(stage)
    #expect(try await stage.enter(sms.suffix(5), in: token) == .of(.expired))
    #expect(try await stage.recover(letter.suffix(5), in: recovery) == .over)
    _ = try await stage.proven(.anna)
  }

  @Test func `nothing of the backup is sent a second time`() async throws {
    let stage = try await Stage()
    _ = try await stage.identified(.anna)
    try await stage.store.write { [now = stage.clock.now] transaction in
      try transaction.perform(
        """
        UPDATE message SET state = 'leased', next_try_at = \(now.addingTimeInterval(60)),
          lease_token = \([UInt8](repeating: 1, count: 16))
        """)
    }
    _ = try await stage.registered(.bela, email: "bela@pelda.hu")
    let waiting = try await stage.number(
      "SELECT COUNT(*) AS number FROM message WHERE state IN ('queued', 'leased')")
    #expect(try await settle(stage).messages == waiting)
    #expect(
      try await stage.number(
        "SELECT COUNT(*) AS number FROM message WHERE state IN ('queued', 'leased')") == 0)
  }

  @Test func `the trail is sound afterwards`() async throws {
    let stage = try await Stage()
    _ = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    _ = try await settle(stage)
    stage.clock.advance(by: 3600)
    _ = try await stage.seals.runIfDue()
    let verification = AuditVerification(
      store: stage.store, now: stage.world.now, limits: stage.world.limits)
    guard case .sound = try await verification.verify() else {
      Issue.record("the trail is not sound")
      return
    }
  }

  @Test func `accounts are counted by how they stand`() async throws {
    let stage = try await Stage()
    let before = try await AccountFigures.count(in: stage.store)
    #expect(before.accounts == [.unconfirmed: 0, .confirmed: 0, .locked: 0, .closed: 0])
    #expect(before.registeredCustomers > 0)
    _ = try await stage.registered(.bela, email: "bela@pelda.hu")
    _ = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    try await stage.store.write { [now = stage.clock.now] transaction in
      try transaction.perform(
        """
        INSERT INTO sms_step (customer_number, failures_in_a_row, disabled_at)
        VALUES ('7777777', 10, \(now)), ('7777778', 3, NULL)
        """)
    }
    let after = try await AccountFigures.count(in: stage.store)
    #expect(after.accounts == [.unconfirmed: 1, .confirmed: 1, .locked: 0, .closed: 0])
    #expect(after.disabledSMSSteps == 1)
    #expect(after.registeredCustomers == before.registeredCustomers)
  }
}
