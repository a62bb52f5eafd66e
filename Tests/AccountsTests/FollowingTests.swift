import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// The account follows the register, with the next request (D 12).
@Suite struct FollowingTests {
  private static let email = "anna@pelda.hu"

  /// Anna, logged in, after the register has changed.
  private func anna(
    after change: (Stage) async throws -> Void
  ) async throws -> (Stage, Token, Account) {
    let stage = try await Stage()
    let (session, account) = try await stage.confirmed(.anna, email: Self.email)
    try await change(stage)
    return (stage, session, account)
  }

  private func waiting(_ stage: Stage) async throws -> Int {
    try await stage.number(
      "SELECT COUNT(*) AS number FROM message WHERE state IN ('queued', 'leased')") ?? 0
  }

  @Test func `a blocked customer's sessions end, for good`() async throws {
    let (stage, session, _) = try await anna { try await $0.mark(.anna, .blocked) }
    #expect(try await stage.sessions.resume(session) == nil)
    try await stage.mark(.anna, .active)
    #expect(try await stage.sessions.resume(session) == nil)
    #expect(try await stage.audited("sessions_ended_by_register") == 1)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `a blocked customer learns from the right password alone who helps`() async throws {
    let (stage, _, _) = try await anna { try await $0.mark(.anna, .blocked) }
    #expect(try await stage.logIn(Self.email, "Rossz1Jelszo") == .refused)
    guard case .help(let number) = try await stage.logIn(Self.email) else {
      Issue.record("no help")
      return
    }
    let found = try await stage.customerSearch.customer(number.text)
    #expect(found?.text == Cast.anna.number)
  }

  @Test func `a customer who has died logs in nowhere, and nobody is told`() async throws {
    let (stage, session, _) = try await anna { try await $0.mark(.anna, .deceased) }
    #expect(try await stage.sessions.resume(session) == nil)
    let before = try await stage.post().count
    #expect(try await stage.logIn(Self.email) == .refused)
    _ = try await stage.recovering(Self.email)
    #expect(try await stage.post().count == before)
  }

  @Test(arguments: [CustomerStatus.blocked, .deceased])
  func `who may not log in gets no recovery letter, and an old code opens nothing`(
    status: CustomerStatus
  ) async throws {
    let stage = try await Stage()
    _ = try await stage.confirmed(.anna, email: Self.email)
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    try await stage.mark(.anna, status)
    guard case .mistake = try await stage.recover(code, in: token) else {
      Issue.record("the code still opens the account")
      return
    }
    let letters = try await stage.post().count
    _ = try await stage.recovering(Self.email)
    #expect(try await stage.post().count == letters)
  }

  @Test func `what was waiting for a customer who has died is taken back by the import`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.confirmed(.anna, email: Self.email)
    _ = try await stage.post()
    _ = try await stage.recovering(Self.email)
    #expect(try await waiting(stage) == 1)
    try await stage.mark(.anna, .deceased)
    #expect(try await waiting(stage) == 0)
  }

  @Test func `a closed customer keeps everything but the policies`() async throws {
    let (stage, session, account) = try await anna { try await $0.mark(.anna, .closed) }
    let present = try #require(try await stage.sessions.resume(session))
    let home = try await stage.portalHome.content(of: present)
    #expect(home.policies.isEmpty && home.isClosed)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
    #expect(try await stage.ask("uj@pelda.hu", for: .correspondence, of: present) == .codeSent)
    #expect(try await stage.dataRights.askForCopy(account) == .asked)
  }

  @Test func `one import without a customer ends nothing, the second one does`() async throws {
    let (stage, session, _) = try await anna { try await $0.leaveOut(.anna) }
    #expect(try await stage.sessions.resume(session) != nil)
    try await stage.importing()
    #expect(try await stage.sessions.resume(session) == nil)
    guard case .help = try await stage.logIn(Self.email) else {
      Issue.record("no help")
      return
    }
  }

  @Test func `a customer who comes back is counted from the beginning`() async throws {
    let (stage, session, _) = try await anna { try await $0.leaveOut(.anna) }
    let back: @Sendable (any Transaction) throws -> Void = { transaction in
      try transaction.perform(
        """
        INSERT INTO register_customer (generation, customer_number, name, status)
        VALUES (0, \(Cast.anna.number), 'Kovács Anna', 'active')
        """)
    }
    try await stage.importing(back)
    try await stage.leaveOut(.anna)
    #expect(try await stage.sessions.resume(session) != nil)
  }

  // MARK: Renumbered

  @Test func `an account moves to the customer's new number, and the home page says so`()
    async throws
  {
    let (stage, session, _) = try await anna { try await $0.renumber(.anna, to: "7654321") }
    let present = try #require(try await stage.sessions.resume(session))
    #expect(present.customer.text == "7654321")
    let home = try await stage.portalHome.content(of: present)
    #expect(!home.policies.isEmpty)
    #expect(home.news.contains { if case .renumbered = $0 { true } else { false } })
    #expect(try await stage.audit().contains { $0.kind == "renumbered" })
    stage.clock.advance(by: Double(stage.world.limits.renumberingToldSeconds) + 1)
    let later = try await stage.portalHome.content(of: present)
    #expect(!later.news.contains { if case .renumbered = $0 { true } else { false } })
  }

  @Test func `the customer is found, copied and forgotten under both numbers`() async throws {
    let (stage, _, _) = try await anna { try await $0.renumber(.anna, to: "7654321") }
    #expect(try await stage.customerSearch.customer(Cast.anna.number)?.text == "7654321")
    let customer = try CustomerNumber("7654321")
    let export = try #require(try await stage.records.export(of: customer))
    #expect(export.contains("\"registered\""))
    #expect(export.contains(Cast.anna.number))
    _ = try await stage.records.erase(customer, by: "eva")
    var contents = try await stage.contents()
    for table in ["register_customer", "register_policy", "register_old_number"] {
      contents[table] = nil
    }
    let left = contents.values.joined().filter {
      $0.contains("'\(Cast.anna.number)'") || $0.contains("'7654321'")
    }
    #expect(left.isEmpty)
  }

  @Test func `whom a delivery deletes by number is gone at once, and whom it brings back is not`()
    async throws
  {
    let (stage, session, _) = try await anna { try await $0.delete(.anna) }
    #expect(try await stage.sessions.resume(session) == nil)
    try await stage.bringBack(.anna)
    let left = try await stage.store.read {
      try $0.row("SELECT absent_imports FROM account")?.value("absent_imports", as: Int.self)
    }
    #expect(left == 0)
  }

  @Test func `whom an import lacked is not counted again by the deliveries after it`()
    async throws
  {
    let (stage, session, _) = try await anna { try await $0.leaveOut(.anna) }
    for _ in 1...5 { try await stage.importing(as: .delivery(deleted: [])) }
    #expect(try await stage.sessions.resume(session) != nil)
    try await stage.importing()
    #expect(try await stage.sessions.resume(session) == nil)
  }

  @Test func `an old number of two customers moves nothing`() async throws {
    let (stage, session, _) = try await anna {
      try await $0.renumber(.anna, to: "7654321", others: [Cast.peter.number])
    }
    let present = try #require(try await stage.sessions.resume(session))
    #expect(present.customer.text == Cast.anna.number)
  }

  @Test func `an account stays where the new number has an account of its own`() async throws {
    let stage = try await Stage()
    let (session, _) = try await stage.confirmed(.anna, email: Self.email)
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    try await stage.importing { transaction in
      try transaction.perform(
        "DELETE FROM register_customer WHERE customer_number = \(Cast.anna.number)")
      try transaction.perform(
        """
        INSERT INTO register_old_number (generation, old_number, customer_number)
        VALUES (0, \(Cast.anna.number), \(Cast.peter.number))
        """)
    }
    #expect(
      try await stage.sessions.resume(session)?.customer.text == Cast.anna.number)
  }

  @Test func `ten wrong codes stay ten under the new number`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: Self.email)
    try await stage.store.write { transaction in
      try transaction.perform(
        """
        INSERT INTO sms_step (customer_number, failures_in_a_row)
        VALUES (\(Cast.anna.number), 9)
        ON CONFLICT (customer_number) DO UPDATE SET failures_in_a_row = 9
        """)
    }
    try await stage.renumber(.anna, to: "7654321")
    #expect(
      try await stage.number(
        "SELECT failures_in_a_row AS number FROM sms_step WHERE customer_number = '7654321'") == 9)
  }
}
