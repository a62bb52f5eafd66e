internal import Accounts
internal import Domain
internal import Foundation
internal import Persistence
internal import TestSupport
internal import Testing

/// What staff looked for, opened and asked for is forgotten; that they did stays in the trail.
@Suite struct `Of the work of staff` {
  private static let minute = 60.0
  private static let day = 86_400.0

  private func search(_ stage: Stage) async throws -> String? {
    try await stage.store.read {
      try $0.row("SELECT search FROM staff_session")?.optional("search")
    }
  }

  @Test func `what was looked for goes with the session, also one that nobody has ended`()
    async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    let retention = Retention(world: stage.world)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      try await browser.search("kovacs an")
    }
    stage.clock.advance(by: 30 * Self.minute)
    try await retention.sweep()
    #expect(try await search(stage) == "kovacs an")
    stage.clock.advance(by: 1)
    try await retention.sweep()
    #expect(try await search(stage) == nil)
    #expect(try await stage.count("staff_session") == 1)
    stage.clock.advance(by: 30 * Self.day)
    try await retention.sweep()
    #expect(try await stage.count("staff_session") == 0)
    #expect(try await stage.audited("staff_searched") == 1)
  }

  @Test func `opened cases go after two days`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      try await browser.openCase(of: Cast.anna.number)
    }
    stage.clock.advance(by: 2 * Self.day)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("staff_opening") == 1)
    stage.clock.advance(by: 1)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("staff_opening") == 0)
    #expect(try await stage.audited("case_opened") == 1)
  }

  @Test(arguments: [false, true])
  func `what waited for a second person goes after three days, decided or not`(
    isDecided: Bool
  ) async throws {
    let stage = try await Stage()
    let (boss, guardian) = (
      try await stage.colleague(.supervisor), try await stage.colleague(.dataProtection)
    )
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      _ = try await browser.doAct("user_name", with: "uj@pelda.hu", in: number)
      guard isDecided else { return }
      let second = browser.stranger()
      try await second.logIn(guardian, on: stage)
      try await second.get("/munkatars/jovahagyasok")
      try await second.post("/munkatars/jovahagyasok", ["consent": "1", "decision": "no"])
    }
    stage.clock.advance(by: 3 * Self.day - 60)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("staff_consent") == 1)
    stage.clock.advance(by: 61)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("staff_consent") == 0)
    #expect(try await stage.audited("consent_asked") == 1)
  }

  @Test func `nothing that can still be decided is forgotten`() async throws {
    var limits = Limits()
    limits.staff.consentLifetimeSeconds = 7 * 86_400
    let stage = try await Stage(limits: limits)
    try await stage.fillEveryList()
    stage.clock.advance(by: 6 * Self.day)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("staff_consent") == 1)
  }
}
