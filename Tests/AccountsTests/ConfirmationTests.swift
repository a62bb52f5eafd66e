import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// The e-mailed code that opens the whole portal (J9).
struct ConfirmationTests {
  static let email = "anna@pelda.hu"

  private func loggedIn(queue busy: BusyHashing? = nil) async throws -> (Stage, Account) {
    let stage =
      if let busy { try await Stage(queue: busy.queue) } else { try await Stage() }
    let (_, account) = try await stage.loggedIn(.anna, email: Self.email)
    return (stage, account)
  }

  /// Another code than this one; distance 0 is the code itself.
  private func wrong(_ code: String, by distance: Int) -> String {
    let symbols = CodeAlphabet.unambiguous.symbols
    var typed = Array(code.suffix(5).utf8)
    let place = symbols.firstIndex(of: typed[0]) ?? 0
    typed[0] = symbols[(place + distance) % symbols.count]
    return String(decoding: typed, as: UTF8.self)
  }

  @Test(arguments: [true, false])
  func `the last five characters or all six confirm, in either case`(isWhole: Bool) async throws {
    let (stage, account) = try await loggedIn()
    let code = try await stage.emailCode()
    let typed = isWhole ? code : String(code.suffix(5))
    #expect(try await stage.confirm(typed.lowercased(), of: account) == .confirmed)
    #expect(try await stage.confirmations.standing(of: account.id) == nil)
    #expect(try await stage.audited("email_confirmed") == 1)
  }

  @Test func `the code typed again in another tab is told to be done`() async throws {
    let (stage, account) = try await loggedIn()
    let code = try await stage.emailCode()
    _ = try await stage.confirm(code, of: account)
    #expect(try await stage.confirm(code, of: account) == .alreadyConfirmed)
    #expect(try await stage.confirmations.resendCode(of: account.id) == .notAwaited)
  }

  @Test func `wrong codes are counted, and the eleventh try is refused even if right`() async throws
  {
    let (stage, account) = try await loggedIn()
    let code = try await stage.emailCode()
    var outcomes: [Confirmations.Outcome] = []
    for number in 1...10 {
      outcomes.append(try await stage.confirm(wrong(code, by: number), of: account))
    }
    #expect(outcomes == (0...9).reversed().map { .mistake(.wrong(triesLeft: $0)) })
    #expect(try await stage.confirm(code, of: account) == .mistake(.spent))
    #expect(try await stage.audited("email_code_wrong") == 10)
  }

  @Test(arguments: [(86_399.0, Confirmations.Outcome.confirmed), (86_400, .mistake(.expired))])
  func `the code is good for a day`(
    age: Double, outcome: Confirmations.Outcome
  ) async throws {
    let (stage, account) = try await loggedIn()
    let code = try await stage.emailCode()
    stage.clock.advance(by: age)
    #expect(try await stage.confirm(code, of: account) == outcome)
  }

  @Test func `another account's code is wrong here`() async throws {
    let (stage, anna) = try await loggedIn()
    _ = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
    let peters = try await stage.emailCode()
    #expect(try await stage.confirm(peters.suffix(5), of: anna) == .mistake(.wrong(triesLeft: 9)))
  }

  @Test func `the page shows the address and the first character`() async throws {
    let (stage, account) = try await loggedIn()
    let code = try await stage.emailCode()
    let standing = try #require(try await stage.confirmations.standing(of: account.id))
    #expect(standing.email.address == Self.email)
    #expect(standing.codePrefix == String(code.prefix(1)))
    #expect(standing.triesLeft == 10)
    #expect(standing.resendInSeconds == 60)
    #expect(standing.secondsLeft == 86_400)
  }

  // MARK: A new code

  @Test(arguments: [
    (0.0, CodeResendOutcome.tooSoon(secondsLeft: 60)), (59, .tooSoon(secondsLeft: 1)),
    (60, .sent(isNewCode: false)), (86_100, .sent(isNewCode: false)),
    (86_101, .sent(isNewCode: true)),
  ])
  func `time decides what is sent`(
    waited: Double, outcome: CodeResendOutcome
  ) async throws {
    let (stage, account) = try await loggedIn()
    stage.clock.advance(by: waited)
    #expect(try await stage.confirmations.resendCode(of: account.id) == outcome)
  }

  @Test func `the letter that is late stays good`() async throws {
    let (stage, account) = try await loggedIn()
    let code = try await stage.emailCode()
    stage.clock.advance(by: 60)
    _ = try await stage.confirmations.resendCode(of: account.id)
    #expect(try await stage.emailCode() == code)
  }

  @Test func `a new code makes the old one wrong and has all its tries`() async throws {
    let (stage, account) = try await loggedIn()
    let old = try await stage.emailCode()
    for number in 1...10 { _ = try await stage.confirm(wrong(old, by: number), of: account) }
    stage.clock.advance(by: 60)
    #expect(
      try await stage.confirmations.resendCode(of: account.id) == .sent(isNewCode: true))
    let new = try await stage.emailCode()
    #expect(new != old)
    #expect(try await stage.confirm(old.suffix(5), of: account) == .mistake(.wrong(triesLeft: 9)))
    #expect(try await stage.confirm(new.suffix(5), of: account) == .confirmed)
  }

  @Test func `an account gets five codes a day`() async throws {
    let (stage, account) = try await loggedIn()
    var outcomes: [CodeResendOutcome] = []
    for _ in 1...5 {
      stage.clock.advance(by: 60)
      outcomes.append(try await stage.confirmations.resendCode(of: account.id))
    }
    #expect(outcomes.count { $0 == .sent(isNewCode: false) } == 4)
    #expect(outcomes.last == .tooMany)
    stage.clock.advance(by: 86_400)
    #expect(
      try await stage.confirmations.resendCode(of: account.id) == .sent(isNewCode: true))
  }

  // MARK: A mistyped address

  private func correct(
    _ address: String, _ account: Account, on stage: Stage, password: String = Stage.password
  ) async throws -> Confirmations.CorrectionOutcome {
    try await stage.confirmations.correctEmail(
      to: EmailAddress(address), password: password, of: account.id)
  }

  @Test func `the corrected address is the new user name and gets the new code`() async throws {
    let (stage, account) = try await loggedIn()
    _ = try await stage.post()
    #expect(try await correct("anna.jo@pelda.hu", account, on: stage) == .corrected)
    #expect(try await stage.post().first?.to == "anna.jo@pelda.hu")
    #expect(try await stage.logIn("anna.jo@pelda.hu").isLoggedIn)
    #expect(try await stage.logIn(Self.email) == .refused)
    #expect(try await stage.confirm(stage.emailCode().suffix(5), of: account) == .confirmed)
    #expect(try await stage.audited("email_corrected") == 1)
  }

  @Test func `the code that went to the wrong address is dead (attack 36)`() async throws {
    let (stage, account) = try await loggedIn()
    let old = try await stage.emailCode()
    _ = try await correct("anna.jo@pelda.hu", account, on: stage)
    #expect(try await stage.confirm(old.suffix(5), of: account) == .mistake(.wrong(triesLeft: 9)))
  }

  @Test func `a correction needs no pause`() async throws {
    let (stage, account) = try await loggedIn()
    #expect(try await correct("anna.jo@pelda.hu", account, on: stage) == .corrected)
    #expect(try await correct("anna.jobb@pelda.hu", account, on: stage) == .corrected)
  }

  @Test func `somebody else's address is not taken, and nothing changes`() async throws {
    let (stage, account) = try await loggedIn()
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    let sent = try await stage.post().count
    for _ in 1...5 {
      #expect(try await correct("PETER@pelda.hu", account, on: stage) == .taken)
    }
    // The owner hears of it once; and nobody finds out address after address (D 7).
    #expect(try await stage.post().count == sent + 1)
    #expect(try await stage.post().first?.to == "peter@pelda.hu")
    #expect(try await correct("PETER@pelda.hu", account, on: stage) == .tooManyTaken)
    #expect(try await correct("anna.jo@pelda.hu", account, on: stage) == .tooManyTaken)
    #expect(try await stage.confirmations.standing(of: account.id)?.email.address == Self.email)
  }

  @Test func `without the password no address is corrected`() async throws {
    let (stage, account) = try await loggedIn()
    #expect(
      try await correct("anna.jo@pelda.hu", account, on: stage, password: "Rossz1Jelszo")
        == .wrongPassword)
    #expect(try await stage.confirmations.standing(of: account.id)?.email.address == Self.email)
  }

  @Test func `a wrong password here counts like a failed login`() async throws {
    let (stage, account) = try await loggedIn()
    for _ in 1...4 {
      _ = try await correct("anna.jo@pelda.hu", account, on: stage, password: "Rossz1Jelszo")
    }
    #expect(try await correct("anna.jo@pelda.hu", account, on: stage) == .wrongPassword)
    // The login has counts of its own (D 13).
    #expect(try await stage.logIn(Self.email).isLoggedIn)
    stage.clock.advance(by: 1)
    #expect(try await correct("anna.jo@pelda.hu", account, on: stage) == .corrected)
    #expect(try await stage.logIn("anna.jo@pelda.hu").isLoggedIn)
  }

  @Test func `a confirmed address is not corrected here`() async throws {
    let (stage, account) = try await loggedIn()
    _ = try await stage.confirm(stage.emailCode(), of: account)
    #expect(try await correct("anna.jo@pelda.hu", account, on: stage) == .alreadyConfirmed)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `a chain of corrections ends with the day's fifth letter`() async throws {
    let (stage, account) = try await loggedIn()
    var outcomes: [Confirmations.CorrectionOutcome] = []
    for number in 1...5 {
      outcomes.append(try await correct("anna\(number)@pelda.hu", account, on: stage))
    }
    #expect(
      outcomes == [.corrected, .corrected, .corrected, .corrected, .tooMany])
  }

  @Test func `an address gets five letters a day, whoever corrects to it`() async throws {
    let stage = try await Stage()
    let (_, anna) = try await stage.loggedIn(.anna, email: "idegen@pelda.hu")
    for _ in 1...3 {
      stage.clock.advance(by: 60)
      _ = try await stage.confirmations.resendCode(of: anna.id)
    }
    #expect(try await correct("anna@pelda.hu", anna, on: stage) == .corrected)
    let (_, peter) = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
    // The fifth letter to the stranger; and who has noticed the mistake must get away from it.
    #expect(try await correct("idegen@pelda.hu", peter, on: stage) == .corrected)
    #expect(try await correct("peter@pelda.hu", peter, on: stage) == .corrected)
    let (_, bela) = try await stage.loggedIn(.bela, email: "bela@pelda.hu")
    #expect(try await correct("idegen@pelda.hu", bela, on: stage) == .tooMany)
  }

  @Test func `who is turned away by a full queue has lost nothing`() async throws {
    let busy = BusyHashing()
    let (stage, account) = try await loggedIn(queue: busy)
    try await busy.during {
      for _ in 1...10 {
        let outcome = try await correct("anna.jo@pelda.hu", account, on: stage)
        #expect(outcome == .overloaded)
      }
    }
    #expect(try await correct("anna.jo@pelda.hu", account, on: stage) == .corrected)
  }
}
