import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// An account whose address was never confirmed stops nobody who has the phone (D 4).
struct RegisteringAgainTests {
  static let old = "elirt@pelda.hu"
  static let new = "anna@pelda.hu"
  static let password = "Napraforgo31"

  /// Somebody has an account with a mistyped address, and a minute has gone by.
  private func mistyped(on stage: Stage) async throws -> (Token, Account) {
    let mistyped = try await stage.loggedIn(.anna, email: Self.old)
    stage.clock.advance(by: 60)
    return mistyped
  }

  private func registeredAgain(
    _ email: String = new, on stage: Stage
  ) async throws -> Registrations.PasswordOutcome {
    let token = try await stage.contacted(.anna, email: email)
    return try await stage.registrations.choosePassword(Self.password, in: token)
  }

  @Test(arguments: [new, old])
  func `it gets a new address and a new password`(email: String) async throws {
    let stage = try await Stage()
    let (session, account) = try await mistyped(on: stage)
    let oldCode = try await stage.emailCode()
    #expect(try await registeredAgain(email, on: stage) == .registered)
    #expect(try await stage.count("account") == 1)
    #expect(try await stage.sessions.resume(session) == nil)
    #expect(try await stage.logIn(email) == .refused)
    let login = try #require(try await stage.logIn(email, Self.password).token)
    let again = try #require(try await stage.sessions.resume(login))
    #expect(again.id == account.id && !again.isConfirmed && again.email.address == email)
    #expect(try await stage.confirm(oldCode.suffix(5), of: again) == .mistake(.wrong(triesLeft: 9)))
    #expect(try await stage.confirm(try await stage.emailCode(), of: again) == .confirmed)
    #expect(try await stage.audited("registered_again") == 1)
    #expect(try await stage.audited("registered") == 1)
  }

  @Test func `the declarations are given again, and the old ones stay in the ledger`() async throws
  {
    let stage = try await Stage()
    _ = try await mistyped(on: stage)
    let before = try await stage.contents()["declaration"] ?? []
    _ = try await registeredAgain(on: stage)
    let after = try await stage.contents()["declaration"] ?? []
    #expect(after.count == 8)
    #expect(Set(before).isSubset(of: Set(after)))
  }

  @Test func `both addresses are told, the phone too, and the contract comes again`() async throws {
    let stage = try await Stage()
    _ = try await mistyped(on: stage)
    let token = try await stage.contacted(.anna, email: Self.new)
    let before = try await stage.post().count
    _ = try await stage.registrations.choosePassword(Self.password, in: token)
    let told = try await stage.post().dropLast(before)
    #expect(told.count { $0.to == Self.old } == 1)
    #expect(told.count { $0.to == Self.new } == 3)
    #expect(told.count { $0.channel == .sms } == 1)
    // The old address may be a stranger's: it reads nothing of the new one.
    #expect(told.filter { $0.to == Self.old }.allSatisfy { !$0.text.contains(Self.new) })
  }

  @Test func `the page of success shows the new address`() async throws {
    let stage = try await Stage()
    _ = try await mistyped(on: stage)
    let token = try await stage.contacted(.anna, email: Self.new)
    _ = try await stage.registrations.choosePassword(Self.password, in: token)
    guard case .finished(let email) = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("there is no page of success")
      return
    }
    #expect(email.address == Self.new)
  }

  @Test func `a confirmed account stops it after the code, as ever`() async throws {
    let stage = try await Stage()
    let (_, account) = try await mistyped(on: stage)
    _ = try await stage.confirm(try await stage.emailCode(), of: account)
    let token = try await stage.identified(.anna)
    #expect(try await stage.enter(try await stage.smsCode(), in: token) == .of(.alreadyRegistered))
  }

  @Test func `confirmed before the address is given, it stops there`() async throws {
    let stage = try await Stage()
    let (_, account) = try await mistyped(on: stage)
    let code = try await stage.emailCode()
    let token = try await stage.proven(.anna)
    _ = try await stage.confirm(code, of: account)
    #expect(
      try await stage.registrations.give(stage.contact(Self.new), in: token) == .of(.outOfTurn))
    guard case .alreadyRegistered = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("the page does not tell of the account")
      return
    }
  }

  @Test func `confirmed before the password is chosen, it stops there`() async throws {
    let stage = try await Stage()
    let (session, account) = try await mistyped(on: stage)
    let code = try await stage.emailCode()
    let token = try await stage.contacted(.anna, email: Self.new)
    _ = try await stage.confirm(code, of: account)
    #expect(
      try await stage.registrations.choosePassword(Self.password, in: token) == .alreadyRegistered)
    #expect(try await stage.sessions.resume(session)?.email.address == Self.old)
    #expect(try await stage.count("declaration") == 4)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `confirmed at the same moment, one of the two has happened`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, account) = try await mistyped(on: stage)
      let code = try await stage.emailCode()
      let token = try await stage.contacted(.anna, email: Self.new)
      let isDone = try await atOnce(2) { number in
        number == 0
          ? try await stage.confirm(code, of: account) == .confirmed
          : try await stage.registrations.choosePassword(Self.password, in: token) == .registered
      }
      #expect(isDone.count { $0 } == 1)
      #expect(try await stage.logIn(Self.old).isLoggedIn == isDone[0])
      #expect(try await stage.logIn(Self.new, Self.password).isLoggedIn == isDone[1])
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `two browsers that register it again at once make one change`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await mistyped(on: stage)
      let tokens = [
        try await stage.contacted(.anna, email: Self.new),
        try await stage.contacted(.anna, email: "anna.masik@pelda.hu"),
      ]
      let outcomes = try await atOnce(2) { number in
        try await stage.registrations.choosePassword(Self.password, in: tokens[number])
      }
      #expect(Set(outcomes) == [.registered, .alreadyRegistered])
      #expect(try await stage.audited("registered_again") == 1)
      #expect(try await stage.count("declaration") == 8)
    }
  }

  @Test func `somebody else's address stays somebody else's`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    _ = try await mistyped(on: stage)
    let token = try await stage.proven(.anna)
    #expect(
      try await stage.registrations.give(stage.contact("peter@pelda.hu"), in: token)
        == .of(.emailTaken(answersLeft: 4)))
  }

  @Test func `an address that is taken while the password is typed is asked for again`()
    async throws
  {
    let stage = try await Stage()
    _ = try await mistyped(on: stage)
    let token = try await stage.contacted(.anna, email: "kozos@pelda.hu")
    _ = try await stage.registered(.peter, email: "kozos@pelda.hu")
    #expect(
      try await stage.registrations.choosePassword(Self.password, in: token) == .emailTaken)
    #expect(try await stage.logIn(Self.old).isLoggedIn)
  }

  @Test func `wherever the last transaction breaks, all or nothing is left`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    _ = try await mistyped(on: stage)
    let token = try await stage.contacted(.anna, email: Self.new)
    _ = try await stage.post()
    let before = try await stage.contents()
    var broken = 0
    while true {
      store.break(.atStatement(broken + 1))
      do {
        let outcome = try await stage.registrations.choosePassword(Self.password, in: token)
        #expect(outcome == .registered)
        break
      } catch is BreakingStore.Broken {
        broken += 1
        #expect(try await stage.contents() == before, "statement \(broken)")
      }
    }
    #expect(broken >= 12)
  }
}
