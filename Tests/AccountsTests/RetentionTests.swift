import Accounts
import Domain
import Foundation
import Persistence
import TestSupport
import Testing

/// What is forgotten, and when (GDPR art. 5 (1) e).
struct RetentionTests {
  private let hour = 3600.0
  private let day = 86_400.0

  @Test func `what was typed is blanked 72 hours after the end, and the case number stays`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.contacted(.anna, email: "anna@pelda.hu")
    let retention = Retention(world: stage.world)
    // The registration lives an hour.
    stage.clock.advance(by: 73 * hour)
    try await retention.sweep()
    #expect(try await stage.number("SELECT COUNT(email) AS number FROM registration") == 1)
    stage.clock.advance(by: 1)
    try await retention.sweep()
    #expect(try await stage.number("SELECT COUNT(email) AS number FROM registration") == 0)
    #expect(try await stage.number("SELECT COUNT(code_nonce) AS number FROM registration") == 0)
    #expect(try await stage.count("registration_declaration") == 0)
    #expect(try await stage.number("SELECT COUNT(case_number) AS number FROM registration") == 1)
  }

  @Test func `a registration without an account is deleted after 90 days`() async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    let retention = Retention(world: stage.world)
    stage.clock.advance(by: 90 * day + hour)
    try await retention.sweep()
    #expect(try await stage.count("registration") == 1)
    stage.clock.advance(by: 1)
    try await retention.sweep()
    #expect(try await stage.count("registration") == 0)
    #expect(try await stage.registrations.standing(of: token) == nil)
  }

  @Test func `an account stays with all that proves it, and can be logged in to`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    stage.clock.advance(by: 400 * day)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("account") == 1)
    #expect(try await stage.count("declaration") == 4)
    #expect(try await stage.count("registration") == 1)
    #expect(try await stage.logIn("anna@pelda.hu").isLoggedIn)
  }

  @Test func `messages and logins are forgotten in their time, and nothing that waits`()
    async throws
  {
    let stage = try await Stage()
    let (token, _) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await stage.post()
    let sent = try await stage.count("message")
    let retention = Retention(world: stage.world)
    stage.clock.advance(by: 30 * day)
    try await retention.sweep()
    #expect(try await stage.count("session") == 1)
    stage.clock.advance(by: 1)
    try await retention.sweep()
    #expect(try await stage.count("session") == 0)
    #expect(try await stage.sessions.resume(token) == nil)
    #expect(try await stage.count("message") == sent)
    _ = try await stage.identified(.peter)
    stage.clock.advance(by: 60 * day)
    try await retention.sweep()
    #expect(
      try await stage.number("SELECT COUNT(*) AS number FROM message WHERE state = 'queued'") == 1)
    #expect(try await stage.count("message") == 1)
  }

  @Test func `counts of yesterday do not pile up`() async throws {
    let stage = try await Stage()
    _ = try await stage.registrations.identify(
      try stage.claim(.customer(CustomerNumber("7777777")), mobileOf: .anna), on: stage.visit())
    _ = try await stage.logIn("senki@pelda.hu")
    stage.clock.advance(by: 3 * day)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("event_count") == 0)
    #expect(try await stage.count("login_throttle") == 0)
  }

  @Test func `a thousand old rows go in small transactions`() async throws {
    let stage = try await Stage()
    try await stage.store.write { transaction in
      try transaction.load(
        (1...1200).map { [.bytes(Array("\($0)".utf8)), .integer(1), .integer(0)] },
        into: "login_throttle",
        columns: ["user_name_hash", "failures_in_a_row", "last_failure_at"])
    }
    #expect(try await Retention(world: stage.world).sweep() == 1200)
    #expect(try await stage.count("login_throttle") == 0)
  }
}
