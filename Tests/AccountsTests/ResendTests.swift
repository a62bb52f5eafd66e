import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// «Új SMS-t kérek» (D 2).
struct ResendTests {
  @Test(arguments: [
    (0.0, Registrations.ResendOutcome.tooSoon(secondsLeft: 60)), (59, .tooSoon(secondsLeft: 1)),
    (60, .sent(isNewCode: false)), (300, .sent(isNewCode: false)), (301, .sent(isNewCode: true)),
    (3_599, .sent(isNewCode: true)), (3_600, .expired),
  ])
  func `time decides what is sent`(
    waited: Double, outcome: Registrations.ResendOutcome
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    stage.clock.advance(by: waited)
    #expect(try await stage.registrations.resendCode(in: token) == outcome)
  }

  @Test func `the SMS that is late stays good`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    stage.clock.advance(by: 60)
    _ = try await stage.registrations.resendCode(in: token)
    #expect(try await stage.smsCode() == code)
    #expect(try await stage.post().count == 2)
    #expect(try await stage.enter(code.suffix(5), in: token) == .of(.accepted))
  }

  @Test func `a new code makes the old one wrong (attack 7)`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let old = try await stage.smsCode()
    stage.clock.advance(by: 301)
    _ = try await stage.registrations.resendCode(in: token)
    let new = try await stage.smsCode()
    #expect(new != old)
    #expect(try await stage.enter(old.suffix(5), in: token) == .of(.wrong(triesLeft: 4)))
    #expect(try await stage.enter(new.suffix(5), in: token) == .of(.accepted))
  }

  @Test func `the page shows the first character of the code that was sent last`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    stage.clock.advance(by: 301)
    _ = try await stage.registrations.resendCode(in: token)
    let code = try await stage.smsCode()
    guard case .phone(let phone) = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("there is no page for the code")
      return
    }
    #expect(phone.codePrefix == String(code.prefix(1)))
  }

  @Test func `a registration gets three messages`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    var outcomes: [Registrations.ResendOutcome] = []
    for _ in 1...3 {
      _ = try await stage.post()
      stage.clock.advance(by: 60)
      outcomes.append(try await stage.registrations.resendCode(in: token))
    }
    #expect(
      outcomes == [
        .sent(isNewCode: false), .sent(isNewCode: false), .tooMany(.registration),
      ])
    #expect(try await stage.post().count == 3)
    #expect(try await stage.audited("sms_limit") == 1)
  }

  @Test func `messages of other registrations count for the day`() async throws {
    let stage = try await Stage()
    for _ in 1...4 { _ = try await stage.identify(.anna) }
    let token = try await stage.identified(.bela)
    stage.clock.advance(by: 60)
    #expect(try await stage.registrations.resendCode(in: token) == .tooMany(.day))
  }

  @Test func `after the proof there is nothing to send again`() async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    stage.clock.advance(by: 60)
    #expect(try await stage.registrations.resendCode(in: token) == .outOfTurn)
  }

  @Test func `a resend follows the number in the register`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    try await stage.store.write { transaction in
      _ = try transaction.execute(
        "UPDATE register_customer SET sms_number = '+36209990000' WHERE customer_number = '1234567'"
      )
    }
    stage.clock.advance(by: 60)
    _ = try await stage.registrations.resendCode(in: token)
    #expect(try await stage.post().first?.to == "+36209990000")
  }

  @Test(arguments: ["+36905551234", "+36315550311", "+436641234567", nil] as [String?])
  func `a resend goes to no number that the first page would have refused`(
    number: String?
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    try await stage.changeNumberOfAnna(to: number)
    stage.clock.advance(by: 60)
    #expect(try await stage.registrations.resendCode(in: token) == .stopped)
    #expect(try await stage.post().map(\.to) == ["+36301234567"])
    guard case .stopped(.registerChanged) = try await stage.registrations.standing(of: token)?.step
    else {
      Issue.record("the page does not say that the registration cannot go on")
      return
    }
  }

  @Test func `a page of minutes ago that is pressed again asks for something new`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    guard case .phone(let old) = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("there is no page for the code")
      return
    }
    _ = try await stage.post()
    stage.clock.advance(by: 60)
    _ = try await stage.registrations.resendCode(in: token, mark: old.mark.text)
    #expect(try await stage.post().count == 2)
    // The same page once more: a double click a second later, and a wish a minute later.
    stage.clock.advance(by: 1)
    _ = try await stage.registrations.resendCode(in: token, mark: old.mark.text)
    #expect(try await stage.post().count == 2)
    stage.clock.advance(by: 59)
    _ = try await stage.registrations.resendCode(in: token, mark: old.mark.text)
    #expect(try await stage.post().count == 3)
  }

  @Test func `a message follows the language of the page that asks for it`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    stage.clock.advance(by: 60)
    _ = try await stage.registrations.resendCode(in: token, language: .english)
    #expect(try await stage.post().first?.text.contains("Enter its last 5") == true)
  }

  @Test func `nothing is sent while the step is paused for everybody`() async throws {
    var limits = Limits()
    limits.smsFailuresPerDay = 1
    let stage = try await Stage(limits: limits)
    let token = try await stage.identified(.anna)
    _ = try await stage.enter(wrong(try await stage.smsCode()), in: token)
    stage.clock.advance(by: 60)
    #expect(try await stage.registrations.resendCode(in: token) == .suspended)
    #expect(try await stage.identify(.peter) == .suspended)
    #expect(try await stage.post().count == 1)
    #expect(try await stage.audit().filter { $0.detail == "suspended" }.count == 2)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `twenty resends at once are one message`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      let token = try await stage.identified(.anna)
      _ = try await stage.post()
      stage.clock.advance(by: 60)
      let outcomes = try await atOnce(20) { _ in
        try await stage.registrations.resendCode(in: token)
      }
      #expect(outcomes.count { $0 == .sent(isNewCode: false) } == 1)
      #expect(outcomes.count { $0 == .tooSoon(secondsLeft: 60) } == 19)
      #expect(try await stage.post().count == 2)
    }
  }
}

extension Stage {
  /// The register is replaced while the registration is under way.
  fileprivate func changeNumberOfAnna(to number: String?) async throws {
    try await store.write { transaction in
      _ = try transaction.execute(
        """
        UPDATE register_customer SET sms_number = \(number)
        WHERE customer_number = \(Cast.anna.number)
        """)
    }
  }
}
