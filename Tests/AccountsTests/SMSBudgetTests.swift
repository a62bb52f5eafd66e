import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// What all customers together may cost (attack 18).
struct SMSBudgetTests {
  private func stage(hour: Int = 1000, day: Int = 1000) async throws -> Stage {
    var limits = Limits()
    (limits.smsPerHour, limits.smsPerDay) = (hour, day)
    limits.smsPerNumberPerDay = 100
    limits.smsPerCustomerPerDay = 100
    return try await Stage(limits: limits)
  }

  /// Another registration of the same person, from another browser, after the last one's minute.
  private func identifies(
    _ stage: Stage, _ person: Cast = .anna
  ) async throws -> Registrations.IdentificationOutcome {
    stage.clock.advance(by: 60)
    return try await stage.identify(person)
  }

  @Test func `when the hour's messages are spent, nothing is sent to anybody`() async throws {
    let stage = try await stage(hour: 2)
    #expect(try await identifies(stage) == .codeSent)
    #expect(try await identifies(stage, .peter) == .codeSent)
    #expect(try await identifies(stage) == .suspended)
    #expect(try await stage.post().count == 2)
    // The call centre finds the case.
    #expect(try await stage.lastCounted("sms_limit")?.registration != nil)
    #expect(try await stage.audited("sms_sent") == 2)
  }

  @Test func `a spent hour is over when the next one begins, a spent day is not`() async throws {
    let hour = try await stage(hour: 1)
    let day = try await stage(day: 1)
    for stage in [hour, day] {
      #expect(try await identifies(stage) == .codeSent)
      #expect(try await identifies(stage) == .suspended)
      stage.clock.advance(by: 3600)
    }
    #expect(try await identifies(hour) == .codeSent)
    #expect(try await identifies(day) == .suspended)
    day.clock.advance(by: 86_400)
    #expect(try await identifies(day) == .codeSent)
  }

  @Test func `a resend is refused too, and the code that was sent stays good`() async throws {
    let stage = try await stage(hour: 1)
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    stage.clock.advance(by: 60)
    #expect(try await stage.registrations.resendCode(in: token) == .suspended)
    #expect(try await stage.audit().last?.description == "sms_limit budget 1234567")
    #expect(try await stage.enter(code, in: token) == .of(.accepted))
  }

  @Test func `an operator hears of half, four fifths and all of a budget, each once`() async throws
  {
    let stage = try await stage(hour: 10)
    for _ in 1...12 { _ = try await identifies(stage) }
    #expect(
      stage.alarms.all == [5, 8, 10].map { .smsBudget(.hour, used: $0, limit: 10) })
  }

  @Test(arguments: Stage.Ground.allCases)
  func `a crowd gets no more than the budget has (attack 18)`(ground: Stage.Ground) async throws {
    var limits = Limits()
    limits.smsPerHour = 3
    limits.smsPerNumberPerDay = 100
    limits.smsPerCustomerPerDay = 100
    try await Stage.play(on: ground, limits: limits) { stage in
      let outcomes = try await atOnce(20) { number in
        try await stage.identify(number.isMultiple(of: 2) ? .anna : .peter)
      }
      #expect(outcomes.count { $0 == .suspended } >= 17)
      #expect(try await stage.audited("sms_sent") <= 3)
    }
  }

  // MARK: Codes that nobody types

  /// So many code messages, of which so many codes were typed in.
  private func sent(_ sent: Int, accepted: Int, _ stage: Stage) async throws {
    let at = stage.clock.now
    try await stage.store.write { transaction in
      for (kind, count) in [("sms_sent", sent), ("sms_code_accepted", accepted)] where count > 0 {
        for _ in 1...count {
          _ = try transaction.execute(
            "INSERT INTO audit_event (at, kind) VALUES (\(at), \(kind))")
        }
      }
    }
  }

  @Test(arguments: [(50, 19, true), (50, 20, false), (49, 0, false), (200, 10, true)])
  func `an operator hears when few of the codes are typed in`(
    sent: Int, accepted: Int, isAlarm: Bool
  ) async throws {
    let stage = try await Stage()
    try await self.sent(sent, accepted: accepted, stage)
    stage.clock.advance(by: 700)
    try await CodeConversion(world: stage.world).checkIfDue()
    #expect(
      stage.alarms.all == (isAlarm ? [.smsConversionLow(sent: sent, accepted: accepted)] : []))
  }

  @Test func `who still has time to type is not counted against the messages`() async throws {
    let stage = try await Stage()
    try await sent(60, accepted: 0, stage)
    stage.clock.advance(by: 599)
    try await CodeConversion(world: stage.world).checkIfDue()
    #expect(stage.alarms.all.isEmpty)
  }

  @Test func `the same trouble is told once an hour, by one instance`() async throws {
    let stage = try await Stage()
    try await sent(60, accepted: 0, stage)
    stage.clock.advance(by: 700)
    for _ in 1...3 {
      try await CodeConversion(world: stage.world).checkIfDue()
      try await CodeConversion(world: stage.world).checkIfDue()
      stage.clock.advance(by: 300)
    }
    #expect(stage.alarms.all.count == 1)
  }
}
