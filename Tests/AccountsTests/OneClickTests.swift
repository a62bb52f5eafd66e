import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// The same click twice is one thing; a new click after an end is a new one (R2).
struct OneClickTests {
  @Test(arguments: Stage.Ground.allCases)
  func `the same click twice is one registration and one SMS`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      let first = try await stage.registrations.identify(
        Cast.anna.claim(), on: stage.visit(form: "űrlap"))
      let second = try await stage.registrations.identify(
        Cast.anna.claim(), on: stage.visit(form: "űrlap"))
      #expect(first == second)
      #expect(try await stage.count("registration") == 1)
      #expect(try await stage.post().count == 1)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `twenty times the same click at once are one registration and one SMS`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let visit = stage.visit(form: "űrlap")
      let answers = try await atOnce(20) { _ in
        try await stage.registrations.identify(Cast.anna.claim(), on: visit)
      }
      #expect(Set(answers).count == 1)
      #expect(answers.first?.outcome == .codeSent)
      #expect(try await stage.count("registration") == 1)
      #expect(try await stage.post().count == 1)
      #expect(try await stage.audited("sms_sent") == 1)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `twenty tabs of one browser at once are one registration and one SMS`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let token = try await stage.identified(.anna)
      let outcomes = try await atOnce(20) { _ in try await stage.identify(.anna, token: token) }
      #expect(Set(outcomes) == [.codeSent])
      #expect(try await stage.count("registration") == 1)
      #expect(try await stage.post().count == 1)
    }
  }

  @Test func `clicks in two browsers are two registrations`() async throws {
    let stage = try await Stage()
    let one = try await stage.identified(.anna)
    let other = try await stage.identified(.anna)
    #expect(one != other)
    #expect(try await stage.count("registration") == 2)
  }

  @Test func `a token that nobody has begins anew`() async throws {
    let stage = try await Stage()
    let stranger = try #require(Token(String(repeating: "ab", count: 32)))
    let identified = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(stranger))
    #expect(identified.outcome == .codeSent)
    #expect(identified.token != stranger)
  }

  // MARK: After an end

  /// How a registration can be over, with the browser's last token.
  enum End: CaseIterable, Sendable {
    case expired, finished, alreadyRegistered, disabled, takenEmails

    func reach(on stage: Stage, form: String) async throws -> Token {
      let token = try await stage.registrations.identify(
        Cast.anna.claim(), on: stage.visit(form: form)
      ).token
      switch self {
      case .expired:
        stage.clock.advance(by: 3_600)
        return token
      case .disabled:
        let code = try await stage.smsCode()
        for number in 1...5 { _ = try await stage.enter(wrong(code, by: number), in: token) }
        stage.clock.advance(by: 60)
        _ = try await stage.registrations.resendCode(in: token)
        let other = try await stage.smsCode()
        for number in 1...5 { _ = try await stage.enter(wrong(other, by: number), in: token) }
        _ = try await stage.callCentre.enableSMSStep(of: CustomerNumber(Cast.anna.number))
        return token
      case .finished, .alreadyRegistered, .takenEmails:
        if self == .alreadyRegistered {
          _ = try await stage.registered(.anna, email: "anna@pelda.hu")
          let again = try await stage.registrations.identify(
            Cast.anna.claim(), on: stage.visit(form: "\(form) újra"))
          return try await prove(again.token, on: stage)
        }
        let proven = try await prove(token, on: stage)
        if self == .finished {
          _ = try await stage.registrations.give(stage.contact("anna@pelda.hu"), in: proven)
          _ = try await stage.registrations.choosePassword(Stage.password, in: proven)
        } else {
          _ = try await stage.registered(.peter, email: "peter@pelda.hu")
          for _ in 1...5 {
            _ = try await stage.registrations.give(stage.contact("peter@pelda.hu"), in: proven)
          }
        }
        return proven
      }
    }

    private func prove(_ token: Token, on stage: Stage) async throws -> Token {
      let answer = try await stage.answer(try await stage.smsCode().suffix(5), in: token)
      return try #require(answer.newToken)
    }
  }

  @Test(arguments: End.allCases)
  func `a new page after an end begins a new registration`(end: End) async throws {
    let stage = try await Stage()
    let token = try await end.reach(on: stage, form: "első oldal")
    let again = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(token, form: "új oldal"))
    #expect(again.outcome == .codeSent)
    #expect(again.token != token)
  }

  @Test(arguments: End.allCases)
  func `who goes back to the first page after an end and sends it once more begins anew`(
    end: End
  ) async throws {
    let stage = try await Stage()
    let token = try await end.reach(on: stage, form: "első oldal")
    let again = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(token, form: "első oldal"))
    #expect(again.outcome == .codeSent)
    let standing = try await stage.registrations.standing(of: again.token)
    guard case .phone = standing?.step else {
      Issue.record("there is no page for the code")
      return
    }
  }

  @Test func `the old first page sent twice after an end is one registration and one SMS`()
    async throws
  {
    let stage = try await Stage()
    let token = try await End.finished.reach(on: stage, form: "első oldal")
    let before = try await stage.count("registration")
    let visit = stage.visit(token, form: "első oldal")
    let answers = try await atOnce(10) { _ in
      try await stage.registrations.identify(Cast.peter.claim(), on: visit)
    }
    #expect(Set(answers).count == 1)
    #expect(try await stage.count("registration") == before + 1)
    #expect(try await stage.post().count { $0.to == Cast.peter.sms } == 1)
  }

  @Test func `the first click repeated after the proof touches nothing that was proven`()
    async throws
  {
    let stage = try await Stage()
    let first = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(form: "űrlap"))
    let proven = try #require(
      try await stage.answer(try await stage.smsCode().suffix(5), in: first.token).newToken)
    _ = try await stage.registrations.identify(Cast.anna.claim(), on: stage.visit(form: "űrlap"))
    let standing = try await stage.registrations.standing(of: proven)
    guard case .email = standing?.step else {
      Issue.record("the proven registration was moved")
      return
    }
  }
}
