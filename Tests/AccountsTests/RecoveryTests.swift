import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// A forgotten password is replaced by a code from an e-mail (J10).
struct RecoveryTests {
  static let email = "anna@pelda.hu"
  static let new = "Napraforgo31"

  private func stage(
    limits: Limits = Limits(), queue busy: BusyHashing? = nil
  ) async throws -> Stage {
    let stage = try await Stage(limits: limits, queue: busy?.queue)
    _ = try await stage.confirmed(.anna, email: Self.email)
    return stage
  }

  // MARK: The way through

  @Test(arguments: [true, false])
  func `the code opens the way to a new password, whole or its last five, in either case`(
    isWhole: Bool
  ) async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    let typed = isWhole ? code : String(code.suffix(5))
    #expect(try await stage.recover(typed.lowercased(), in: token) == .changed)
    #expect(try await stage.logIn(Self.email) == .refused)
    #expect(try await stage.logIn(Self.email, Self.new).isLoggedIn)
  }

  @Test func `it is in the books`() async throws {
    let stage = try await stage()
    let token = try await stage.recovering("ANNA@pelda.hu")
    let code = try await stage.emailCode()
    _ = try await stage.recover(otherCode(than: code), in: token)
    _ = try await stage.recover(code, in: token)
    let anna = Cast.anna.number
    #expect(
      try await stage.audit().suffix(3) == [
        .init(kind: "recovery_requested", customer: anna, account: 1),
        .init(kind: "recovery_code_wrong", customer: anna, account: 1),
        .init(kind: "password_recovered", customer: anna, account: 1),
      ])
  }

  @Test func `both sessions are dead at once, and e-mail and mobile are told (attack 31)`()
    async throws
  {
    let stage = try await stage()
    let sessions = [
      try #require(try await stage.logIn(Self.email).token),
      try #require(try await stage.logIn(Self.email).token),
    ]
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    let before = try await stage.post().count
    _ = try await stage.recover(code, in: token)
    for session in sessions { #expect(try await stage.sessions.resume(session) == nil) }
    let told = try await stage.post().dropLast(before)
    #expect(
      Set(told.map { "\($0.channel) \($0.to)" }) == [
        "email \(Self.email)", "sms +36301234567",
      ])
    #expect(told.count == 2)
  }

  @Test func `nobody is logged in by it, and nothing but the password is unlocked (attack 32)`()
    async throws
  {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let before = try await stage.count("session")
    _ = try await stage.recover(try await stage.emailCode(), in: token)
    #expect(try await stage.count("session") == before)
    #expect(
      try await stage.number(
        "SELECT COUNT(*) AS number FROM sms_step WHERE disabled_at IS NOT NULL") == 0)
  }

  @Test func `an address whose code was never typed gets no code (attack 32)`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: Self.email)
    let before = try await stage.post().count
    let old = try await stage.emailCode()
    let token = try await stage.recovering(Self.email)
    #expect(try await stage.post().count == before)
    #expect(try await stage.recover(old, in: token) == .mistake(.wrong(triesLeft: 4)))
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `the pause after failed logins is over with a new password (attack 21)`() async throws
  {
    let stage = try await stage()
    for _ in 1...4 { _ = try await stage.logIn(Self.email, "Rossz1Jelszo") }
    #expect(try await stage.logIn(Self.email).asksForCode)
    let token = try await stage.recovering(Self.email)
    #expect(try await stage.recover(try await stage.emailCode(), in: token) == .changed)
    #expect(try await stage.logIn(Self.email, Self.new).isLoggedIn)
  }

  // MARK: Whom it tells what (attack 25)

  @Test func `a known and an unknown address have one page`() async throws {
    let stage = try await stage()
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    var standings: [[Int]] = []
    for email in [Self.email, "peter@pelda.hu", "senki@pelda.hu"] {
      let token = try await stage.recovering(email)
      let standing = try #require(try await stage.recoveries.standing(of: token))
      let code = standing.code
      #expect(code.email.address == email)
      #expect(code.codePrefix.count == 1)
      #expect(code.isLive && !standing.isUsed)
      standings.append([code.triesLeft, code.secondsLeft, code.resendInSeconds])
    }
    #expect(Set(standings) == [[5, 1800, 60]])
  }

  @Test func `a known and an unknown address cost the same statements`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    _ = try await stage.confirmed(.anna, email: Self.email)
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    var statements: [[Int]] = []
    for email in [Self.email, "peter@pelda.hu", "senki@pelda.hu"] {
      var counts: [Int] = []
      func count() {
        counts.append(store.statements)
        store.break(.atStatement(.max))
      }
      store.break(.atStatement(.max))
      let token = try await stage.recovering(email)
      count()
      _ = try await stage.recover("22222", in: token)
      count()
      stage.clock.advance(by: 60)
      store.break(.atStatement(.max))
      _ = try await stage.recoveries.resendCode(in: token)
      count()
      statements.append(counts)
    }
    #expect(Set(statements).count == 1)
    #expect(statements.first?.allSatisfy { $0 > 2 } == true)
  }

  @Test func `whatever is done to the account, the page of another browser tells nothing`()
    async throws
  {
    let stage = try await stage()
    let known = try await stage.recovering(Self.email)
    let unknown = try await stage.recovering("senki@pelda.hu")
    let before = try await stage.recoveries.standing(of: known)
    let newer = try await stage.recovering(Self.email)
    #expect(try await stage.recoveries.standing(of: known) == before)
    _ = try await stage.recover(try await stage.emailCode(), in: newer)
    #expect(try await stage.recoveries.standing(of: known) == before)
    #expect(
      try await stage.recover("22222", in: known) == (try await stage.recover("22222", in: unknown))
    )
  }

  @Test func `no letter is left in the books for an address that nobody has`() async throws {
    let stage = try await stage()
    let before = try await stage.count("message")
    _ = try await stage.recovering("senki@pelda.hu")
    #expect(try await stage.count("message") == before)
    #expect(try await stage.lastCounted("recovery_requested")?.detail == "unknown")
  }

  @Test(arguments: [
    "m\u{131}ke@pelda.hu", "mi\u{212A}e@pelda.hu", "mi\u{17F}e@pelda.hu", "mi\u{200D}ke@pelda.hu",
    "m\u{438}ke@pelda.hu", "stra\u{DF}e@pelda.hu", "mike@p\u{435}lda.hu", "mike＠pelda.hu",
    "mike@pelda.hu,evil@pelda.hu", "mike@pelda.hu evil@pelda.hu", "mike@pelda.hu.",
  ])
  func `a twin of an address is none (attacks 23, 29, 30)`(typed: String) async throws {
    #expect(throws: EmailAddress.Invalid.self) { try EmailAddress(typed) }
  }

  @Test func `a domain in other letters is another address (attack 30)`() async throws {
    let stage = try await stage()
    let before = try await stage.post().count
    _ = try await stage.recovering("anna@xn--pelda-abc.hu")
    #expect(try await stage.post().count == before)
  }

  // MARK: How long, how often (attack 27)

  @Test(arguments: [(1799.0, Recoveries.PasswordOutcome.changed), (1800, .over)])
  func `the code is good for half an hour`(
    age: Double, outcome: Recoveries.PasswordOutcome
  ) async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    stage.clock.advance(by: age)
    #expect(try await stage.recover(code, in: token) == outcome)
  }

  @Test(arguments: [(1799.0, Recoveries.PasswordOutcome.changed), (1800, .over)])
  func `a new code makes the half hour no longer`(
    age: Double, outcome: Recoveries.PasswordOutcome
  ) async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    stage.clock.advance(by: 1700)
    #expect(try await stage.recoveries.resendCode(in: token) == .sent(isNewCode: true))
    let code = try await stage.emailCode()
    stage.clock.advance(by: age - 1700)
    #expect(try await stage.recover(code, in: token) == outcome)
  }

  @Test func `the sixth try is refused even if right`() async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    var outcomes: [Recoveries.PasswordOutcome] = []
    for number in 1...5 {
      outcomes.append(try await stage.recover(otherCode(than: code, by: number), in: token))
    }
    #expect(outcomes == (0...4).reversed().map { .mistake(.wrong(triesLeft: $0)) })
    #expect(try await stage.recover(code, in: token) == .mistake(.spent))
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `a code works once, and the same click once more changes nothing`() async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    #expect(try await stage.recover(code, in: token) == .changed)
    let sent = try await stage.post().count
    #expect(try await stage.recover(code, in: token) == .changedBefore)
    #expect(try await stage.recover(code, "Tulipan77kert", in: token) == .over)
    #expect(try await stage.recoveries.resendCode(in: token) == .notAwaited)
    #expect(try await stage.post().count == sent)
    #expect(try await stage.audited("password_recovered") == 1)
    #expect(try await stage.logIn(Self.email, Self.new).isLoggedIn)
  }

  @Test func `asking again keeps the code, which works in one browser alone (D 13)`() async throws {
    let stage = try await stage()
    let older = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    stage.clock.advance(by: 61)
    let newer = try await stage.recovering(Self.email)
    #expect(try await stage.emailCode() == code)
    #expect(try await stage.recover(code, in: older) == .changed)
    #expect(try await stage.recover(code, in: newer) == .mistake(.wrong(triesLeft: 4)))
  }

  @Test func `a code with little life left is left alone, and another one is sent`() async throws {
    let stage = try await stage()
    let older = try await stage.recovering(Self.email)
    let old = try await stage.emailCode()
    stage.clock.advance(by: 1501)
    let newer = try await stage.recovering(Self.email)
    let new = try await stage.emailCode()
    #expect(new != old)
    #expect(try await stage.recover(new, in: older) == .mistake(.wrong(triesLeft: 4)))
    #expect(try await stage.recover(new, in: newer) == .changed)
  }

  @Test func `a code dies with a new password`() async throws {
    let stage = try await stage()
    let session = try #require(try await stage.logIn(Self.email).token)
    let account = try #require(try await stage.sessions.resume(session))
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    _ = try await stage.passwordChanges.change(
      Stage.password, to: "Tulipan77kert", of: account, in: session)
    #expect(try await stage.recover(code, in: token) == .mistake(.wrong(triesLeft: 4)))
    #expect(try await stage.logIn(Self.email, "Tulipan77kert").isLoggedIn)
  }

  @Test func `a code dies with another address`() async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    try await stage.store.write {
      try $0.run(script: "UPDATE account SET email = 'uj@pelda.hu', email_shown = 'uj@pelda.hu'")
    }
    #expect(try await stage.recover(code, in: token) == .mistake(.wrong(triesLeft: 4)))
    #expect(try await stage.logIn("uj@pelda.hu").isLoggedIn)
  }

  @Test func `another account's code is wrong here`() async throws {
    let stage = try await stage()
    _ = try await stage.confirmed(.peter, email: "peter@pelda.hu")
    let annas = try await stage.recovering(Self.email)
    _ = try await stage.post()
    _ = try await stage.recovering("peter@pelda.hu")
    let peters = try await stage.emailCode()
    #expect(try await stage.recover(peters.suffix(5), in: annas) == .mistake(.wrong(triesLeft: 4)))
  }

  @Test func `who has no recovery has nothing to type into`() async throws {
    let stage = try await stage()
    let stranger = try #require(Token(String(repeating: "ab", count: 32)))
    #expect(try await stage.recover("22222", in: stranger) == .over)
    #expect(try await stage.recoveries.resendCode(in: stranger) == .notAwaited)
    #expect(try await stage.recoveries.standing(of: stranger) == nil)
  }

  // MARK: Another letter

  @Test(arguments: [
    (0.0, CodeResendOutcome.tooSoon(secondsLeft: 60)), (59, .tooSoon(secondsLeft: 1)),
    (60, .sent(isNewCode: false)), (1500, .sent(isNewCode: false)), (1501, .sent(isNewCode: true)),
    (1799, .sent(isNewCode: true)), (1800, .notAwaited),
  ])
  func `time decides what is sent`(
    waited: Double, outcome: CodeResendOutcome
  ) async throws {
    let stage = try await stage()
    for email in [Self.email, "senki@pelda.hu"] {
      let token = try await stage.recovering(email)
      stage.clock.advance(by: waited)
      #expect(try await stage.recoveries.resendCode(in: token) == outcome, "\(email)")
    }
  }

  @Test func `the letter that is late stays good, and a page of before sends nothing`()
    async throws
  {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    let mark = try #require(try await stage.recoveries.standing(of: token)?.code.mark.text)
    stage.clock.advance(by: 60)
    _ = try await stage.recoveries.resendCode(in: token, mark: mark)
    let sent = try await stage.post().count
    #expect(
      try await stage.recoveries.resendCode(in: token, mark: mark) == .sent(isNewCode: false))
    #expect(try await stage.post().count == sent)
    #expect(try await stage.emailCode() == code)
    #expect(try await stage.recover(code, in: token) == .changed)
  }

  @Test func `after five wrong codes a new one has all its tries`() async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let old = try await stage.emailCode()
    for number in 1...5 { _ = try await stage.recover(otherCode(than: old, by: number), in: token) }
    stage.clock.advance(by: 60)
    #expect(try await stage.recoveries.resendCode(in: token) == .sent(isNewCode: true))
    let new = try await stage.emailCode()
    #expect(new != old)
    #expect(
      try await stage.recover(otherCode(than: new), in: token) == .mistake(.wrong(triesLeft: 4)))
    #expect(try await stage.recover(new, in: token) == .changed)
  }

  @Test func `an account gets three letters an hour, and nothing tells of the fourth`()
    async throws
  {
    let stage = try await stage()
    let before = try await stage.post().count
    var token = try await stage.recovering(Self.email)
    for letters in 1...2 {
      // What still waits is cancelled by a newer one.
      #expect(try await stage.post().count == before + letters)
      stage.clock.advance(by: 1)
      token = try await stage.recovering(Self.email)
    }
    #expect(try await stage.post().count == before + 3)
    let code = try await stage.emailCode()
    stage.clock.advance(by: 1)
    let fourth = try await stage.recovering(Self.email)
    #expect(try await stage.recoveries.standing(of: fourth)?.code.isLive == true)
    #expect(try await stage.post().count == before + 3)
    // Who is at it already goes on.
    stage.clock.advance(by: 60)
    #expect(try await stage.recoveries.resendCode(in: token) == .sent(isNewCode: false))
    #expect(try await stage.post().count == before + 3)
    // The code is in the mailbox already.
    #expect(try await stage.recover(code, in: fourth) == .changed)
    stage.clock.advance(by: 3600)
    _ = try await stage.recovering(Self.email)
    #expect(try await stage.post().count == before + 3 + 2 + 1)
  }

  @Test func `a code that was not sent for the limit fits nothing`() async throws {
    var limits = Limits()
    limits.recoveryLettersPerHour = 1
    let stage = try await stage(limits: limits)
    let token = try await stage.recovering(Self.email)
    let old = try await stage.emailCode()
    stage.clock.advance(by: 1700)
    #expect(try await stage.recoveries.resendCode(in: token) == .sent(isNewCode: true))
    #expect(try await stage.emailCode() == old)
    #expect(
      try await stage.number(
        "SELECT COUNT(*) AS number FROM recovery WHERE account_id IS NOT NULL") == 0)
  }

  @Test func `a network address asks ten times in ten minutes`() async throws {
    let stage = try await stage()
    for number in 1...10 {
      guard
        case .asked = try await stage.askForCode("a\(number)@pelda.hu", address: "203.0.113.7")
      else {
        Issue.record("limited at \(number)")
        return
      }
    }
    guard
      case .limited(let seconds) = try await stage.askForCode(Self.email, address: "203.0.113.7")
    else {
      Issue.record("the eleventh request was taken")
      return
    }
    #expect((1...600).contains(seconds))
    guard case .asked = try await stage.askForCode(Self.email, address: "203.0.113.8") else {
      Issue.record("another address was limited")
      return
    }
    stage.clock.advance(by: Double(seconds))
    guard case .asked = try await stage.askForCode(Self.email, address: "203.0.113.7") else {
      Issue.record("limited after the time that was told")
      return
    }
  }

  @Test func `the same click twice sends one letter`() async throws {
    let stage = try await stage()
    let before = try await stage.post().count
    let first = try await stage.askForCode(Self.email, form: "one")
    #expect(try await stage.askForCode("ANNA@pelda.hu", form: "one") == first)
    #expect(try await stage.post().count == before + 1)
    // Another address on the same page is another question.
    #expect(try await stage.askForCode("senki@pelda.hu", form: "one") != first)
    stage.clock.advance(by: 1800)
    #expect(try await stage.askForCode(Self.email, form: "one") != first)
    #expect(try await stage.post().count == before + 2)
  }

  // MARK: The new password (attacks 39, 40)

  @Test func `a right code with a password that will not do is not used up`() async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    let before = try await stage.contents().filter { $0.key != "event_count" }
    for _ in 1...10 {
      #expect(
        try await stage.recover(code, "napraforgo31", in: token) == .refused([.upperCaseMissing]))
    }
    #expect(try await stage.recover(code, Stage.password, in: token) == .isPresentPassword)
    #expect(try await stage.contents().filter { $0.key != "event_count" } == before)
    #expect(try await stage.recover(code, in: token) == .changed)
  }

  @Test(arguments: [
    "", "Ab1", "zoldalma73", "Password1", "anna@pelda.hu", String(repeating: "Ab1", count: 43),
  ])
  func `with a wrong code nothing is told of the password`(password: String) async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    #expect(
      try await stage.recover(otherCode(than: code), password, in: token)
        == .mistake(.wrong(triesLeft: 4)))
  }

  @Test(arguments: [
    ("Ab1de", [PasswordPolicy.Refusal.tooShort]), ("zoldalma73", [.upperCaseMissing]),
    ("ZOLDALMA73", [.lowerCaseMissing]), ("Zoldalmak", [.digitMissing]),
    ("Zöldalma73", [.forbiddenCharacters]), ("Zold alma73", [.forbiddenCharacters]),
    ("Zold\talma73", [.forbiddenCharacters]), ("Zoldalma73🍏", [.forbiddenCharacters]),
    ("ANNA@pelda.hu", [.equalsEmail]), ("Qwerty123", [.common]),
    (String(repeating: "Ab1", count: 43), [.tooLong]),
  ])
  func `the rules are those of the registration (attack 39)`(
    password: String, refusals: [PasswordPolicy.Refusal]
  ) async throws {
    let stage = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    #expect(try await stage.recover(code, password, in: token) == .refused(refusals))
  }

  @Test func `a megabyte of password costs no hash (attack 40)`() async throws {
    let busy = BusyHashing()
    let stage = try await stage(queue: busy)
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    let flood = String(repeating: "Ab1", count: 350_000)
    try await busy.during {
      let outcome = try await stage.recover(code, flood, in: token)
      #expect(outcome == .refused([.tooLong]))
    }
  }

  @Test func `who is turned away by a full queue has lost nothing`() async throws {
    let busy = BusyHashing()
    let stage = try await stage(queue: busy)
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    try await busy.during {
      let outcome = try await stage.recover(code, in: token)
      #expect(outcome == .overloaded)
    }
    #expect(try await stage.recover(code, in: token) == .changed)
  }

  // MARK: At once, and after it

  @Test(arguments: Stage.Ground.allCases)
  func `of twenty uses of one code at once one succeeds (attack 27)`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await stage.confirmed(.anna, email: Self.email)
      let token = try await stage.recovering(Self.email)
      let code = try await stage.emailCode()
      let before = try await stage.post().count
      let outcomes = try await atOnce(20) { number in
        try await stage.recover(code, "Napraforgo\(number + 30)", in: token)
      }
      #expect(outcomes.count { $0 == .changed } == 1)
      #expect(outcomes.count { $0 == .over } == 19)
      #expect(try await stage.audited("password_recovered") == 1)
      #expect(try await stage.post().count == before + 2)
      let winner = try #require(outcomes.firstIndex(of: .changed))
      #expect(try await stage.logIn(Self.email, "Napraforgo\(winner + 30)").isLoggedIn)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `of two hundred different codes at once five are looked at (attack 22)`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await stage.confirmed(.anna, email: Self.email)
      let token = try await stage.recovering(Self.email)
      let code = try await stage.emailCode()
      let outcomes = try await atOnce(200) { number in
        try await stage.recover(otherCode(than: code, by: number + 1), in: token)
      }
      #expect(outcomes.count { $0 == .mistake(.spent) } == 195)
      #expect(try await stage.audited("recovery_code_wrong") == 5)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `of ten that ask at once one code is good`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await stage.confirmed(.anna, email: Self.email)
      let before = try await stage.post().count
      _ = try await atOnce(10) { _ in try await stage.recovering(Self.email) }
      #expect(
        try await stage.number(
          "SELECT COUNT(DISTINCT code_nonce) AS number FROM recovery") == 1)
      #expect(try await stage.post().count <= before + 3)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `a recovery and a change of the password at once leave one password`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (session, account) = try await stage.confirmed(.anna, email: Self.email)
      let token = try await stage.recovering(Self.email)
      let code = try await stage.emailCode()
      let isDone = try await atOnce(2) { number in
        if number == 0 {
          return try await stage.recover(code, in: token) == .changed
        }
        let outcome = try await stage.passwordChanges.change(
          Stage.password, to: "Tulipan77kert", of: account, in: session)
        if case .changed = outcome { return true }
        return false
      }
      // Whoever came first took the ground from under the other.
      #expect(isDone.count { $0 } == 1)
      let logins = [
        try await stage.logIn(Self.email, "Napraforgo31").isLoggedIn,
        try await stage.logIn(Self.email, "Tulipan77kert").isLoggedIn,
      ]
      #expect(logins == isDone)
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `a login that loses the race with a new password opens nothing (attack 31)`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await stage.confirmed(.anna, email: Self.email)
      let token = try await stage.recovering(Self.email)
      let code = try await stage.emailCode()
      let sessions = try await atOnce(6) { number -> Token? in
        if number == 3 {
          _ = try await stage.recover(code, in: token)
          return nil
        }
        return try await stage.logIn(Self.email).token
      }
      for session in sessions.compactMap(\.self) {
        #expect(try await stage.sessions.resume(session) == nil)
      }
    }
  }

  @Test func `wherever the last transaction breaks, all or nothing is left`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    _ = try await stage.confirmed(.anna, email: Self.email)
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    // On PostgreSQL the row of a count is there before it counts.
    let before = try await stage.contents().filter { $0.key != "event_count" }
    var broken = 0
    while true {
      store.break(.atStatement(broken + 1))
      do {
        #expect(try await stage.recover(code, in: token) == .changed)
        break
      } catch is BreakingStore.Broken {
        broken += 1
        let left = try await stage.contents().filter { $0.key != "event_count" }
        #expect(left == before, "statement \(broken)")
      }
    }
    store.mend()
    #expect(broken >= 8)
    #expect(try await stage.logIn(Self.email, Self.new).isLoggedIn)
  }

  @Test func `what was asked is forgotten 72 hours after its end`() async throws {
    let stage = try await stage()
    _ = try await stage.recovering("senki@pelda.hu")
    stage.clock.advance(by: 1800 + 72 * 3600)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("recovery") == 1)
    stage.clock.advance(by: 1)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("recovery") == 0)
  }

  @Test func `no code is at rest anywhere once it was sent`() async throws {
    let stage = try await stage()
    _ = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    let contents = try await stage.contents().values.joined().joined(separator: "\n")
    #expect(!contents.contains(code) && !contents.contains(code.suffix(5)))
  }
}
