internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// A clock that was set back while nobody served gives staff nothing for longer, either (attack 7).
@Suite struct `After the clock was set back` {
  private func setBack(_ stage: Stage) async throws {
    let mark = ClockMark(store: stage.store, now: stage.world.now)
    try await mark.move()
    stage.clock.advance(by: -3600)
    #expect(try await mark.settle() == 3600)
  }

  @Test func `nobody of the staff is logged in`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      #expect(try await browser.get("/munkatars/kereses").status == .ok)
      try await setBack(stage)
      #expect(
        try await browser.get("/munkatars/kereses").location
          == "/munkatars/bejelentkezes?uzenet=lejart")
    }
  }

  @Test func `an invitation is good for as long as it was to be`() async throws {
    let stage = try await Stage()
    let name = try #require(StaffName("kovacs.eva"))
    let link = try #require(try await stage.staffAccounts.add(name, .agent))
    let path = "/munkatars/meghivo?kulcs=\(link.reveal())"
    try await setBack(stage)
    try await stage.playForStaff { browser in
      stage.clock.advance(by: Double(stage.world.limits.staff.linkLifetimeSeconds) - 1)
      let inTime = try await browser.get(path)
      #expect(inTime.status == .ok)
      stage.clock.advance(by: 1)
      let late = try await browser.get(path)
      #expect(late.status == .notFound)
    }
  }

  @Test func `a second person has as long to agree as before`() async throws {
    let stage = try await Stage()
    let asker = try await stage.colleague(.supervisor)
    let other = try await stage.colleague(.supervisor, named: "masik")
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    _ = try await stage.accountLocks.lock(
      try CustomerNumber(Cast.anna.number), .newProof, by: Stage.clerk)
    try await stage.playForStaff { browser in
      try await browser.logIn(asker, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      try await browser.doAct("unlock", because: "bizonyította", in: number)
      try await setBack(stage)
      // The login takes half a minute.
      stage.clock.advance(by: Double(stage.world.limits.staff.consentLifetimeSeconds) - 31)
      let second = browser.stranger()
      try await second.logIn(other, on: stage)
      #expect(try await second.get("/munkatars/jovahagyasok").says("bizonyította"))
      stage.clock.advance(by: 1)
      #expect(try await !second.get("/munkatars/jovahagyasok").says("bizonyította"))
    }
  }
}
