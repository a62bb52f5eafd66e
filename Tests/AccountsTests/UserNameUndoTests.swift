import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// The old address takes a change back that a thief made (attack 34).
struct UserNameUndoTests {
  private static let old = "anna@pelda.hu"
  private static let thiefs = "tolvaj@pelda.hu"

  /// A thief with Anna's cookie and password has changed her user name.
  private func robbed(limits: Limits = Limits()) async throws -> (Stage, Account, Token) {
    let stage = try await Stage(limits: limits)
    let (token, anna) = try await stage.confirmed(.anna, email: Self.old)
    _ = try await stage.change(to: Self.thiefs, for: .userName, of: anna, session: token)
    return (stage, anna, token)
  }

  @Test func `the old user name is back, and nobody is logged in or can log in`() async throws {
    let (stage, anna, thief) = try await robbed()
    let code = try await stage.code(sentTo: Self.old)
    #expect(try await stage.undo(Self.old, code) == .restored)
    #expect(try await stage.userName(of: anna) == Self.old)
    #expect(try await stage.sessions.resume(thief) == nil)
    // The thief knows the password; it is good for nothing now.
    #expect(try await !stage.logIn(Self.old).isLoggedIn)
    #expect(try await !stage.logIn(Self.thiefs).isLoggedIn)
    #expect(try await stage.audited("user_name_restored") == 1)
  }

  @Test func `both addresses and the phone hear of it, and the back office`() async throws {
    let (stage, _, _) = try await robbed()
    _ = try await stage.undo(Self.old, try await stage.code(sentTo: Self.old))
    #expect(try await stage.recipients(of: .userNameRestored) == [Self.old, Self.thiefs])
    #expect(
      try await stage.recipients(of: .userNameChanged)
        == ["+36301234567", "+36301234567", Self.thiefs])
    let rows = try #require(try await stage.handOverBatches.export()).rows
    #expect(rows.map(\.new) == [Self.thiefs, Self.old])
  }

  @Test(arguments: Stage.Ground.allCases)
  func `a code undoes once`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, anna) = try await stage.confirmed(.anna, email: Self.old)
      _ = try await stage.change(to: Self.thiefs, for: .userName, of: anna)
      let code = try await stage.code(sentTo: Self.old)
      let outcomes = try await atOnce(20) { _ in try await stage.undo(Self.old, code) }
      // The other clicks read what the first one did, and do nothing.
      #expect(Set(outcomes) == [.restored])
      #expect(try await stage.audited("user_name_restored") == 1)
      #expect(try await stage.recipients(of: .userNameRestored).count == 2)
      stage.clock.advance(by: 600)
      #expect(try await stage.undo(Self.old, code) == .refused)
    }
  }

  @Test(arguments: [(259_199.0, AddressChanges.UndoOutcome.restored), (259_200, .refused)])
  func `the code is good for 72 hours`(age: Double, outcome: AddressChanges.UndoOutcome)
    async throws
  {
    let (stage, _, _) = try await robbed()
    let code = try await stage.code(sentTo: Self.old)
    stage.clock.advance(by: age)
    #expect(try await stage.undo(Self.old, code) == outcome)
  }

  @Test func `it needs the old address and the whole code`() async throws {
    let (stage, _, _) = try await robbed()
    let code = try await stage.code(sentTo: Self.old)
    #expect(try await stage.undo(Self.thiefs, code) == .refused)
    #expect(try await stage.undo("senki@pelda.hu", code) == .refused)
    #expect(try await stage.undo(Self.old, wrongLetters(code)) == .refused)
    #expect(try await stage.undo(Self.old, code.suffix(5)) == .refused)
    #expect(try await stage.undo("ANNA@pelda.hu", code.lowercased()) == .restored)
  }

  @Test func `a thief who changes on and on is undone by the first owner, and not back`()
    async throws
  {
    let (stage, anna, token) = try await robbed()
    let first = try await stage.code(sentTo: Self.old)
    let robbed = try await stage.renewed(anna)
    _ = try await stage.change(
      to: "tolvaj2@pelda.hu", for: .userName, of: robbed, session: token)
    let thiefsCode = try await stage.code(sentTo: Self.thiefs)
    #expect(try await stage.undo(Self.old, first) == .restored)
    #expect(try await stage.userName(of: anna) == Self.old)
    #expect(try await stage.undo(Self.thiefs, thiefsCode) == .refused)
    #expect(try await stage.userName(of: anna) == Self.old)
  }

  @Test func `who goes back to the old name gives nobody a code against it`() async throws {
    let (stage, anna, token) = try await robbed()
    let robbed = try await stage.renewed(anna)
    _ = try await stage.post()
    _ = try await stage.change(to: Self.old, for: .userName, of: robbed, session: token)
    #expect(try await stage.userName(of: anna) == Self.old)
    #expect(try await stage.recipients(of: .userNameUndo) == [Self.old])
    #expect(
      try await stage.number(
        "SELECT COUNT(*) AS number FROM address_undo WHERE used_at IS NULL") == 0)
  }

  @Test func `what the thief has begun does not go on`() async throws {
    let (stage, anna, _) = try await robbed()
    let undo = try await stage.code(sentTo: Self.old)
    let robbed = try await stage.renewed(anna)
    _ = try await stage.ask("tolvaj2@pelda.hu", for: .userName, of: robbed)
    let code = try await stage.code(sentTo: "tolvaj2@pelda.hu")
    _ = try await stage.undo(Self.old, undo)
    #expect(try await stage.enter(code, for: .userName, of: anna) == .nothingPending)
  }

  @Test func `while it can be undone, nobody else's user name is the old one`() async throws {
    let (stage, _, _) = try await robbed()
    let (_, peter) = try await stage.confirmed(.peter, email: "peter@pelda.hu")
    #expect(try await stage.ask(Self.old, for: .userName, of: peter) == .taken)
    stage.clock.advance(by: 259_200)
    #expect(try await stage.ask(Self.old, for: .userName, of: peter) == .codeSent)
  }

  @Test func `an address that can still be taken back is nobody's to register or correct to`()
    async throws
  {
    let (stage, _, _) = try await robbed()
    let token = try await stage.proven(.peter)
    #expect(
      try await stage.registrations.give(try stage.contact(Self.old), in: token)
        == .of(.emailTaken(answersLeft: 4)))
    let (_, bela) = try await stage.loggedIn(.bela, email: "bela@pelda.hu")
    #expect(
      try await stage.confirmations.correctEmail(
        to: try EmailAddress(Self.old), password: Stage.password, of: bela.id) == .taken)
  }

  @Test func `an address that becomes reserved during a registration is taken`() async throws {
    let stage = try await Stage()
    let (session, anna) = try await stage.confirmed(.anna, email: Self.old)
    // Peter has given an address that becomes reserved before he chooses a password.
    let token = try await stage.contacted(.peter, email: "uj@pelda.hu")
    _ = try await stage.change(to: "uj@pelda.hu", for: .userName, of: anna, session: session)
    _ = try await stage.change(
      to: "harmadik@pelda.hu", for: .userName, of: try await stage.renewed(anna), session: session)
    #expect(
      try await stage.registrations.choosePassword(Stage.password, in: token) == .emailTaken)
  }

  @Test func `where the old name is taken all the same, the thief keeps no way in`() async throws {
    let (stage, anna, thief) = try await robbed()
    let code = try await stage.code(sentTo: Self.old)
    let (_, peter) = try await stage.confirmed(.peter, email: "peter@pelda.hu")
    try await stage.store.write { transaction in
      try transaction.perform(
        "UPDATE account SET email = \(Self.old), email_shown = \(Self.old) WHERE id = \(peter.id)")
    }
    #expect(try await stage.undo(Self.old, code) == .taken)
    #expect(try await stage.sessions.resume(thief) == nil)
    #expect(try await stage.logIn(Self.thiefs) == .refused)
    let letters = try await stage.post().filter { $0.to == Self.thiefs }.count
    _ = try await stage.recovering(Self.thiefs)
    #expect(try await stage.post().filter { $0.to == Self.thiefs }.count == letters)
    // The way back is the phone.
    stage.clock.advance(by: 60)
    let token = try await stage.contacted(.anna, email: "uj@pelda.hu")
    #expect(
      try await stage.registrations.choosePassword("Napraforgo31", in: token) == .registered)
    #expect(try await stage.logIn("uj@pelda.hu", "Napraforgo31").isLoggedIn)
    #expect(try await stage.userName(of: anna) == "uj@pelda.hu")
  }

  // MARK: Guessing (attack 34)

  @Test func `a thousand wrong codes of strangers close no undo (attack 24)`() async throws {
    let (stage, _, _) = try await robbed()
    let code = try await stage.code(sentTo: Self.old)
    for network in 1...50 {
      for number in 1...20 {
        #expect(
          try await stage.undo(Self.old, wrongLetters(code, by: number), from: "bot \(network)")
            == .refused)
      }
    }
    #expect(try await stage.undo(Self.old, code, from: "home") == .restored)
  }

  @Test func `one network has twenty tries a day`() async throws {
    let (stage, _, _) = try await robbed()
    let code = try await stage.code(sentTo: Self.old)
    for number in 1...20 {
      let outcome = try await stage.undo("a\(number)@pelda.hu", code, from: "192.0.2.1")
      #expect(outcome == .refused)
    }
    guard case .limited(let seconds) = try await stage.undo(Self.old, code, from: "192.0.2.1")
    else {
      Issue.record("the next try was looked at")
      return
    }
    #expect((1...86_400).contains(seconds))
    #expect(try await stage.undo(Self.old, code, from: "192.0.2.2") == .restored)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `guesses at once are counted like guesses in a row`(ground: Stage.Ground) async throws {
    var limits = Limits()
    limits.addressUndoTriesPerDay = 10
    try await Stage.play(on: ground, limits: limits) { stage in
      let (_, anna) = try await stage.confirmed(.anna, email: Self.old)
      _ = try await stage.change(to: Self.thiefs, for: .userName, of: anna)
      let code = try await stage.code(sentTo: Self.old)
      let outcomes = try await atOnce(100) { number in
        try await stage.undo(
          Self.old, wrongLetters(code, by: number % 30 + 1), from: "192.0.2.1")
      }
      #expect(outcomes.count { $0 == .refused } == 10)
      #expect(try await stage.audited("user_name_undo_wrong") == 10)
    }
  }
}
