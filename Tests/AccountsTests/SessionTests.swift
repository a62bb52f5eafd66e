import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// How long a browser stays known (D 8).
struct SessionTests {
  private func loggedIn() async throws -> (Stage, Token) {
    let stage = try await Stage()
    let (token, _) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    return (stage, token)
  }

  @Test(arguments: [(899.0, true), (900, false), (86_400, false)])
  func `a session ends after fifteen idle minutes`(idle: Double, isGood: Bool) async throws {
    let (stage, token) = try await loggedIn()
    stage.clock.advance(by: idle)
    let account = try await stage.sessions.resume(token)
    #expect((account != nil) == isGood)
  }

  @Test func `who comes back in time stays, for eight hours and not longer`() async throws {
    let (stage, token) = try await loggedIn()
    for _ in 1...32 {
      stage.clock.advance(by: 899)
      #expect(try await stage.sessions.resume(token) != nil)
    }
    // 28,768 seconds are over, and 28,800 is the end.
    stage.clock.advance(by: 31)
    #expect(try await stage.sessions.resume(token) != nil)
    stage.clock.advance(by: 1)
    #expect(try await stage.sessions.resume(token) == nil)
  }

  @Test func `a short idle time is counted exactly enough for who goes on clicking`() async throws {
    var limits = Limits()
    limits.sessionIdleSeconds = 60
    let stage = try await Stage(limits: limits)
    let (token, _) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    for _ in 1...10 {
      stage.clock.advance(by: 50)
      #expect(try await stage.sessions.resume(token) != nil)
    }
  }

  @Test func `an idle session does not come back`() async throws {
    let (stage, token) = try await loggedIn()
    stage.clock.advance(by: 900)
    _ = try await stage.sessions.resume(token)
    stage.clock.advance(by: 1)
    #expect(try await stage.sessions.resume(token) == nil)
  }

  @Test func `a page view within the minute writes nothing`() async throws {
    let (stage, token) = try await loggedIn()
    let before = try await stage.contents()
    stage.clock.advance(by: 59)
    _ = try await stage.sessions.resume(token)
    #expect(try await stage.contents() == before)
    stage.clock.advance(by: 1)
    _ = try await stage.sessions.resume(token)
    #expect(try await stage.contents() != before)
  }

  @Test func `who logs out is out, and nobody else is`() async throws {
    let (stage, token) = try await loggedIn()
    let other = try #require(try await stage.logIn("anna@pelda.hu").token)
    try await stage.sessions.end(token)
    #expect(try await stage.sessions.resume(token) == nil)
    #expect(try await stage.sessions.resume(other) != nil)
  }

  @Test func `logging out twice is in the books once`() async throws {
    let (stage, token) = try await loggedIn()
    for _ in 1...2 { try await stage.sessions.end(token) }
    #expect(try await stage.audited("logged_out") == 1)
  }

  @Test func `nobody is logged out who was not in`() async throws {
    let stage = try await Stage()
    let before = try await stage.contents()
    try await stage.sessions.end(#require(Token(String(repeating: "ab", count: 32))))
    #expect(try await stage.contents() == before)
  }

  @Test func `a clock that was set back logs nobody out`() async throws {
    let (stage, token) = try await loggedIn()
    stage.clock.advance(by: -3_600)
    #expect(try await stage.sessions.resume(token) != nil)
  }

  @Test func `a stranger's token is nobody's`() async throws {
    let (stage, _) = try await loggedIn()
    let stranger = try #require(Token(String(repeating: "ab", count: 32)))
    #expect(try await stage.sessions.resume(stranger) == nil)
  }
}
