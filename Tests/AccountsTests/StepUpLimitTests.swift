import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// What a fresh code may cost, and what if none can be sent (D 1, D 13).
struct StepUpLimitTests {
  private func stage(_ change: (inout Limits) -> Void) async throws -> Stage {
    var limits = Limits()
    change(&limits)
    return try await Stage(limits: limits)
  }

  /// A wrong code, so many times.
  private func fail(_ times: Int, in token: Token, _ stage: Stage) async throws
    -> [StepUps.ProofOutcome]
  {
    let code = try await stage.smsCode()
    var outcomes: [StepUps.ProofOutcome] = []
    for number in 1...times {
      outcomes.append(try await stage.enterStepUp(wrong(code, by: number), in: token))
    }
    return outcomes
  }

  // MARK: Tries (attack 1)

  @Test func `five wrong codes are counted down, and then the right one is refused`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    #expect(
      try await fail(5, in: token, stage)
        == [4, 3, 2, 1, 0].map { .mistake(.wrong(triesLeft: $0)) })
    #expect(
      try await stage.enterStepUp(try await stage.smsCode(), in: token) == .mistake(.spent))
    #expect(try await stage.isProven(token) == false)
  }

  @Test(arguments: [(599.0, true), (600, false)])
  func `a code is good for ten minutes, to the instant`(age: Double, isGood: Bool) async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    stage.clock.advance(by: age)
    let outcome = try await stage.enterStepUp(code, in: token)
    #expect((outcome != .mistake(.expired)) == isGood)
  }

  @Test func `wrong codes count together with those of a registration (attack 2)`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    let registering = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    for number in 1...5 { _ = try await stage.enter(wrong(code, by: number), in: registering) }
    try await stage.askForStepUp(in: token)
    let outcomes = try await fail(5, in: token, stage)
    #expect(outcomes.last == .impossible(.smsStepDisabled))
    #expect(try await stage.audited("sms_step_disabled") == 1)
    stage.clock.advance(by: 60)
    #expect(try await stage.askForStepUp(in: token) == .impossible(.smsStepDisabled))
    #expect(try await stage.identify(.anna) == .smsStepDisabled)
  }

  @Test func `the right code sets the count back`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    _ = try await fail(4, in: token, stage)
    guard case .proven = try await stage.enterStepUp(try await stage.smsCode(), in: token) else {
      Issue.record("the right code is refused")
      return
    }
    #expect(try await stage.number("SELECT failures_in_a_row AS number FROM sms_step") == 0)
  }

  @Test func `everybody's wrong codes of a day pause it, with the alarm`() async throws {
    let stage = try await stage { $0.smsFailuresPerDay = 2 }
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    _ = try await fail(2, in: token, stage)
    #expect(stage.alarms.all.contains(.smsFailureBudgetSpent(failures: 2)))
    #expect(try await stage.enterStepUp(try await stage.smsCode(), in: token) == .suspended)
    stage.clock.advance(by: 60)
    #expect(try await stage.askForStepUp(in: token) == .suspended)
    #expect(try await stage.audited("step_up_limit") == 1)
  }

  @Test func `wrong codes are limited at their network first (D 13)`() async throws {
    let stage = try await stage { $0.smsFailuresPerNetworkPerDay = 2 }
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    for number in 1...2 {
      _ = try await stage.enterStepUp(wrong(code, by: number), in: token, from: "192.0.2.1")
    }
    guard case .limited = try await stage.enterStepUp(code, in: token, from: "192.0.2.1") else {
      Issue.record("the network is not limited")
      return
    }
    guard case .proven = try await stage.enterStepUp(code, in: token, from: "192.0.2.2") else {
      Issue.record("another network is limited, too")
      return
    }
  }

  // MARK: Messages (attack 18)

  @Test func `five codes a day, and those of registrations are counted apart`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    for _ in 1...5 {
      guard case .of(.sent) = try await stage.askForStepUp(in: token) else {
        Issue.record("it is refused too early")
        return
      }
      stage.clock.advance(by: 60)
    }
    #expect(try await stage.askForStepUp(in: token) == .of(.tooMany))
    #expect(
      try await stage.audit().last
        == .init(
          kind: "step_up_limit", detail: "day", customer: "1234567",
          account: Account.ID(rawValue: 1)))
    // A thief in the portal cannot keep the owner from registering anew.
    #expect(try await stage.identify(.anna) == .codeSent)
  }

  @Test func `who leaves too many codes unanswered is limited by network (D 13)`() async throws {
    let stage = try await stage { $0.smsUnansweredPerNetworkPerDay = 1 }
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token, from: "192.0.2.1")
    stage.clock.advance(by: 60)
    guard case .limited = try await stage.askForStepUp(in: token, from: "192.0.2.1") else {
      Issue.record("the network is not limited")
      return
    }
    // One that was entered is none of them.
    _ = try await stage.enterStepUp(try await stage.smsCode(), in: token, from: "192.0.2.1")
    #expect(
      try await stage.askForStepUp(in: try await stage.inNewBrowser(), from: "192.0.2.1")
        == .of(.sent(isNewCode: true)))
  }

  @Test func `a double click that sends the network's last code is answered alike both times`()
    async throws
  {
    let stage = try await stage { $0.smsUnansweredPerNetworkPerDay = 1 }
    let token = try await stage.loggedInBefore()
    for _ in 1...2 {
      #expect(
        try await stage.askForStepUp(in: token, mark: "first", from: "192.0.2.1")
          == .of(.sent(isNewCode: true)))
    }
    #expect(try await stage.audited("step_up_asked") == 1)
  }

  @Test func `everybody's budget counts it, and without any left nothing is sent`() async throws {
    let stage = try await stage { $0.smsPerHour = 2 }
    let token = try await stage.loggedInBefore()
    // The registration's code was the first and its notice the second.
    #expect(try await stage.askForStepUp(in: token) == .suspended)
    #expect(try await stage.audit().last?.detail == "budget")
    guard case .sms = try await stage.stepUpState(token) else {
      Issue.record("a code is awaited that was never sent")
      return
    }
  }

  // MARK: No way

  @Test func `without a number that can be texted the call centre helps`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    for number in [nil, "+36315550311"] as [String?] {
      try await stage.store.write { transaction in
        try transaction.perform("UPDATE register_customer SET sms_number = \(number)")
      }
      guard case .impossible(.noNumber) = try await stage.stepUpState(token) else {
        Issue.record("\(number ?? "no number") is offered")
        return
      }
      #expect(try await stage.askForStepUp(in: token) == .impossible(.noNumber))
    }
    #expect(try await stage.audited("step_up_asked") == 0)
    #expect(try await stage.audited("step_up_limit") == 1)
  }

  @Test func `a code to a number that the register has given up proves nothing`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    try await stage.store.write {
      try $0.perform("UPDATE register_customer SET sms_number = NULL")
    }
    #expect(try await stage.enterStepUp(code, in: token) == .impossible(.noNumber))
  }

  @Test func `staff find the customer by the case number on the page (D 5)`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    let number = try #require(try await stage.stepUps.standing(of: token)?.caseNumber)
    #expect(
      try await stage.customerSearch.customer(number.text)?.text == Cast.anna.number)
  }

  @Test func `a customer without insurance gets the code as always (D 12)`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.mark(.anna, .closed)
    #expect(try await stage.askForStepUp(in: token) == .of(.sent(isNewCode: true)))
  }
}
