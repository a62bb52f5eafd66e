internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

/// Four eyes: what nobody does alone.
@Suite struct `A second person` {
  private func askToUnlock(
    _ browser: CustomerClient, _ stage: Stage, as colleague: Stage.Colleague
  ) async throws {
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    _ = try await stage.accountLocks.lock(
      try CustomerNumber(Cast.anna.number), .newProof, by: Stage.clerk)
    try await browser.logIn(colleague, on: stage)
    let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
    let answer = try await browser.doAct("unlock", because: "bizonyította", in: number)
    #expect(answer.location?.hasSuffix("uzenet=jovahagyasra-var") == true)
  }

  private func isLocked(_ stage: Stage) async throws -> Bool {
    try await stage.accountLocks.isLocked(try CustomerNumber(Cast.anna.number))
  }

  @Test func `opens a lock, and nobody alone`() async throws {
    let stage = try await Stage()
    let asker = try await stage.colleague(.supervisor)
    let other = try await stage.colleague(.supervisor, named: "masik")
    try await stage.playForStaff { browser in
      try await askToUnlock(browser, stage, as: asker)
      #expect(try await isLocked(stage))
      try await browser.get("/munkatars/jovahagyasok")
      let own = try await browser.post(
        "/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
      #expect(own.location?.hasSuffix("uzenet=sajat") == true)
      #expect(try await isLocked(stage))

      let second = browser.stranger()
      try await second.logIn(other, on: stage)
      let page = try await second.get("/munkatars/jovahagyasok")
      #expect(page.says("bizonyította") && page.says(asker.name))
      let answer = try await second.post(
        "/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
      #expect(answer.location?.hasSuffix("uzenet=jovahagyva") == true)
      #expect(try await !isLocked(stage))
    }
    let trail = try await stage.audit().map(\.kind)
    #expect(trail.contains("consent_asked") && trail.contains("consent_given"))
    #expect(
      try await stage.audit().contains {
        $0.kind == "account_unlocked" && $0.detail == "by \(asker.name); because bizonyította"
      })
  }

  @Test func `may refuse, and then it is over`() async throws {
    let stage = try await Stage()
    let asker = try await stage.colleague(.supervisor)
    let other = try await stage.colleague(.supervisor, named: "masik")
    try await stage.playForStaff { browser in
      try await askToUnlock(browser, stage, as: asker)
      let second = browser.stranger()
      try await second.logIn(other, on: stage)
      for (decision, word) in [("no", "elutasitva"), ("yes", "mar-eldolt")] {
        try await second.get("/munkatars/jovahagyasok")
        try await second.get("/munkatars/kereses")
        let answer = try await second.post(
          "/munkatars/jovahagyasok", ["consent": "1", "decision": decision])
        #expect(answer.location?.hasSuffix("uzenet=\(word)") == true)
      }
      #expect(try await isLocked(stage))
    }
  }

  @Test func `agrees while what was asked is fresh, and not after a day`() async throws {
    let stage = try await Stage()
    let asker = try await stage.colleague(.supervisor)
    let other = try await stage.colleague(.supervisor, named: "masik")
    try await stage.playForStaff { browser in
      try await askToUnlock(browser, stage, as: asker)
      let second = browser.stranger()
      stage.clock.advance(by: 24 * 3600 - 61)
      try await second.logIn(other, on: stage)
      #expect(try await second.get("/munkatars/jovahagyasok").says("bizonyította"))
      let old = second.copy()
      stage.clock.advance(by: 31)
      #expect(try await !second.get("/munkatars/jovahagyasok").says("bizonyította"))
      let late = try await old.post(
        "/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
      #expect(late.location?.hasSuffix("uzenet=mar-eldolt") == true)
      #expect(try await isLocked(stage))

      // Asked anew, it is another wish: the old page decides nothing about it.
      try await browser.logIn(asker, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      let again = try await browser.doAct("unlock", because: "újra kérte", in: number)
      #expect(again.location?.hasSuffix("uzenet=jovahagyasra-var") == true)
      _ = try await old.post("/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
      #expect(try await isLocked(stage))
      #expect(try await second.get("/munkatars/jovahagyasok").says("újra kérte"))
      try await second.post("/munkatars/jovahagyasok", ["consent": "2", "decision": "yes"])
      #expect(try await !isLocked(stage))
    }
  }

  @Test func `agrees to nothing in the name of somebody who is staff no more`() async throws {
    let stage = try await Stage()
    let asker = try await stage.colleague(.supervisor)
    let other = try await stage.colleague(.supervisor, named: "masik")
    try await stage.playForStaff { browser in
      try await askToUnlock(browser, stage, as: asker)
      let second = browser.stranger()
      try await second.logIn(other, on: stage)
      #expect(try await second.get("/munkatars/jovahagyasok").says("bizonyította"))
      let old = second.copy()
      let name = try #require(StaffName(asker.name))
      #expect(try await stage.staffAccounts.disable(name))
      #expect(try await !second.get("/munkatars/jovahagyasok").says("bizonyította"))
      let late = try await old.post(
        "/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
      #expect(late.location?.hasSuffix("uzenet=mar-eldolt") == true)
      #expect(try await isLocked(stage))
      #expect(try await stage.audited("consent_given") == 0)

      // It is in nobody's way: a colleague asks anew.
      let number = try #require(try await second.openCase(of: Cast.anna.number).number)
      let again = try await second.doAct("unlock", because: "újra kérte", in: number)
      #expect(again.location?.hasSuffix("uzenet=jovahagyasra-var") == true)
    }
  }

  @Test func `reads which address it is about, masked`() async throws {
    let stage = try await Stage()
    let asker = try await stage.colleague(.supervisor)
    let other = try await stage.colleague(.dataProtection)
    _ = try await stage.registered(.anna, email: "tolvaj@pelda.hu")
    try await stage.playForStaff { browser in
      try await browser.logIn(asker, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      _ = try await browser.doAct("user_name", with: "anna.uj@pelda.hu", in: number)
      let second = browser.stranger()
      try await second.logIn(other, on: stage)
      let page = try await second.get("/munkatars/jovahagyasok")
      #expect(page.says(try EmailAddress("anna.uj@pelda.hu").masked))
      #expect(!page.says("anna.uj@pelda.hu"))
    }
  }

  @Test func `decides once, however many decide at once`() async throws {
    let stage = try await Stage()
    let asker = try await stage.colleague(.supervisor)
    try await stage.playForStaff { browser in
      try await askToUnlock(browser, stage, as: asker)
      var others: [CustomerClient] = []
      for name in ["egy", "ketto", "harom"] {
        let other = browser.stranger()
        try await other.logIn(try await stage.colleague(.supervisor, named: name), on: stage)
        try await other.get("/munkatars/jovahagyasok")
        others.append(other)
      }
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for other in others {
          tasks.addTask {
            try await other.post("/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
          }
        }
        try await tasks.waitForAll()
      }
    }
    #expect(try await stage.audited("consent_given") == 1)
    #expect(try await stage.audited("account_unlocked") == 1)
  }

  @Test func `is needed to erase somebody and to give another user name`() async throws {
    let stage = try await Stage()
    let (guardian, boss) = (
      try await stage.colleague(.dataProtection), try await stage.colleague(.supervisor)
    )
    _ = try await stage.registered(.anna, email: "tolvaj@pelda.hu")
    // Messages of one batch arrive in any order.
    _ = try await stage.post()
    try await stage.playForStaff { browser in
      let second = browser.stranger()
      try await browser.logIn(boss, on: stage)
      try await second.logIn(guardian, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      _ = try await browser.doAct("user_name", with: "anna@pelda.hu", in: number)
      #expect(try await stage.audited("user_name_changed") == 0)
      try await second.get("/munkatars/jovahagyasok")
      try await second.post("/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
      #expect(try await stage.audited("user_name_changed") == 1)
      let letters = try await stage.post().filter { $0.channel == .email }
      #expect(letters.contains { $0.to == "anna@pelda.hu" })

      let own = try #require(try await second.openCase(of: Cast.anna.number).number)
      _ = try await second.doAct("erase", because: "kérte", in: own)
      #expect(try await stage.audited("data_erased") == 0)
      try await browser.get("/munkatars/jovahagyasok")
      try await browser.post("/munkatars/jovahagyasok", ["consent": "2", "decision": "yes"])
      #expect(try await stage.audited("data_erased") == 1)
    }
    let rest = try await stage.contents().filter { !$0.key.hasPrefix("register_") }
    for (table, rows) in rest where table != "pseudonym_salt" {
      #expect(!rows.contains { $0.contains("'\(Cast.anna.number)'") }, "\(table)")
    }
  }
}
