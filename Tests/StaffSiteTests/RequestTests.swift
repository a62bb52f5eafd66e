internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Persistence
internal import TestSupport
internal import Testing
internal import Wording

/// What customers ask about their data, as those see it who answer (D 5).
@Suite struct `A request about data` {
  private static let open: Query =
    "SELECT COUNT(*) AS number FROM data_request WHERE done_at IS NULL"

  @Test func `to be forgotten is not done before the account is erased, which takes two`()
    async throws
  {
    let stage = try await Stage()
    let (guardian, boss) = (
      try await stage.colleague(.dataProtection), try await stage.colleague(.supervisor)
    )
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    #expect(
      try await stage.dataRights.askForErasure(account, password: Stage.password) == .asked)
    try await stage.playForStaff { browser in
      try await browser.logIn(guardian, on: stage)
      let page = try await browser.openCase(of: Cast.anna.number)
      let number = try #require(page.number)
      #expect(!page.body.contains("mit=finish_request") && page.body.contains("mit=erase"))
      // From a page of before, too.
      let id = try #require(try await stage.number("SELECT MAX(id) AS number FROM data_request"))
      let alone = try await browser.doAct("finish_request", with: String(id), in: number)
      #expect(alone.location?.hasSuffix("uzenet=nem-idoszeru") == true)
      #expect(try await stage.audited("data_request_done") == 0)
      #expect(try await stage.number(Self.open) == 1)

      _ = try await browser.doAct("erase", in: number)
      #expect(try await stage.number(Self.open) == 1)
      let second = browser.stranger()
      try await second.logIn(boss, on: stage)
      try await second.get("/munkatars/jovahagyasok")
      try await second.post("/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
      #expect(try await stage.audited("data_erased") == 1)
      #expect(try await stage.number(Self.open) == 0)
    }
  }

  @Test func `stands in the list with the day by which it is due, and in red after that`()
    async throws
  {
    let stage = try await Stage()
    let guardian = try await stage.colleague(.dataProtection)
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await stage.dataRights.askForCopy(account)
    let due = stage.clock.now.addingTimeInterval(
      Double(stage.world.limits.dataRequestAnswerSeconds))
    let day = stage.world.brand.texts(in: .hungarian).day(of: due)
    try await stage.playForStaff { browser in
      try await browser.logIn(guardian, on: stage)
      let early = try await browser.get("/munkatars/adatkeresek")
      #expect(early.body.contains("<td>\(day)</td>"), "\(early.main)")
      stage.clock.advance(by: Double(stage.world.limits.dataRequestAnswerSeconds))
      try await browser.logIn(guardian, on: stage)
      let late = try await browser.get("/munkatars/adatkeresek")
      #expect(late.body.contains("<td class=\"trouble\">\(day)</td>"), "\(late.main)")
    }
  }
}
