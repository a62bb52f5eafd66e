import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Staff locks an account, and opens it again (D 12; ASVS 6.5.6, 7.4.2).
@Suite struct AccountLockTests {
  private static let email = "anna@pelda.hu"

  private func anna() throws -> CustomerNumber { try CustomerNumber(Cast.anna.number) }

  private func locked(
    _ kind: AccountStanding.Lock, _ story: (Stage, Token, Account) async throws -> Void
  ) async throws {
    let stage = try await Stage()
    let (session, account) = try await stage.confirmed(.anna, email: Self.email)
    #expect(try await stage.accountLocks.lock(anna(), kind, by: Stage.clerk) == .locked)
    try await story(stage, session, account)
  }

  @Test(arguments: AccountStanding.Lock.allCases)
  func `a lock ends sessions and stops login, recovery and a code that was on its way`(
    kind: AccountStanding.Lock
  ) async throws {
    let stage = try await Stage()
    let (session, _) = try await stage.confirmed(.anna, email: Self.email)
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    _ = try await stage.accountLocks.lock(anna(), kind, by: Stage.clerk)
    #expect(try await stage.sessions.resume(session) == nil)
    guard case .help = try await stage.logIn(Self.email) else {
      Issue.record("no help")
      return
    }
    guard case .mistake = try await stage.recover(code, in: token) else {
      Issue.record("the code still opens the account")
      return
    }
    let letters = try await stage.post().count
    _ = try await stage.recovering(Self.email)
    #expect(try await stage.post().count == letters)
  }

  @Test(arguments: AccountStanding.Lock.allCases)
  func `the owner is told once, by both ways, and of nothing else`(
    kind: AccountStanding.Lock
  ) async throws {
    try await locked(kind) { stage, _, _ in
      let told = try await stage.recipients(of: .accountLocked)
      #expect(told.count == 2 && told.contains(Self.email))
      #expect(told.contains("+36301234567"))
    }
  }

  @Test func `what was unsaid for a locked account is taken back`() async throws {
    let stage = try await Stage()
    _ = try await stage.confirmed(.anna, email: Self.email)
    _ = try await stage.post()
    _ = try await stage.recovering(Self.email)
    _ = try await stage.accountLocks.lock(anna(), .staff, by: Stage.clerk)
    #expect(
      try await stage.number(
        """
        SELECT COUNT(*) AS number FROM message
        WHERE state = 'queued' AND kind <> 'account_locked'
        """) == 0)
  }

  @Test func `an unlocked account is open again, without its old sessions`() async throws {
    try await locked(.staff) { stage, session, _ in
      let customer = try anna()
      #expect(try await stage.accountLocks.unlock(customer, by: Stage.clerk) == .unlocked)
      #expect(try await stage.sessions.resume(session) == nil)
      #expect(try await stage.logIn(Self.email).isLoggedIn)
      #expect(try await stage.accountLocks.unlock(customer, by: Stage.clerk) == .wasNotLocked)
    }
  }

  @Test func `reason and name are kept, and shown to staff`() async throws {
    try await locked(.staff) { stage, _, _ in
      let summary = try #require(try await stage.records.summary(of: anna()))
      #expect(summary.contains("by kovacs.eva: telefonon kérte"))
      _ = try await stage.records.erase(anna(), by: "eva")
      let locks = try await stage.contents()["account_lock"] ?? []
      #expect(locks.count == 1 && !locks.joined().contains("telefonon"))
    }
  }

  @Test func `a registration does not open what staff has locked`() async throws {
    try await locked(.staff) { stage, _, _ in
      stage.clock.advance(by: 60)
      let token = try await stage.identified(.anna)
      #expect(
        try await stage.enter(try await stage.smsCode().suffix(5), in: token)
          == .of(.alreadyRegistered))
    }
  }

  @Test func `a new proof opens the account with the code by SMS, and nothing of a thief's stays`()
    async throws
  {
    let stage = try await Stage()
    let (session, account) = try await stage.confirmed(.anna, email: Self.email)
    _ = try await stage.change(to: "tolvaj@pelda.hu", for: .correspondence, of: account)
    _ = try await stage.change(
      to: "lopott@pelda.hu", for: .userName, of: account, session: session)
    stage.clock.advance(by: 60)
    _ = try await stage.accountLocks.lock(anna(), .newProof, by: Stage.clerk)
    let anew = try await stage.contacted(.anna, email: "uj@pelda.hu")
    #expect(
      try await stage.registrations.choosePassword("Napraforgo31", in: anew) == .registered)
    #expect(try await stage.logIn("lopott@pelda.hu") == .refused)
    let login = try await stage.logIn("uj@pelda.hu", "Napraforgo31")
    #expect(login.entry?.isConfirmed == false)
    let token = try #require(login.token)
    let back = try #require(try await stage.sessions.resume(token))
    #expect(back.id == account.id)
    #expect(try await stage.correspondence(of: back) == nil)
    #expect(try await stage.count("account") == 1)
    #expect(
      try await stage.number(
        "SELECT COUNT(*) AS number FROM address_undo WHERE used_at IS NULL") == 0)
  }

  @Test func `who has no account cannot be locked`() async throws {
    let stage = try await Stage()
    #expect(try await stage.accountLocks.lock(anna(), .staff, by: Stage.clerk) == .noAccount)
    #expect(try await stage.accountLocks.unlock(anna(), by: Stage.clerk) == .noAccount)
  }

  @Test func `a lost SMS step is shown without an account, too`() async throws {
    let stage = try await Stage()
    try await stage.store.write { [now = stage.clock.now] transaction in
      try transaction.perform(
        """
        INSERT INTO sms_step (customer_number, failures_in_a_row, disabled_at)
        VALUES (\(Cast.anna.number), 10, \(now))
        """)
    }
    #expect(
      try await stage.records.summary(of: anna())?.contains("SMS step         disabled") == true)
  }
}
