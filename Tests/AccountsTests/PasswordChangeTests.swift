import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Who is logged in replaces the password (J10).
struct PasswordChangeTests {
  static let email = "anna@pelda.hu"
  static let new = "Napraforgo31"

  private func loggedIn(queue busy: BusyHashing? = nil) async throws -> (Stage, Token, Account) {
    let stage = try await Stage(queue: busy?.queue)
    let (session, account) = try await stage.confirmed(.anna, email: Self.email)
    return (stage, session, account)
  }

  private func change(
    _ present: String = Stage.password, to new: String = new, of account: Account,
    in session: Token, on stage: Stage
  ) async throws -> PasswordChanges.Outcome {
    try await stage.passwordChanges.change(present, to: new, of: account, in: session)
  }

  @Test func `this session goes on under a new token, and all others end`() async throws {
    let (stage, session, account) = try await loggedIn()
    let other = try #require(try await stage.logIn(Self.email).token)
    guard
      case .changed(let successor) = try await change(of: account, in: session, on: stage)
    else {
      Issue.record("the password was not changed")
      return
    }
    #expect(successor != session)
    #expect(try await stage.sessions.resume(successor)?.id == account.id)
    #expect(try await stage.sessions.resume(session) == nil)
    #expect(try await stage.sessions.resume(other) == nil)
    #expect(try await stage.logIn(Self.email) == .refused)
    #expect(try await stage.logIn(Self.email, Self.new).isLoggedIn)
    #expect(try await stage.audited("password_changed") == 1)
  }

  @Test func `e-mail and mobile are told`() async throws {
    let (stage, session, account) = try await loggedIn()
    let before = try await stage.post().count
    _ = try await change(of: account, in: session, on: stage)
    let told = try await stage.post().dropLast(before)
    #expect(
      Set(told.map { "\($0.channel) \($0.to)" }) == ["email \(Self.email)", "sms +36301234567"])
  }

  @Test func `who is no longer in the register is told by e-mail alone`() async throws {
    let (stage, session, account) = try await loggedIn()
    try await stage.emptyTheRegister()
    let before = try await stage.post().count
    _ = try await change(of: account, in: session, on: stage)
    #expect(try await stage.post().dropLast(before).map(\.channel) == [.email])
  }

  @Test func `without the present password nothing changes, and each try counts (attack 34)`()
    async throws
  {
    let (stage, session, account) = try await loggedIn()
    for _ in 1...4 {
      #expect(
        try await change("Rossz1Jelszo", of: account, in: session, on: stage) == .wrongPassword)
    }
    #expect(try await change(of: account, in: session, on: stage) == .wrongPassword)
    stage.clock.advance(by: 60)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
    #expect(try await stage.sessions.resume(session) != nil)
  }

  @Test(arguments: [
    ("", [PasswordPolicy.Refusal.missing]), ("Ab1", [.tooShort]),
    ("zoldalma73", [.upperCaseMissing]), ("Zöldalma73", [.forbiddenCharacters]),
    ("anna@pelda.hu", [.equalsEmail]), ("Qwerty123", [.common]),
    (String(repeating: "Ab1", count: 43), [.tooLong]),
  ])
  func `the rules are those of the registration (attack 39)`(
    password: String, refusals: [PasswordPolicy.Refusal]
  ) async throws {
    let (stage, session, account) = try await loggedIn()
    #expect(
      try await change(to: password, of: account, in: session, on: stage) == .refused(refusals))
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `the present password is no new one`() async throws {
    let (stage, session, account) = try await loggedIn()
    #expect(
      try await change(to: Stage.password, of: account, in: session, on: stage)
        == .isPresentPassword)
  }

  @Test func `the same click once more is answered alike, and changes nothing`() async throws {
    let (stage, session, account) = try await loggedIn()
    let first = try await change(of: account, in: session, on: stage)
    let sent = try await stage.post().count
    #expect(try await change(of: account, in: session, on: stage) == first)
    #expect(try await stage.passwordChanges.repeated(Self.new, in: session) == first)
    #expect(try await stage.passwordChanges.repeated("Tulipan77kert", in: session) == nil)
    #expect(try await stage.post().count == sent)
    #expect(try await stage.audited("password_changed") == 1)
  }

  @Test func `an ended session is not brought back by a stranger's guess`() async throws {
    let (stage, session, account) = try await loggedIn()
    guard case .changed(let successor) = try await change(of: account, in: session, on: stage)
    else { return }
    try await stage.sessions.end(successor)
    #expect(try await stage.passwordChanges.repeated(Self.new, in: session) == nil)
  }

  @Test func `a session that has ended meanwhile changes nothing`() async throws {
    let (stage, session, account) = try await loggedIn()
    try await stage.sessions.end(session)
    #expect(try await change(of: account, in: session, on: stage) == .loggedOut)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
    #expect(try await stage.audited("password_changed") == 0)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `of ten changes at once, from two browsers, one is made`(
    ground: Stage.Ground
  ) async throws {
    var limits = Limits()
    limits.loginFailuresWithoutDelay = 10
    try await Stage.play(on: ground, limits: limits) { stage in
      let (session, account) = try await stage.confirmed(.anna, email: Self.email)
      let other = try #require(try await stage.logIn(Self.email).token)
      let outcomes = try await atOnce(10) { number in
        try await change(
          to: "Napraforgo\(number + 30)", of: account,
          in: number.isMultiple(of: 2) ? session : other, on: stage)
      }
      let places = outcomes.indices.filter { place in
        if case .changed = outcomes[place] { return true }
        return false
      }
      #expect(places.count == 1)
      #expect(try await stage.audited("password_changed") == 1)
      stage.clock.advance(by: 61)
      let winner = try #require(places.first)
      #expect(try await stage.logIn(Self.email, "Napraforgo\(winner + 30)").isLoggedIn)
    }
  }

  @Test func `who is turned away by a full queue has lost nothing`() async throws {
    let busy = BusyHashing()
    let (stage, session, account) = try await loggedIn(queue: busy)
    try await busy.during {
      let outcome = try await change(of: account, in: session, on: stage)
      #expect(outcome == .overloaded)
    }
    guard case .changed = try await change(of: account, in: session, on: stage) else {
      Issue.record("the password was not changed afterwards")
      return
    }
  }
}
