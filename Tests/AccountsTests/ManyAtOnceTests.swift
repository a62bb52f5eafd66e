import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Guesses at the same moment are guesses one after another (attacks 2, 3, 22; R6).
// Only what hangs takes so long, also while every other test runs on two cores.
@Suite(.timeLimit(.minutes(10)))
struct ManyAtOnceTests {
  @Test(arguments: Stage.Ground.allCases)
  func `of two hundred different wrong codes at once five are looked at`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      let outcomes = try await atOnce(200) { number in
        try await stage.enter(wrong(code, by: number + 1), in: token)
      }
      let lookedAt = outcomes.compactMap { outcome -> Int? in
        guard case .of(.wrong(let triesLeft)) = outcome else { return nil }
        return triesLeft
      }
      #expect(lookedAt.sorted() == [0, 1, 2, 3, 4])
      #expect(outcomes.count { $0 == .of(.codeSpent) } == 195)
      #expect(try await stage.audited("sms_code_wrong") == 5)
      #expect(
        try await stage.number("SELECT failures_in_a_row AS number FROM sms_step") == 5)
    }
  }

  @Test(arguments: Stage.Ground.allCases, [1, 2, 3])
  func `with the right code among two hundred there are five looks and one success at most`(
    ground: Stage.Ground, place: Int
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      let outcomes = try await atOnce(200) { number in
        // The place of the right code in the crowd decides nothing; chance does.
        try await stage.enter(wrong(code, by: number - place), in: token)
      }
      let wrongs = try await stage.audited("sms_code_wrong")
      let rights = try await stage.audited("sms_code_accepted")
      #expect(wrongs + rights <= 5)
      #expect(rights <= 1)
      #expect(outcomes.count { $0 == .of(.accepted) } == rights)
      let triesLeft = try await stage.number(
        "SELECT code_tries_left AS number FROM registration")
      #expect(triesLeft == 0)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `one right code fifty times at once opens the step once`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      let answers = try await atOnce(50) { _ in
        try await stage.answer(code.suffix(5), in: token)
      }
      #expect(try await stage.audited("sms_code_accepted") == 1)
      // The same click again is answered alike while the code has tries; the rest is refused.
      #expect(answers.count { $0.outcome == .of(.accepted) } == 5)
      #expect(answers.count { $0.outcome == .unknown } == 45)
      let tokens = Set(answers.compactMap(\.newToken))
      #expect(tokens.count == 1)
      guard case .email = try await stage.registrations.standing(of: #require(tokens.first))?.step
      else {
        Issue.record("the step is not open")
        return
      }
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `guesses in ten registrations at once end at ten for the customer`(
    ground: Stage.Ground
  ) async throws {
    var limits = Limits()
    limits.smsPerNumberPerDay = 100
    limits.smsPerCustomerPerDay = 100
    try await Stage.play(on: ground, limits: limits) { stage in
      var tokens: [Token] = []
      var codes: Set<String> = []
      for _ in 1...10 {
        tokens.append(try await stage.identified(.anna))
        codes.insert(String(try await stage.smsCode().suffix(5)))
      }
      let guesses = (0..<100_000).lazy.map { wrong("000000", by: $0) }
        .filter { !codes.contains($0) }
      let (browsers, attempts) = (tokens, Array(guesses.prefix(100)))
      let outcomes = try await atOnce(100) { number in
        try await stage.enter(attempts[number], in: browsers[number % 10])
      }
      let wrongs = outcomes.count {
        guard case .of(.wrong) = $0 else { return false }
        return true
      }
      #expect(wrongs == 9)
      #expect(try await stage.number("SELECT failures_in_a_row AS number FROM sms_step") == 10)
      #expect(try await stage.audited("sms_code_wrong") == 9)
      #expect(try await stage.identify(.anna) == .smsStepDisabled)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `two instances on one database look at five guesses together`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let other = try await Stage(on: stage.store, clock: stage.clock, seed: 2)
      let token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      _ = try await atOnce(60) { number in
        try await (number.isMultiple(of: 2) ? stage : other)
          .enter(wrong(code, by: number + 1), in: token)
      }
      #expect(try await stage.audited("sms_code_wrong") == 5)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `of two hundred passwords at once four teach anything`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await stage.registered(.anna, email: "anna@pelda.hu")
      let outcomes = try await atOnce(200) { number in
        try await stage.logIn("anna@pelda.hu", "Rossz\(number)Jelszo")
      }
      #expect(outcomes.count { $0 == .refused } == 4)
      #expect(outcomes.count { $0.asksForCode } == 196)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `one e-mailed code fifty times at once confirms once`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
      let code = try await stage.emailCode()
      let outcomes = try await atOnce(50) { _ in try await stage.confirm(code, of: account) }
      #expect(outcomes.count { $0 == .confirmed } == 1)
      #expect(outcomes.count { $0 == .alreadyConfirmed } == 49)
      #expect(try await stage.audited("email_confirmed") == 1)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `of a hundred wrong e-mailed codes at once ten are looked at`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
      let code = String(try await stage.emailCode().suffix(5))
      let guesses = CodeAlphabet.unambiguous.symbols.flatMap { first in
        CodeAlphabet.unambiguous.symbols.map { second in
          String(decoding: [first, second] + Array("222".utf8), as: UTF8.self)
        }
      }.filter { $0 != code }
      let outcomes = try await atOnce(100) { number in
        try await stage.confirm(guesses[number], of: account)
      }
      #expect(outcomes.count { $0 == .mistake(.spent) } == 90)
      #expect(try await stage.audited("email_code_wrong") == 10)
    }
  }
}
