import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Proving once more who is in the portal (ASVS 7.5.3).
struct StepUpTests {
  // MARK: What is proof enough

  @Test(arguments: [(299.0, true), (300, false)])
  func `a login in the account's first browser is proof for five minutes`(
    age: Double, isProof: Bool
  ) async throws {
    let stage = try await Stage()
    let (token, _) = try await stage.loggedIn(.anna, email: Stage.annasAddress)
    stage.clock.advance(by: age)
    #expect(try await stage.isProven(token) == isProof)
  }

  @Test func `a login in a new browser is none, and the second one there is (attack 34)`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: Stage.annasAddress)
    let first = try await stage.logIn(Stage.annasAddress)
    #expect(try await stage.isProven(try #require(first.token)) == true)
    let elsewhere = try await stage.logIn(Stage.annasAddress)
    #expect(try await stage.isProven(try #require(elsewhere.token)) == false)
    let again = try await stage.logIn(
      Stage.annasAddress, from: .init(browser: try #require(elsewhere.entry).browser))
    #expect(try await stage.isProven(try #require(again.token)) == true)
  }

  @Test(arguments: [(599.0, true), (600, false)])
  func `a code that was entered is proof for ten minutes`(
    age: Double, isProof: Bool
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.stepUp(in: try await stage.loggedInBefore())
    stage.clock.advance(by: age)
    #expect(try await stage.isProven(token) == isProof)
  }

  @Test func `using the portal is no proof`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    #expect(try await stage.sessions.use(token)?.isProven == false)
    _ = try await stage.sessions.extend(token)
    #expect(try await stage.isProven(token) == false)
  }

  @Test func `a session of an older program counts from its beginning`() async throws {
    let stage = try await Stage()
    let (token, _) = try await stage.loggedIn(.anna, email: Stage.annasAddress)
    try await stage.store.write {
      try $0.perform("UPDATE session SET authenticated_at = NULL")
    }
    #expect(try await stage.isProven(token) == true)
    stage.clock.advance(by: 300)
    #expect(try await stage.isProven(token) == false)
  }

  @Test func `looking at a session is one statement, proven or not`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    let (fresh, _) = try await stage.loggedIn(.anna, email: Stage.annasAddress)
    let new = try await stage.inNewBrowser()
    for (token, age) in [(fresh, 0.0), (new, 0), (fresh, 55)] {
      stage.clock.advance(by: age)
      store.break(.atStatement(.max))
      #expect(try await stage.sessions.use(token) != nil)
      #expect(store.readStatements == 1 && store.statements == 0)
    }
  }

  // MARK: The code

  @Test func `the code goes to the number in the register, and says what it is for`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    guard case .sms(let masked) = try await stage.stepUpState(token) else {
      Issue.record("no code is offered")
      return
    }
    #expect(masked == "06 30 ••• ••67")
    #expect(try await stage.askForStepUp(in: token) == .of(.sent(isNewCode: true)))
    let sms = try #require(
      try await stage.post().first { $0.text.contains("a biztonsagi kod") })
    #expect(sms.to == "+36301234567")
    let code = try await stage.smsCode()
    #expect(sms.text.hasSuffix("\n@portal.pelda.example #\(code.suffix(5))"))
    guard case .smsAsked(let standing) = try await stage.stepUpState(token) else {
      Issue.record("no code is awaited")
      return
    }
    #expect(standing.codePrefix == String(code.prefix(1)) && standing.isLive)
  }

  @Test func `the right code proves it once, under a new token (attack 42)`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    guard case .proven(let successor) = try await stage.enterStepUp(code.suffix(5), in: token)
    else {
      Issue.record("the right code is refused")
      return
    }
    #expect(try await stage.isProven(successor) == true)
    #expect(try await stage.isProven(token) == nil)
    #expect(try await stage.enterStepUp(code, in: successor) == .provenBefore)
    // When it is over, the code is too, though it would have lived longer.
    stage.clock.advance(by: 599)
    let later = stage.clock.now.addingTimeInterval(3600)
    try await stage.store.write { try $0.perform("UPDATE session SET code_expires_at = \(later)") }
    stage.clock.advance(by: 1)
    #expect(try await stage.enterStepUp(code, in: successor) == .notAsked)
    #expect(try await stage.askForStepUp(in: successor) == .of(.sent(isNewCode: true)))
  }

  @Test func `what was asked, wrong and right is in the books, and the owner reads it`()
    async throws
  {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    #expect(
      try await stage.enterStepUp(wrong(code), in: token) == .mistake(.wrong(triesLeft: 4)))
    guard case .proven(let successor) = try await stage.enterStepUp(code, in: token) else {
      Issue.record("the right code is refused")
      return
    }
    #expect(
      try await stage.audit().suffix(3).map(\.description) == [
        "step_up_asked sms 1234567", "step_up_wrong 1234567", "step_up_proven sms 1234567",
      ])
    let account = try #require(try await stage.sessions.resume(successor))
    let activities = try await stage.devices.overview(of: account, in: successor).activities
    #expect(activities.prefix(3).map(\.kind) == [.stepUpProven, .stepUpWrong, .stepUpAsked])
  }

  @Test func `a code belongs to the session that asked for it (attack 36)`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    let thief = try await stage.inNewBrowser()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    #expect(try await stage.enterStepUp(code, in: thief) == .notAsked)
    #expect(try await stage.isProven(thief) == false)
  }

  @Test func `asking again keeps the code, as long as it lives long enough (D 2)`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    stage.clock.advance(by: 59)
    #expect(try await stage.askForStepUp(in: token) == .of(.tooSoon(secondsLeft: 1)))
    stage.clock.advance(by: 1)
    #expect(try await stage.askForStepUp(in: token) == .of(.sent(isNewCode: false)))
    #expect(try await stage.smsCode() == code)
    stage.clock.advance(by: 300)
    #expect(try await stage.askForStepUp(in: token) == .of(.sent(isNewCode: true)))
    #expect(try await stage.smsCode() != code)
  }

  @Test func `two clicks at once send one message`() async throws {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    let outcomes = try await atOnce(2) { _ in
      try await stage.askForStepUp(in: token, mark: "first")
    }
    #expect(outcomes == [.of(.sent(isNewCode: true)), .of(.sent(isNewCode: true))])
    #expect(try await stage.audited("step_up_asked") == 1)
  }

  @Test func `the same code clicked many times at once proves it once, with one token (R6)`()
    async throws
  {
    let stage = try await Stage()
    let token = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: token)
    let code = try await stage.smsCode()
    let outcomes = try await atOnce(4) { _ in try await stage.enterStepUp(code, in: token) }
    #expect(Set(outcomes).count == 1)
    guard case .proven(let successor) = outcomes.first else {
      Issue.record("the right code is refused")
      return
    }
    #expect(try await stage.isProven(successor) == true)
    #expect(try await stage.audited("step_up_proven") == 1)
  }

  // MARK: A thief with a copy

  @Test func `a copy of the cookie is worth nothing after the owner's proof (attack 34)`()
    async throws
  {
    let stage = try await Stage()
    let copy = try await stage.loggedInBefore()
    try await stage.askForStepUp(in: copy)
    let code = try await stage.smsCode()
    guard case .proven(let owner) = try await stage.enterStepUp(code, in: copy) else {
      Issue.record("the right code is refused")
      return
    }
    #expect(try await stage.sessions.resume(copy) == nil)
    // Not even with the password: the click that changed one is another click.
    #expect(try await stage.passwordChanges.repeated(Stage.password, in: copy) == nil)
    // A guess counts like any other.
    #expect(try await stage.enterStepUp(wrong(code), in: copy) == .over)
    #expect(try await stage.audited("step_up_wrong") == 1)
    #expect(try await stage.isProven(owner) == true)
  }
}
