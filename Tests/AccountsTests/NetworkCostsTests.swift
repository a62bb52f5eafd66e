import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// One network cannot spend what all customers have together (D 13; attack 18).
@Suite struct NetworkCostsTests {
  private func identify(
    _ person: Cast, from network: String, on stage: Stage
  ) async throws -> Registrations.Identified {
    try await stage.registrations.identify(
      person.claim(), on: stage.visit(address: network))
  }

  private func limits(_ mode: NetworkLimits = .enforced) -> Limits {
    var limits = Limits()
    limits.smsUnansweredPerNetworkPerDay = 2
    limits.smsFailuresPerNetworkPerDay = 4
    limits.networkLimits = mode
    return limits
  }

  @Test func `codes that nobody enters end for their network, and for no other (attack 18)`()
    async throws
  {
    let stage = try await Stage(limits: limits())
    #expect(try await identify(.anna, from: "bot", on: stage).outcome == .codeSent)
    #expect(try await identify(.peter, from: "bot", on: stage).outcome == .codeSent)
    guard case .limited = try await identify(.old, from: "bot", on: stage).outcome else {
      Issue.record("a third code was sent")
      return
    }
    #expect(try await identify(.old, from: "home", on: stage).outcome == .codeSent)
    #expect(
      stage.alarms.all.contains(.networkLimit(.unanswered, used: 1, limit: 2))
        && stage.alarms.all.contains(.networkLimit(.unanswered, used: 2, limit: 2)))
  }

  @Test func `a double click that sends the network's last code is answered alike both times`()
    async throws
  {
    let stage = try await Stage(limits: limits())
    _ = try await identify(.anna, from: "office", on: stage)
    let click = stage.visit(form: "űrlap", address: "office")
    let first = try await stage.registrations.identify(Cast.peter.claim(), on: click)
    #expect(first.outcome == .codeSent)
    #expect(try await stage.registrations.identify(Cast.peter.claim(), on: click) == first)
    let back = stage.visit(first.token, address: "office")
    #expect(try await stage.registrations.identify(Cast.peter.claim(), on: back) == first)
    #expect(try await stage.post().count == 2)
    // Somebody else would need another code.
    let other = try await stage.registrations.identify(Cast.old.claim(), on: back)
    guard case .limited = other.outcome else {
      Issue.record("\(other.outcome)")
      return
    }
  }

  @Test func `a branch office whose customers enter their codes never reaches the limit`()
    async throws
  {
    let stage = try await Stage(limits: limits())
    for person in [Cast.anna, .peter, .old] {
      let token = try await identify(person, from: "office", on: stage).token
      let entry = try CodeEntry(try await stage.smsCode(), alphabet: .digits)
      let answer = try await stage.registrations.enterCode(entry, in: token, from: "office")
      #expect(answer.outcome == .of(.accepted))
    }
  }

  /// One who locked them one after the other could wait for a neighbour who waits for the first.
  @Test func `all that a network has cost is locked at once, whatever is asked`() async throws {
    let store = ListeningStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    let token = try await identify(.anna, from: "office", on: stage).token
    let entry = try CodeEntry(try await stage.smsCode(), alphabet: .digits)
    _ = store.questions()
    let answer = try await stage.registrations.enterCode(entry, in: token, from: "office")
    #expect(answer.outcome == .of(.accepted))
    let asked = store.questions().filter { $0.values.contains(.text("network_wrong_codes")) }
    #expect(asked.count == 1)
    #expect(asked.allSatisfy { $0.values.contains(.text("network_unanswered_codes")) })
  }

  @Test func `a limit that is only recorded lets everybody pass, and says whom it would not`()
    async throws
  {
    let stage = try await Stage(limits: limits(.recorded))
    for person in [Cast.anna, .peter, .old] {
      #expect(try await identify(person, from: "bot", on: stage).outcome == .codeSent)
    }
    #expect(try await stage.audit().filter { $0.detail == "network" }.count == 1)
    #expect(stage.alarms.all.contains(.networkLimit(.unanswered, used: 2, limit: 2)))
  }

  @Test(arguments: NetworkLimits.allCases)
  func `fifty requests past the limit leave one row and one line in the log`(
    mode: NetworkLimits
  ) async throws {
    let stage = try await Stage(limits: limits(mode))
    for person in [Cast.anna, .peter] { _ = try await identify(person, from: "bot", on: stage) }
    for _ in 1...50 { _ = try await identify(.old, from: "bot", on: stage) }
    #expect(try await stage.audit().filter { $0.detail == "network" }.count == 1)
    let told = stage.alarms.all.count { $0 == .limitReached("sms_limit", detail: "network") }
    #expect(told == 1)
  }

  @Test func `so do fifty codes past it, in a registration and for a fresh proof`() async throws {
    let stage = try await Stage(limits: limits())
    let session = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: session, from: "home")
    let token = try await identify(.peter, from: "home", on: stage).token
    let code = try await stage.smsCode()
    for distance in 1...54 {
      let entry = try CodeEntry(wrong(code, by: distance), alphabet: .digits)
      _ = try await stage.registrations.enterCode(entry, in: token, from: "bot")
    }
    for distance in 1...50 {
      _ = try await stage.enterStepUp(wrong(code, by: distance), in: session, from: "bot")
    }
    #expect(
      try await stage.audit().filter { $0.detail == "network" }.map(\.kind)
        == ["sms_limit", "step_up_limit"])
    #expect(
      stage.alarms.all.filter { if case .limitReached = $0 { true } else { false } } == [
        .limitReached("sms_limit", detail: "network"),
        .limitReached("step_up_limit", detail: "network"),
      ])
  }

  @Test func `wrong codes of one network stop there, before everybody's budget`() async throws {
    let stage = try await Stage(limits: limits())
    let token = try await identify(.anna, from: "home", on: stage).token
    let code = try await stage.smsCode()
    for distance in 1...4 {
      let entry = try CodeEntry(wrong(code, by: distance), alphabet: .digits)
      _ = try await stage.registrations.enterCode(entry, in: token, from: "bot")
    }
    let entry = try CodeEntry(code, alphabet: .digits)
    let refused = try await stage.registrations.enterCode(entry, in: token, from: "bot")
    guard case .limited = refused.outcome else {
      Issue.record("\(refused.outcome)")
      return
    }
    let accepted = try await stage.registrations.enterCode(entry, in: token, from: "home")
    #expect(accepted.outcome == .of(.accepted))
  }

  @Test func `so do those with the cookie of before the proof`() async throws {
    let stage = try await Stage(limits: limits())
    let old = try await identify(.anna, from: "home", on: stage).token
    let code = try await stage.smsCode()
    let right = try CodeEntry(code, alphabet: .digits)
    _ = try await stage.registrations.enterCode(right, in: old, from: "home")
    let token = try await identify(.peter, from: "home", on: stage).token
    let others = try await stage.smsCode()
    for distance in 1...4 {
      let entry = try CodeEntry(wrong(others, by: distance), alphabet: .digits)
      _ = try await stage.registrations.enterCode(entry, in: token, from: "bot")
    }
    let guess = try CodeEntry(wrong(code), alphabet: .digits)
    let refused = try await stage.registrations.enterCode(guess, in: old, from: "bot")
    guard case .limited = refused.outcome else {
      Issue.record("\(refused.outcome)")
      return
    }
    #expect(try await stage.audited("sms_code_wrong") == 4)
    let again = try await stage.registrations.enterCode(right, in: old, from: "home")
    #expect(again.outcome == .of(.accepted))
  }

  // MARK: Notices

  @Test func `thirty password changes send five SMS at most, and end after five`() async throws {
    let stage = try await Stage()
    var (session, account) = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    var password = Stage.password
    var changed = 0
    for number in 10..<40 {
      let new = "Borostyan\(number)Hegy"
      let outcome = try await stage.passwordChanges.change(
        password, to: new, of: account, in: session)
      if case .changed(let successor) = outcome {
        (session, password) = (successor, new)
        account = try #require(try await stage.sessions.resume(session))
        changed += 1
      } else {
        #expect(outcome == .tooMany)
      }
    }
    #expect(changed == 5)
    let sms = try await stage.recipients(of: .passwordChanged).filter { $0.hasPrefix("+") }
    // One notice of the day told of the registration.
    #expect(sms.count == stage.world.limits.smsNoticesPerAccountPerDay - 1)
  }

  @Test func `a notice goes to no number that may not be texted, and to nobody who has died`()
    async throws
  {
    for change in ["sms_number = '+4366412345678'", "status = 'deceased'"] {
      let stage = try await Stage()
      let (session, account) = try await stage.confirmed(.anna, email: "anna@pelda.hu")
      _ = try await stage.ask("uj@pelda.hu", for: .userName, of: account)
      let code = try await stage.code(sentTo: "uj@pelda.hu")
      try await stage.importing { transaction in
        try transaction.perform(
          .init(
            stringLiteral:
              "UPDATE register_customer SET \(change) WHERE customer_number = '1234567'"))
      }
      _ = try await stage.enter(code, for: .userName, of: account, session: session)
      #expect(
        try await stage.recipients(of: .userNameChanged).filter { $0.hasPrefix("+") }.isEmpty)
    }
  }
}
