import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Counts and people are in the database: no restart forgets them (attack 5, P5).
struct RestartTests {
  /// Plays two acts on one file, the second after the program was started anew.
  private func play<Prop>(
    _ first: (Stage) async throws -> Prop, _ second: (Stage, Prop) async throws -> Void
  ) async throws {
    try await ScratchFolder.use { file in
      let before = try await Stage(file: file)
      let prop = try await first(before)
      try before.store.close()
      let after = try await Stage(file: file, clock: before.clock, seed: 2)
      try await second(after, prop)
      try after.store.close()
    }
  }

  @Test func `four wrong codes, a restart, one more, and the right one is refused`() async throws {
    try await play { stage in
      let token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      for number in 1...4 { _ = try await stage.enter(wrong(code, by: number), in: token) }
      return (token, code)
    } _: { stage, prop in
      let (token, code) = prop
      let last = try await stage.enter(wrong(code, by: 5), in: token)
      let right = try await stage.enter(code.suffix(5), in: token)
      #expect(last == .of(.wrong(triesLeft: 0)))
      #expect(right == .of(.codeSpent))
    }
  }

  @Test func `a registration goes on after a restart`() async throws {
    try await play { stage in
      (try await stage.identified(.anna), try await stage.smsCode())
    } _: { stage, prop in
      let (token, code) = prop
      let proven = try #require(try await stage.answer(code.suffix(5), in: token).newToken)
      _ = try await stage.registrations.give(stage.contact("anna@pelda.hu"), in: proven)
      #expect(
        try await stage.registrations.choosePassword(Stage.password, in: proven) == .registered)
    }
  }

  @Test func `a disabled step stays disabled`() async throws {
    try await play { stage in
      for _ in 1...2 {
        let token = try await stage.identified(.anna)
        let code = try await stage.smsCode()
        for number in 1...5 { _ = try await stage.enter(wrong(code, by: number), in: token) }
      }
    } _: { stage, _ in
      let outcome = try await stage.identify(.anna)
      #expect(outcome == .smsStepDisabled)
    }
  }

  @Test func `the messages of the day stay counted`() async throws {
    try await play { stage in
      for _ in 1...5 { _ = try await stage.identify(.anna) }
    } _: { stage, _ in
      let outcome = try await stage.identify(.anna)
      #expect(outcome == .tooManyMessages(.day))
    }
  }

  @Test func `mismatches stay counted`() async throws {
    try await play { stage in
      let guess = try stage.claim(Cast.anna.claim().number, mobileOf: .peter)
      for _ in 1...20 { _ = try await stage.registrations.identify(guess, on: stage.visit()) }
    } _: { stage, _ in
      let outcome = try await stage.identify(.anna)
      #expect(outcome == .limited(retryAfterSeconds: 3_600))
    }
  }

  @Test func `the pause after failed logins stays`() async throws {
    try await play { stage in
      _ = try await stage.registered(.anna, email: "anna@pelda.hu")
      for number in 1...4 { _ = try await stage.logIn("anna@pelda.hu", "Rossz\(number)Jelszo") }
    } _: { stage, _ in
      let early = try await stage.logIn("anna@pelda.hu")
      stage.clock.advance(by: 1)
      let late = try await stage.logIn("anna@pelda.hu")
      #expect(early.asksForCode)
      #expect(late.isLoggedIn)
    }
  }

  @Test func `who is logged in stays logged in, and who logged out stays out`() async throws {
    try await play { stage in
      let (stays, _) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
      let left = try #require(try await stage.logIn("anna@pelda.hu").token)
      try await stage.sessions.end(left)
      return (stays, left)
    } _: { stage, prop in
      let (stays, left) = prop
      let one = try await stage.sessions.resume(stays)
      let other = try await stage.sessions.resume(left)
      #expect(one != nil)
      #expect(other == nil)
    }
  }

  @Test func `a message that was not sent yet is sent after the restart`() async throws {
    try await play { stage in
      _ = try await stage.identify(.anna)
    } _: { stage, _ in
      let messages = try await stage.post()
      #expect(messages.map(\.to) == ["+36301234567"])
    }
  }
}
