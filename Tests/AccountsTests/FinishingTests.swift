import Accounts
import Cryptography
import Domain
import Foundation
import Outbox
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

/// The last step: a password, and the account exists, whole and durable (J6, J7, R4, R5).
struct FinishingTests {
  static let email = "anna@pelda.hu"

  // MARK: The account

  @Test func `the account is made with everything that belongs to it`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "Anna@Pelda.hu")
    #expect(try await stage.count("account") == 1)
    #expect(try await stage.count("declaration") == 4)
    #expect(try await stage.audit().last?.description == "registered 1234567")
    #expect(try await stage.audit().last?.account == 1)
    let login = try await stage.logIn("anna@pelda.hu")
    #expect(login.isLoggedIn)
  }

  @Test func `the customer is told by SMS and gets the contract and a code by e-mail`() async throws
  {
    let stage = try await Stage()
    _ = try await stage.contacted(.anna, email: Self.email)
    let before = try await stage.post().count
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    let messages = try await stage.post().dropLast(before)
    #expect(
      Set(messages.map { "\($0.channel) \($0.to)" }) == [
        "sms +36202345678", "email peter@pelda.hu",
      ])
    #expect(messages.count { $0.channel == .email } == 2)
    #expect(try await stage.emailCode().count == 6)
  }

  @Test func `the page of success stays for who reloads it, also after the registration's life`()
    async throws
  {
    let stage = try await Stage()
    let token = try await stage.registered(.anna, email: Self.email)
    stage.clock.advance(by: 86_400)
    guard case .finished(let email) = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("there is no page of success")
      return
    }
    #expect(email.address == Self.email)
  }

  @Test(arguments: [
    "DELETE FROM register_customer WHERE customer_number = '1234567'",
    "UPDATE register_customer SET status = 'blocked' WHERE customer_number = '1234567'",
    "UPDATE register_customer SET sms_number = NULL WHERE customer_number = '1234567'",
  ])
  func `who can no longer register by the register gets no account, and reads why`(
    change: String
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.contacted(.anna, email: Self.email)
    try await stage.store.write { try $0.run(script: change) }
    #expect(try await stage.registrations.choosePassword(Stage.password, in: token) == .stopped)
    #expect(try await stage.count("account") == 0)
    guard case .stopped(.registerChanged) = try await stage.registrations.standing(of: token)?.step
    else {
      Issue.record("the page does not say that the registration cannot go on")
      return
    }
  }

  @Test func `the contract that is mailed is the one that was accepted, word for word (D 6)`()
    async throws
  {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    _ = try await stage.registrations.give(
      try stage.contact(Self.email, language: .english), in: token)
    // What was accepted is kept, and sent also when the page has shown another text since then.
    try await stage.store.write {
      try $0.run(
        script: """
          UPDATE declared_text SET version = 'earlier', body = '<h1>The accepted one</h1>'
          WHERE kind = 'contract';
          UPDATE registration_declaration SET version = 'earlier' WHERE kind = 'contract'
          """)
    }
    _ = try await stage.registrations.choosePassword(Stage.password, in: token)
    let letters = try await stage.post().filter { $0.to == Self.email }
    #expect(letters.count == 2)
    #expect(letters.contains { $0.text.contains("The accepted one") })
    #expect(letters.allSatisfy { $0.text.contains("Dear Customer") })
  }

  @Test func `nothing can be skipped`() async throws {
    let stage = try await Stage()
    let token = try await stage.identified(.anna)
    let before = try await stage.contents()
    let contact = try stage.contact(Self.email)
    #expect(try await stage.registrations.give(contact, in: token) == .of(.outOfTurn))
    #expect(try await stage.registrations.choosePassword(Stage.password, in: token) == .outOfTurn)
    #expect(try await stage.contents() == before)
  }

  @Test func `without an address there is no password`() async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    #expect(try await stage.registrations.choosePassword(Stage.password, in: token) == .outOfTurn)
  }

  @Test func `after the end nothing can be sent again`() async throws {
    let stage = try await Stage()
    let token = try await stage.registered(.anna, email: Self.email)
    let before = try await stage.contents()
    let contact = try stage.contact("masik@pelda.hu")
    #expect(try await stage.registrations.give(contact, in: token) == .of(.outOfTurn))
    #expect(try await stage.registrations.choosePassword("Masik9Jelszo1", in: token) == .outOfTurn)
    #expect(try await stage.registrations.resendCode(in: token) == .outOfTurn)
    #expect(try await stage.contents() == before)
  }

  @Test(arguments: [(3_599.0, Registrations.PasswordOutcome.registered), (3_600, .expired)])
  func `a registration that is over makes no account`(
    age: Double, outcome: Registrations.PasswordOutcome
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.contacted(.anna, email: Self.email)
    stage.clock.advance(by: age)
    #expect(try await stage.registrations.choosePassword(Stage.password, in: token) == outcome)
  }

  @Test func `the address is not taken from a registration that is over`() async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    stage.clock.advance(by: 3_600)
    #expect(
      try await stage.registrations.give(stage.contact(Self.email), in: token) == .of(.expired))
  }

  @Test func `who has no registration gets no account`() async throws {
    let stage = try await Stage()
    let stranger = try #require(Token(String(repeating: "ab", count: 32)))
    #expect(try await stage.registrations.choosePassword(Stage.password, in: stranger) == .unknown)
    #expect(
      try await stage.registrations.give(stage.contact(Self.email), in: stranger) == .unknown)
  }

  // MARK: Refused passwords

  @Test(arguments: [
    ("", [PasswordPolicy.Refusal.missing]), ("Ab1", [.tooShort]),
    ("zoldalma73", [.upperCaseMissing]), ("ZOLDALMA73", [.lowerCaseMissing]),
    ("Zoldalma", [.digitMissing]), ("Zöldalma73", [.forbiddenCharacters]),
    ("anna@pelda.hu", [.equalsEmail]), ("Password1", [.contextWord("password"), .common]),
    ("Qwerty123", [.common]), ("XxAnna99", [.containsEmailName]),
    (String(repeating: "Ab1", count: 43), [.tooLong]),
  ])
  func `a password that cannot be is refused with its reasons, and nothing is written`(
    password: String, refusals: [PasswordPolicy.Refusal]
  ) async throws {
    let stage = try await Stage()
    let token = try await stage.contacted(.anna, email: Self.email)
    let before = try await stage.contents()
    #expect(
      try await stage.registrations.choosePassword(password, in: token) == .refused(refusals))
    #expect(try await stage.contents() == before)
  }

  @Test func `a megabyte of password costs no hash`() async throws {
    // A queue in which nothing can run: a hash would never come back.
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    let token = try await stage.contacted(.anna, email: Self.email)
    let flood = String(repeating: "Ab1", count: 350_000)
    try await busy.during {
      let outcome = try await stage.registrations.choosePassword(flood, in: token)
      #expect(outcome == .refused([.tooLong]))
    }
  }

  @Test func `who is turned away by a full queue loses nothing`() async throws {
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    let token = try await stage.contacted(.anna, email: Self.email)
    let before = try await stage.contents()
    try await busy.during {
      let outcome = try await stage.registrations.choosePassword(Stage.password, in: token)
      #expect(outcome == .overloaded)
    }
    #expect(try await stage.contents() == before)
    #expect(try await stage.registrations.choosePassword(Stage.password, in: token) == .registered)
  }

  // MARK: One transaction (R4)

  @Test(arguments: Stage.Ground.allCases)
  func `wherever the last transaction breaks, all or nothing is left`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { sound in
      let store = BreakingStore(sound.store)
      let stage = try await Stage(on: store, clock: sound.clock)
      let token = try await stage.contacted(.anna, email: Self.email)
      _ = try await stage.post()
      let before = try await stage.contents()
      var broken = 0
      while true {
        store.break(.atStatement(broken + 1))
        do {
          let outcome = try await stage.registrations.choosePassword(Stage.password, in: token)
          #expect(outcome == .registered)
          break
        } catch is BreakingStore.Broken {
          broken += 1
          #expect(try await stage.contents() == before, "statement \(broken)")
        }
      }
      store.mend()
      // Registration and its declarations, register, account, registration, ledger, the limits of
      // notices, three messages and the books.
      #expect(broken >= 8)
      #expect(try await stage.count("account") == 1)
      #expect(try await stage.count("declaration") == 4)
      #expect(try await stage.count("message") == 4)
      #expect(try await stage.audited("registered") == 1)
    }
  }

  @Test(arguments: ["identify", "code", "contact"])
  func `wherever an earlier transaction breaks, nothing of it is left`(step: String) async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    let visit = stage.visit(form: "űrlap")
    let token: Token
    let act: @Sendable () async throws -> Void
    switch step {
    case "identify":
      act = { _ = try await stage.registrations.identify(Cast.anna.claim(), on: visit) }
    case "code":
      token = try await stage.identified(.anna)
      let code = try await stage.smsCode()
      act = { [token] in _ = try await stage.enter(code.suffix(5), in: token) }
    default:
      token = try await stage.proven(.anna)
      act = { [token] in
        _ = try await stage.registrations.give(stage.contact(Self.email), in: token)
      }
    }
    let before = try await stage.contents()
    var broken = 0
    while true {
      store.break(.atStatement(broken + 1))
      do {
        try await act()
        break
      } catch is BreakingStore.Broken {
        broken += 1
        #expect(try await stage.contents() == before, "statement \(broken)")
      }
    }
    #expect(broken >= 3)
    #expect(try await stage.contents() != before)
  }

  @Test func `an account whose answer was lost is there, and the same click says so`() async throws
  {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    let token = try await stage.contacted(.anna, email: Self.email)
    store.break(.afterWrite(1))
    await #expect(throws: BreakingStore.Broken.self) {
      try await stage.registrations.choosePassword(Stage.password, in: token)
    }
    store.mend()
    #expect(try await stage.registrations.choosePassword(Stage.password, in: token) == .outOfTurn)
    guard case .finished = try await stage.registrations.standing(of: token)?.step else {
      Issue.record("there is no page of success")
      return
    }
    #expect(try await stage.count("account") == 1)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `a code whose answer was lost is answered by the same click`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    store.break(.afterWrite(1))
    await #expect(throws: BreakingStore.Broken.self) {
      try await stage.enter(code.suffix(5), in: token)
    }
    store.mend()
    let again = try await stage.answer(code.suffix(5), in: token)
    #expect(again.outcome == .of(.accepted))
    #expect(again.newToken != nil)
  }

  // MARK: Reading changes nothing

  @Test func `looking at a page writes nothing and sends nothing`() async throws {
    let stage = try await Stage()
    var tokens = [try await stage.identified(.anna)]
    tokens.append(try await stage.proven(.bela))
    tokens.append(try await stage.contacted(.peter, email: "peter@pelda.hu"))
    _ = try await stage.post()
    let before = try await stage.contents()
    for age in [0.0, 60, 600, 3_600] {
      stage.clock.advance(by: age)
      for token in tokens { _ = try await stage.registrations.standing(of: token) }
    }
    #expect(try await stage.contents() == before)
  }
}
