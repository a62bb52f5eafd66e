import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Once the phone is proven, the browser has a new token and the old one opens nothing.
struct AfterTheProofTests {
  /// The token before the proof, the one after it, and the code between them.
  private func proven(on stage: Stage) async throws -> (old: Token, new: Token, code: String) {
    let old = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    let new = try #require(try await stage.answer(code.suffix(5), in: old).newToken)
    return (old, new, code)
  }

  @Test func `the old token is dead`() async throws {
    let stage = try await Stage()
    let (old, _, _) = try await proven(on: stage)
    let contact = try stage.contact("anna@pelda.hu")
    #expect(try await stage.registrations.standing(of: old) == nil)
    #expect(try await stage.registrations.give(contact, in: old) == .unknown)
    #expect(try await stage.registrations.choosePassword(Stage.password, in: old) == .unknown)
    #expect(try await stage.registrations.resendCode(in: old) == .unknown)
  }

  @Test func `the same click again is answered as before, with the same new token`() async throws {
    let stage = try await Stage()
    let (old, new, code) = try await proven(on: stage)
    let again = try await stage.answer(code.suffix(5), in: old)
    #expect(again.outcome == .of(.accepted))
    #expect(again.newToken == new)
    #expect(try await stage.audited("sms_code_accepted") == 1)
  }

  @Test func `the same click again is told of an account again`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    let (old, new, code) = try await proven(on: stage)
    let again = try await stage.answer(code.suffix(5), in: old)
    #expect(again.outcome == .of(.alreadyRegistered))
    #expect(again.newToken == new)
  }

  @Test func `the old token with another code gets nothing`() async throws {
    let stage = try await Stage()
    let (old, _, code) = try await proven(on: stage)
    let answer = try await stage.answer(wrong(code), in: old)
    #expect(answer.outcome == .unknown)
    #expect(answer.newToken == nil)
  }

  @Test func `guessing with the old token ends with the code's five tries`() async throws {
    let stage = try await Stage()
    let (old, _, code) = try await proven(on: stage)
    for number in 1...4 { _ = try await stage.answer(wrong(code, by: number), in: old) }
    #expect(try await stage.enter(code.suffix(5), in: old) == .unknown)
  }

  @Test(arguments: [(599.0, Registrations.CodeAnswer.Outcome.of(.accepted)), (600, .unknown)])
  func `the same click is known again for the code's ten minutes`(
    age: Double, outcome: Registrations.CodeAnswer.Outcome
  ) async throws {
    let stage = try await Stage()
    let (old, _, code) = try await proven(on: stage)
    stage.clock.advance(by: age)
    #expect(try await stage.enter(code.suffix(5), in: old) == outcome)
  }

  @Test func `when the address is given the old click is over`() async throws {
    let stage = try await Stage()
    let (old, new, code) = try await proven(on: stage)
    _ = try await stage.registrations.give(stage.contact("anna@pelda.hu"), in: new)
    #expect(try await stage.enter(code.suffix(5), in: old) == .unknown)
  }

  @Test func `the code typed again in the browser that is further on is out of turn`() async throws
  {
    let stage = try await Stage()
    let (_, new, code) = try await proven(on: stage)
    #expect(try await stage.enter(code.suffix(5), in: new) == .of(.outOfTurn))
  }

  @Test func `who steps back and proves the phone again has a third token`() async throws {
    let stage = try await Stage()
    let (old, new, code) = try await proven(on: stage)
    _ = try await stage.identify(.anna, token: new)
    let third = try #require(
      try await stage.answer(try await stage.smsCode().suffix(5), in: new).newToken)
    #expect(Set([old, new, third]).count == 3)
    #expect(try await stage.registrations.standing(of: new) == nil)
    #expect(try await stage.enter(code.suffix(5), in: old) == .unknown)
  }
}
