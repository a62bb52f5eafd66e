import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// The code from the SMS (J4).
struct SMSCodeTests {
  // MARK: Right

  @Test(arguments: [5, 6])
  func `the last five characters are enough and all six are welcome`(count: Int) async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let answer = try await stage.answer(try await stage.smsCode().suffix(count), in: token)
    #expect(answer.outcome == .of(.accepted))
    let newToken = try #require(answer.newToken)
    #expect(newToken != token)
    let standing = try await stage.registrations.standing(of: newToken)
    guard case .email(let onFile, given: nil) = standing?.step else {
      Issue.record("there is no page for the address")
      return
    }
    #expect(onFile?.address == "kovacs.anna@example.hu")
  }

  @Test func `the right code is in the books once`() async throws {
    let stage = try await Stage()
    _ = try await stage.proven(.anna)
    #expect(
      try await stage.audit().map(\.description) == [
        "sms_sent 1234567", "sms_code_accepted 1234567",
      ])
  }

  @Test func `all six with another first character are wrong`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    let first = code.hasPrefix("1") ? "2" : "1"
    #expect(try await stage.enter(first + code.dropFirst(), in: token) == .of(.wrong(triesLeft: 4)))
  }

  @Test func `a customer with an account is told so only after the right code`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    #expect(try await stage.enter(wrong(code), in: token) == .of(.wrong(triesLeft: 4)))
    let answer = try await stage.answer(code.suffix(5), in: token)
    #expect(answer.outcome == .of(.alreadyRegistered))
    let standing = try await stage.registrations.standing(of: try #require(answer.newToken))
    guard case .alreadyRegistered(let email) = standing?.step else {
      Issue.record("the page does not tell of the account")
      return
    }
    #expect(email.address == "anna@pelda.hu")
  }

  // MARK: Wrong (attack 1)

  @Test func `five wrong codes are counted down, and then the right one is refused`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    var outcomes: [Registrations.CodeAnswer.Outcome] = []
    for number in 1...5 {
      outcomes.append(try await stage.enter(wrong(code, by: number), in: token))
    }
    #expect(outcomes == [4, 3, 2, 1, 0].map { .of(.wrong(triesLeft: $0)) })
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.codeSpent))
    #expect(try await stage.audited("sms_code_wrong") == 5)
    #expect(try await stage.audited("sms_code_accepted") == 0)
  }

  @Test func `a new code makes a spent one good again`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let old = try await stage.smsCode()
    for number in 1...5 { _ = try await stage.enter(wrong(old, by: number), in: token) }
    stage.clock.advance(by: 60)
    #expect(try await stage.registrations.resendCode(in: token) == .sent(isNewCode: true))
    let code = try await stage.smsCode()
    #expect(code != old)
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.accepted))
  }

  @Test(arguments: [(599.0, Registration.SMSCodeOutcome.accepted), (600, .codeExpired)])
  func `a code is good for ten minutes, to the instant`(
    age: Double, outcome: Registration.SMSCodeOutcome
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    stage.clock.advance(by: age)
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(outcome))
  }

  @Test func `a registration that is over takes no code`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    stage.clock.advance(by: 3_600)
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.expired))
  }

  @Test func `who has no registration can enter what they like`() async throws {
    let stage = try await Stage()
    _ = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    let stranger = try #require(Token(String(repeating: "ab", count: 32)))
    #expect(try await stage.enter(code.suffix(5), in: stranger) == .unknown)
  }

  // MARK: Ten in a row (attack 6)

  /// So many wrong codes in as many registrations as that takes.
  private func fail(_ count: Int, on stage: Stage) async throws {
    var left = count
    while left > 0 {
      let token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      for number in 1...min(left, 5) {
        _ = try await stage.enter(wrong(code, by: number), in: token)
      }
      left -= min(left, 5)
    }
  }

  @Test func `four wrong, resend, four wrong, resend, two wrong, and the right code is refused`()
    async throws
  {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    var outcomes: [Registrations.CodeAnswer.Outcome] = []
    for count in [4, 4, 2] {
      let code = try await stage.smsCode()
      for number in 1...count {
        outcomes.append(try await stage.enter(wrong(code, by: number), in: token))
      }
      // A new code each time: the last one has less than five minutes to live.
      stage.clock.advance(by: 301)
      _ = try await stage.registrations.resendCode(in: token)
    }
    #expect(outcomes.last == .of(.disabled))
    let code = try await stage.smsCode()
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.outOfTurn))
    #expect(try await stage.audited("sms_step_disabled") == 1)
  }

  @Test func `nine failures over registrations and the tenth disables the customer`() async throws {
    let stage = try await Stage()
    try await fail(9, on: stage)
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    #expect(try await stage.enter(wrong(code), in: token) == .of(.disabled))
    #expect(try await stage.identify(.anna) == .smsStepDisabled)
  }

  @Test func `the right code begins the count anew`() async throws {
    let stage = try await Stage()
    try await fail(9, on: stage)
    _ = try await stage.proven(.anna)
    stage.clock.advance(by: 86_400)
    try await fail(9, on: stage)
    stage.clock.advance(by: 86_400)
    #expect(try await stage.identify(.anna) == .codeSent)
  }

  @Test func `a disabled customer gets no SMS and shuts nobody else out`() async throws {
    let stage = try await Stage()
    try await fail(10, on: stage)
    let sent = try await stage.post().count
    #expect(try await stage.identify(.anna) == .smsStepDisabled)
    #expect(try await stage.post().count == sent)
    #expect(try await stage.identify(.bela) == .codeSent)
  }

  @Test func `a code that was sent before the step was disabled does not help any more`()
    async throws
  {
    let stage = try await Stage()
    let waiting = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    try await fail(10, on: stage)
    #expect(try await stage.enter(code.suffix(5), in: waiting) == .of(.disabled))
    let standing = try await stage.registrations.standing(of: waiting)
    guard case .stopped(.smsStepDisabled) = standing?.step else {
      Issue.record("the page does not tell that the step is disabled")
      return
    }
  }

  @Test func `a resend is refused while the step is disabled`() async throws {
    let stage = try await Stage()
    let waiting = try await stage.identified(.anna)
    try await fail(10, on: stage)
    stage.clock.advance(by: 60)
    #expect(try await stage.registrations.resendCode(in: waiting) == .smsStepDisabled)
  }

  @Test func `the call centre re-enables`() async throws {
    let stage = try await Stage()
    try await fail(10, on: stage)
    let anna = try CustomerNumber(Cast.anna.number)
    #expect(try await stage.callCentre.enableSMSStep(of: anna))
    stage.clock.advance(by: 86_400)
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.accepted))
    #expect(try await stage.audited("sms_step_enabled") == 1)
  }

  @Test func `who was not disabled need not be enabled`() async throws {
    let stage = try await Stage()
    #expect(try await !stage.callCentre.enableSMSStep(of: CustomerNumber(Cast.anna.number)))
  }

  // MARK: Everybody's failures

  @Test func `too many wrong codes of everybody pause the step, and one alarm is raised`()
    async throws
  {
    var limits = Limits()
    limits.smsFailuresPerDay = 3
    let stage = try await Stage(limits: limits)
    let other = try await stage.identified(.peter)
    let others = try await stage.smsCode()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    for number in 1...3 { _ = try await stage.enter(wrong(code, by: number), in: token) }
    #expect(try await stage.enter(code.suffix(5), in: token) == .suspended)
    #expect(try await stage.enter(others.suffix(5), in: other) == .suspended)
    #expect(
      try await stage.audit().suffix(2).map(\.description) == [
        "sms_limit suspended 1234567", "sms_limit suspended 2345678",
      ])
    #expect(stage.alarms.all == [.smsFailureBudgetSpent(failures: 3)])
  }

  @Test func `the pause costs no try and ends with the day`() async throws {
    var limits = Limits()
    limits.smsFailuresPerDay = 2
    limits.smsCodeLifetimeSeconds = 86_400
    limits.registrationLifetimeSeconds = 2 * 86_400
    let stage = try await Stage(limits: limits)
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    for number in 1...2 { _ = try await stage.enter(wrong(code, by: number), in: token) }
    for _ in 1...10 { _ = try await stage.enter(wrong(code), in: token) }
    stage.clock.advance(by: 86_399)
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.accepted))
  }

  // MARK: Another registration's code (attack 8)

  @Test(arguments: [Cast.anna, .bela, .peter])
  func `a code of another registration is wrong here and costs nothing there`(
    other: Cast
  ) async throws {
    let stage = try await Stage()
    let mine = try await stage.identified(.anna)
    let myCode = try await stage.smsCode()
    _ = try await stage.identified(other)
    let otherCode = try await stage.smsCode()
    #expect(otherCode.suffix(5) != myCode.suffix(5))
    #expect(try await stage.enter(otherCode.suffix(5), in: mine) == .of(.wrong(triesLeft: 4)))
    #expect(
      try await stage.number("SELECT code_tries_left AS number FROM registration WHERE id = 2")
        == 5)
  }

  // MARK: Another person in the same browser (attack 10)

  @Test func `what was proven for Anna makes no account for Béla`() async throws {
    let stage = try await Stage()
    let token = try await stage.contacted(.anna, email: "anna@pelda.hu")
    #expect(try await stage.identify(.bela, token: token) == .codeSent)
    #expect(try await stage.registrations.choosePassword(Stage.password, in: token) == .outOfTurn)
    #expect(
      try await stage.registrations.give(stage.contact("anna@pelda.hu"), in: token)
        == .of(.outOfTurn))
    #expect(try await stage.count("account") == 0)
  }

  @Test func `Anna's code does not open Béla's step`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let annas = try await stage.smsCode()
    _ = try await stage.identify(.bela, token: token)
    #expect(try await stage.enter(annas.suffix(5), in: token) == .of(.wrong(triesLeft: 4)))
  }

  @Test func `who changed over to Béla registers Béla`() async throws {
    let stage = try await Stage()
    let token = try await stage.contacted(.anna, email: "anna@pelda.hu")
    _ = try await stage.identify(.bela, token: token)
    let answer = try await stage.answer(try await stage.smsCode().suffix(5), in: token)
    let belas = try #require(answer.newToken)
    _ = try await stage.registrations.give(stage.contact("bela@pelda.hu"), in: belas)
    #expect(try await stage.registrations.choosePassword(Stage.password, in: belas) == .registered)
    #expect(try await stage.audit().last?.description == "registered \(Cast.bela.number)")
    #expect(try await stage.count("account") == 1)
  }
}
