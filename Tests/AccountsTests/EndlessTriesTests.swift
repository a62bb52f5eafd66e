import Accounts
import Domain
import Foundation
import Persistence
import TestSupport
import Testing

/// Nobody fills the disk, and each limit that is reached leaves a trace (D 13).
struct EndlessTriesTests {
  private static let network = "203.0.113.7"

  @Test(arguments: Stage.Ground.allCases)
  func `forms that cannot be a claim are counted before anything is written`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let limit = stage.world.limits.mistakesPerAddressPerTenMinutes
      let outcomes = try await atOnce(limit + 50) { _ in
        try await stage.registrations.refuse(
          "mobileNumber empty", on: stage.visit(address: Self.network))
      }
      let told = outcomes.count { if case .told = $0 { true } else { false } }
      #expect(told == limit)
      #expect(try await stage.count("registration") == limit)
      #expect(try await stage.count("audit_event") == 0)
      #expect(try await stage.counted("claim_invalid") == limit)
      #expect(try await stage.counted("mistake_limit") == 50)
      // Nobody else is in it.
      guard
        case .told = try await stage.registrations.refuse(
          "mobileNumber empty", on: stage.visit(address: "198.51.100.1"))
      else {
        Issue.record("somebody else was turned away")
        return
      }
    }
  }

  @Test func `whoever goes on past a limit makes one row of it and one line in the log`()
    async throws
  {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 3
    let stage = try await Stage(limits: limits)
    let claim = try stage.claim(.customer(CustomerNumber("7777777")), mobileOf: .peter)
    let token = try await stage.registrations.identify(claim, on: stage.visit()).token
    for _ in 1...60 {
      _ = try await stage.registrations.identify(claim, on: stage.visit(token))
    }
    #expect(try await stage.counted("mismatch_limit") == 58)
    #expect(try await stage.count("anonymous_event") == 1)
    #expect(try await stage.count("audit_event") == 3)
    #expect(stage.alarms.all == [.limitReached("mismatch_limit", detail: "mismatch_number")])
  }

  @Test func `of forty wrong passwords none is without a trace`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    for number in 1...40 { _ = try await stage.logIn("anna@pelda.hu", "Rossz\(number)Jelszo") }
    #expect(try await stage.audited("login_failed") == 40)
    // From the fifth on only together with a code.
    #expect(try await stage.counted("login_limit") == 36)
    #expect(stage.alarms.all == [.limitReached("login_limit", detail: "pause")])
  }

  @Test func `past the day's messages a customer's trail gets one row an hour`() async throws {
    let stage = try await Stage()
    for _ in 1...5 { _ = try await stage.identify(.anna) }
    for _ in 1...20 {
      #expect(try await stage.identify(.anna) == .tooManyMessages(.day))
    }
    #expect(try await stage.audited("sms_limit") == 1)
    #expect(stage.alarms.all == [.limitReached("sms_limit", detail: "")])
    stage.clock.advance(by: 3600)
    _ = try await stage.identify(.anna)
    #expect(try await stage.audited("sms_limit") == 2)
    #expect(stage.alarms.all.count == 2)
  }

  @Test func `recoveries of addresses that nobody has are one row, whoever asks`() async throws {
    let stage = try await Stage()
    for number in 1...12 {
      _ = try await stage.askForCode("senki\(number)@pelda.hu", address: Self.network)
    }
    #expect(try await stage.count("audit_event") == 0)
    #expect(try await stage.counted("recovery_requested") == 10)
    #expect(try await stage.counted("recovery_limit") == 2)
    #expect(try await stage.count("anonymous_event") == 2)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `forty logins with a name that nobody has leave the trail empty, and so do their codes`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let entry = try CodeEntry("22222", alphabet: .unambiguous)
      var asked = 0
      for number in 1...40 {
        let visit = Logins.Visit(address: "bot \(number)")
        let outcome = try await stage.logIn("senki@pelda.hu", "Rossz1Jelszo", from: visit)
        guard case .codeAsked(let token) = outcome else { continue }
        asked += 1
        let answer = try await stage.logins.enterCode(entry, in: token, from: visit)
        #expect(answer == .mistake(.wrong(triesLeft: 4)))
      }
      #expect(asked > 10)
      #expect(try await stage.count("audit_event") == 0)
      #expect(try await stage.counted("login_failed") == 40)
      #expect(try await stage.counted("login_code_wrong") == asked)
    }
  }

  @Test func `nor do wrong codes and new letters for addresses that nobody has write a row`()
    async throws
  {
    let stage = try await Stage()
    for number in 1...20 {
      let token = try await stage.recovering("senki\(number)@pelda.hu")
      _ = try await stage.recover("22222", in: token)
      stage.clock.advance(by: 60)
      _ = try await stage.recoveries.resendCode(in: token)
    }
    #expect(try await stage.count("audit_event") == 0)
    #expect(try await stage.counted("recovery_code_wrong") == 20)
    #expect(try await stage.counted("recovery_requested") == 40)
  }

  @Test func `nor does anybody who comes before the first register`() async throws {
    let stage = try await Stage()
    try await stage.emptyTheRegister()
    for _ in 1...20 { #expect(try await stage.identify(.anna) == .notOpen) }
    #expect(try await stage.count("audit_event") == 0)
    #expect(try await stage.counted("mismatch") == 20)
    #expect(try await stage.lastCounted("mismatch")?.detail == "no_register")
  }

  @Test func `what nobody in particular did is forgotten after thirty days`() async throws {
    let stage = try await Stage()
    _ = try await stage.logIn("senki@pelda.hu")
    let retention = Retention(world: stage.world)
    stage.clock.advance(by: 30 * 86_400)
    try await retention.sweep()
    #expect(try await stage.count("anonymous_event") == 1)
    stage.clock.advance(by: 600)
    try await retention.sweep()
    #expect(try await stage.count("anonymous_event") == 0)
  }

  @Test func `networks and names are there as hashes alone`() async throws {
    let stage = try await Stage()
    _ = try await stage.logins.logIn(
      userName: "senki@pelda.hu", password: "Rossz1Jelszo", from: .init(address: Self.network))
    let rows = try await stage.contents()["anonymous_event"] ?? []
    #expect(rows.count == 1)
    #expect(!rows.joined().contains("senki") && !rows.joined().contains(Self.network))
  }
}
