internal import Accounts
internal import Domain
internal import Foundation
internal import Persistence
internal import TestSupport
internal import Testing
internal import Wording

/// What the books hold, and what an agent makes of it: each finding has its own state, and a
/// sentence for the caller.
@Suite struct `A finding` {
  private static let email = "anna@pelda.hu"

  /// Where a customer stands, by a name.
  enum State: CaseIterable, Sendable {
    case letterBounced
    case wrongCode
    case phoneProven
    case ownerGone
    case budgetSpent
    case suspended
    case addressTakenOnce
    case addressTakenTooOften
    case recoveryQueued
    case recoverySent
    case recoveryBounced

    /// By the name that programs read.
    var code: String {
      switch self {
      case .letterBounced: "letter_bounced"
      case .wrongCode: "wrong_codes"
      case .phoneProven: "phone_proven"
      case .ownerGone: "owner_gone"
      case .budgetSpent: "sms_other_limit"
      case .suspended: "sms_suspended"
      case .addressTakenOnce: "address_taken"
      case .addressTakenTooOften: "taken_emails"
      case .recoveryQueued: "recovery_under_way"
      case .recoverySent: "recovery_sent"
      case .recoveryBounced: "recovery_bounced"
      }
    }
  }

  @Test(arguments: State.allCases)
  func `is what staff read of a state, with a sentence for the caller in both languages`(
    state: State
  ) async throws {
    var limits = Limits()
    if state == .budgetSpent { limits.smsPerHour = 0 }
    if state == .suspended { limits.smsFailuresPerDay = 0 }
    let stage = try await Stage(limits: limits)
    let number = try await bring(stage, to: state)
    let file = try #require(try await stage.caseFiles.file(numbered: number, by: Stage.clerk))
    let codes = file.findings.map(\.code)
    let finding = try #require(file.findings.first { $0.code == state.code }, "\(codes)")
    for language in [Language.hungarian, .english] {
      let texts = stage.world.brand.texts(in: language)
      for sentence in [finding.reason(in: texts), finding.advice(in: texts)] {
        #expect(sentence.contains(" ") && !sentence.contains("{"), "\(sentence)")
      }
    }
  }

  @Test func `of a taken address counts, and ends when another one is given`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    let token = try await stage.proven(.anna)
    for times in 1...4 {
      _ = try await stage.registrations.give(try stage.contact("peter@pelda.hu"), in: token)
      #expect(try await findings(stage).first == .addressTaken(times: times))
    }
    _ = try await stage.registrations.give(try stage.contact(Self.email), in: token)
    #expect(try await findings(stage).first == .phoneProven)
  }

  @Test func `of a letter for a new password is over with the password, and after a day`()
    async throws
  {
    for isUsed in [true, false] {
      let stage = try await Stage()
      _ = try await bring(stage, to: .recoverySent)
      let before = try await findings(stage).map(\.code)
      #expect(before.contains("recovery_sent"))
      if isUsed {
        stage.clock.advance(by: 60)
        _ = try await stage.logins.logIn(userName: Self.email, password: Stage.password)
      } else {
        stage.clock.advance(by: 86_400)
      }
      let after = try await findings(stage).map(\.code)
      #expect(!after.contains("recovery_sent"), "\(after)")
    }
  }

  @Test func `of a pause stands under each case number and the customer's, to the end of the day`()
    async throws
  {
    var limits = Limits()
    limits.smsFailuresPerDay = 0
    let stage = try await Stage(limits: limits)
    let end = ManualClock.morning.addingTimeInterval(16 * 3_600)
    for _ in 1...2 {
      let met = try await stage.registrations.identify(try Cast.anna.claim(), on: stage.visit())
      #expect(met.outcome == .suspended)
      for number in [met.caseNumber.text, Cast.anna.number] {
        let file = try await stage.caseFiles.file(numbered: number, by: Stage.clerk)
        #expect(try #require(file).findings.first == .smsSuspended(until: end))
      }
      stage.clock.advance(by: 60)
    }
    #expect(try await stage.audited("sms_limit") == 1)
    stage.clock.advance(by: 16 * 3_600)
    #expect(try await findings(stage).first == .noAccount)
  }

  // MARK: States

  private func findings(_ stage: Stage) async throws -> [CaseFinding] {
    let file = try await stage.caseFiles.file(numbered: Cast.anna.number, by: Stage.clerk)
    return try #require(file).findings
  }

  /// - Returns: the number that the caller reads out
  private func bring(_ stage: Stage, to state: State) async throws -> String {
    switch state {
    case .letterBounced:
      _ = try await stage.registered(.anna, email: Self.email)
      try await stage.fail("email_code")
    case .wrongCode:
      let token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      let wrong = code.dropFirst().map { $0 == "9" ? "0" : "9" }.joined()
      _ = try await stage.registrations.enterCode(
        try CodeEntry(wrong, alphabet: .digits), in: token)
    case .phoneProven: _ = try await stage.proven(.anna)
    case .ownerGone:
      _ = try await stage.loggedIn(.anna, email: Self.email)
      try await stage.delete(.anna)
    case .budgetSpent, .suspended:
      return try await stage.registrations.identify(try Cast.anna.claim(), on: stage.visit())
        .caseNumber.text
    case .addressTakenOnce: try await giveTaken(stage, times: 1)
    case .addressTakenTooOften: try await giveTaken(stage, times: 5)
    case .recoveryQueued: try await askForPassword(stage)
    case .recoverySent:
      try await askForPassword(stage)
      _ = try await stage.post()
    case .recoveryBounced:
      try await askForPassword(stage)
      try await stage.fail("recovery_code")
    }
    return Cast.anna.number
  }

  private func giveTaken(_ stage: Stage, times: Int) async throws {
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    let token = try await stage.proven(.anna)
    for _ in 1...times {
      _ = try await stage.registrations.give(try stage.contact("peter@pelda.hu"), in: token)
    }
  }

  private func askForPassword(_ stage: Stage) async throws {
    let (_, account) = try await stage.loggedIn(.anna, email: Self.email)
    let code = try CodeEntry(try await stage.emailCode(), alphabet: .unambiguous)
    _ = try await stage.confirmations.enterCode(code, of: account.id)
    _ = try await stage.post()
    stage.clock.advance(by: 60)
    _ = try await stage.recoveries.request(
      try EmailAddress(Self.email),
      on: Recoveries.Visit(form: Array("x".utf8), language: .hungarian, address: nil))
  }
}

extension Stage {
  /// The relay refuses what it was given of a kind.
  fileprivate func fail(_ kind: String) async throws {
    try await store.write { transaction in
      try transaction.perform(
        "UPDATE message SET state = 'failed', lease_token = NULL WHERE kind = \(kind)")
    }
  }
}
