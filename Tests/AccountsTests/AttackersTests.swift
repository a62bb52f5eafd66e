import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Attackers who know a user name, with one network, with two hundred, with the owner's own
/// browser, and with sixty days of patience (D 13; attacks 21, 22, 24, 26).
@Suite struct AttackersTests {
  private static let email = "anna@pelda.hu"

  private func visit(_ network: String, browser: Token? = nil) -> Logins.Visit {
    Logins.Visit(browser: browser, address: network)
  }

  /// The code that was sent for a login, typed where it was asked for.
  private func enterCode(
    asked token: Token, from network: String, on stage: Stage
  ) async throws -> Logins.EmailedCodeOutcome {
    let code = try await stage.code(sentTo: Self.email)
    return try await stage.logins.enterCode(
      try CodeEntry(code, alphabet: .unambiguous), in: token, from: visit(network))
  }

  /// The owner's way in, from a browser that was never used unless one is named: with a code, if
  /// one is asked for.
  private func ownerEnters(
    from network: String, in browser: Token? = nil, on stage: Stage
  ) async throws -> Bool {
    switch try await stage.logIn(Self.email, from: visit(network, browser: browser)) {
    case .loggedIn: return true
    case .codeAsked(let token):
      if case .loggedIn = try await enterCode(asked: token, from: network, on: stage) {
        return true
      }
      return false
    case .refused, .help, .limited, .overloaded: return false
    }
  }

  /// - Returns: whether the answer told whether the password was right
  private func guess(
    _ network: String, _ number: Int, in browser: Token? = nil, on stage: Stage
  ) async throws -> Bool {
    let visit = visit(network, browser: browser)
    switch try await stage.logIn(Self.email, "Rossz\(number)Jelszo", from: visit) {
    case .refused: return true
    case .codeAsked, .limited, .overloaded: return false
    case .loggedIn, .help: throw Stage.NoCode()
    }
  }

  /// How many passwords a day the table lets an attacker learn about.
  private func inTable(_ stage: Stage) -> Int {
    GuessingTableTests.passwords(stage.world.limits)
  }

  private func withAnna(
    _ limits: Limits = Limits(), _ story: (Stage, Token) async throws -> Void
  ) async throws {
    let stage = try await Stage(limits: limits)
    _ = try await stage.confirmed(.anna, email: Self.email)
    let browser = try #require(
      try await stage.logIn(Self.email, from: visit("home")).entry?.browser)
    try await story(stage, browser)
  }

  @Test func `one wrong login a minute keeps the owner out nowhere (attack 24)`() async throws {
    try await withAnna { stage, browser in
      var told = 0
      for number in 1...28 {
        stage.clock.advance(by: 60)
        if try await guess("stranger", number, on: stage) { told += 1 }
        let known = try await stage.logIn(Self.email, from: visit("home", browser: browser))
        #expect(known.isLoggedIn)
        #expect(try await ownerEnters(from: "elsewhere", on: stage))
      }
      // What the owner did meanwhile has neither added to it nor given the stranger more.
      #expect(told == inTable(stage))
    }
  }

  @Test func `an owner on the attacker's own network is asked for a code, not refused`()
    async throws
  {
    try await withAnna { stage, _ in
      for number in 1...25 {
        stage.clock.advance(by: 60)
        _ = try await guess("shared", number, on: stage)
      }
      #expect(try await ownerEnters(from: "shared", on: stage))
    }
  }

  @Test func `a thief of the owner's browser learns as much again, and the owner enters`()
    async throws
  {
    try await withAnna { stage, browser in
      // A minute each, so that only the day's counts stand in the way.
      for stolen in [browser, nil] {
        var told = 0
        for number in 1...30 {
          stage.clock.advance(by: 61)
          if try await guess("bot \(number)", number, in: stolen, on: stage) { told += 1 }
        }
        #expect(told == inTable(stage))
        // With the browser's own tries spent it is like any other.
        #expect(try await ownerEnters(from: "home", in: browser, on: stage))
        #expect(try await ownerEnters(from: "elsewhere", on: stage))
      }
    }
  }

  @Test func `two hundred networks learn of no more passwords than the day's limit (attack 22)`()
    async throws
  {
    try await withAnna { stage, browser in
      var told = 0
      for round in 1...2 {
        for network in 1...200 {
          if try await guess("bot \(network)", round * 1000 + network, on: stage) { told += 1 }
        }
        stage.clock.advance(by: 601)
      }
      #expect(told == inTable(stage))
      #expect(
        try await stage.logIn(Self.email, from: visit("home", browser: browser)).isLoggedIn)
      #expect(try await ownerEnters(from: "elsewhere", on: stage))
    }
  }

  @Test func `sixty days of patience teach no more on any day, and the owner enters on each`()
    async throws
  {
    try await withAnna { stage, browser in
      let day = 86_400.0
      let pause = 3000.0
      let tries = 25
      #expect(tries > inTable(stage) && Double(tries) * pause < day)
      // The counts' days begin at midnight.
      stage.clock.advance(
        by: day - stage.clock.now.timeIntervalSince1970.truncatingRemainder(dividingBy: day))
      for number in 1...60 {
        var told = 0
        for network in 1...tries {
          stage.clock.advance(by: pause)
          if try await guess("bot \(network)", number * 100 + network, on: stage) { told += 1 }
        }
        #expect(told == inTable(stage), "day \(number)")
        let known = try await stage.logIn(Self.email, from: visit("home", browser: browser))
        #expect(known.isLoggedIn, "day \(number)")
        #expect(try await ownerEnters(from: "elsewhere", on: stage), "day \(number)")
        stage.clock.advance(by: day - Double(tries) * pause)
      }
    }
  }

  @Test func `under attack a right and a wrong password have one answer and one cost`()
    async throws
  {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    _ = try await stage.confirmed(.anna, email: Self.email)
    for number in 1...21 { _ = try await guess("bot \(number)", number, on: stage) }
    for number in 1...21 {
      _ = try await stage.logIn("senki@pelda.hu", "Rossz1Jelszo", from: visit("bot \(number)"))
    }
    var (statements, ofCodes) = (Set<Int>(), Set<Int>())
    var prefixes: [String: Set<String>] = [:]
    let tries = [
      (Self.email, Stage.password), (Self.email, "Rossz1Jelszo"),
      ("senki@pelda.hu", Stage.password), (Self.email, Stage.password),
      (Self.email, "Rossz2Jelszo"),
    ]
    for (number, (name, password)) in tries.enumerated() {
      store.break(.atStatement(.max))
      let outcome = try await stage.logIn(name, password, from: visit("bot \(50 + number)"))
      statements.insert(store.statements)
      guard case .codeAsked(let token) = outcome else {
        Issue.record("\(name) got \(outcome)")
        return
      }
      let standing = try #require(try await stage.logins.codeStanding(of: token))
      #expect(standing.email.address == name && standing.triesLeft == 5)
      prefixes[name, default: []].insert(standing.codePrefix)
      store.break(.atStatement(.max))
      _ = try await stage.logins.enterCode(
        try CodeEntry("22222", alphabet: .unambiguous), in: token, from: visit("bot 50"))
      ofCodes.insert(store.statements)
    }
    #expect(statements.count == 1 && ofCodes.count == 1)
    // A prefix that came back only for the right password would give it away.
    #expect(prefixes.values.allSatisfy { $0.count == 1 })
  }

  @Test func `a wrong password's page takes no code, not even the right one`() async throws {
    try await withAnna { stage, _ in
      for number in 1...21 { _ = try await guess("bot \(number)", number, on: stage) }
      guard
        case .codeAsked(let right) = try await stage.logIn(Self.email, from: visit("elsewhere")),
        case .codeAsked(let wrong) = try await stage.logIn(
          Self.email, "Rossz1Jelszo", from: visit("elsewhere"))
      else {
        Issue.record("no code was asked for")
        return
      }
      guard case .mistake = try await enterCode(asked: wrong, from: "elsewhere", on: stage) else {
        Issue.record("the decoy opened")
        return
      }
      guard case .loggedIn = try await enterCode(asked: right, from: "elsewhere", on: stage) else {
        Issue.record("the code did not open")
        return
      }
    }
  }

  @Test func `a code for a login works once, for all who share it (attack 27)`() async throws {
    try await withAnna { stage, _ in
      for number in 1...21 { _ = try await guess("bot \(number)", number, on: stage) }
      var tokens: [Token] = []
      for _ in 1...2 {
        guard case .codeAsked(let token) = try await stage.logIn(Self.email, from: visit("a"))
        else {
          Issue.record("no code was asked for")
          return
        }
        tokens.append(token)
      }
      let code = try await stage.code(sentTo: Self.email)
      let entry = try CodeEntry(code, alphabet: .unambiguous)
      guard
        case .loggedIn = try await stage.logins.enterCode(entry, in: tokens[0], from: visit("a"))
      else {
        Issue.record("the code did not open")
        return
      }
      for token in tokens {
        let again = try await stage.logins.enterCode(entry, in: token, from: visit("a"))
        if case .loggedIn = again { Issue.record("the code opened twice") }
      }
    }
  }

  @Test func `a code for a login dies with a new password, a lock and the register's word`()
    async throws
  {
    for end in 0..<3 {
      try await withAnna { stage, _ in
        for number in 1...21 { _ = try await guess("bot \(number)", number, on: stage) }
        guard case .codeAsked(let token) = try await stage.logIn(Self.email, from: visit("a"))
        else {
          Issue.record("no code was asked for")
          return
        }
        let code = try await stage.code(sentTo: Self.email)
        switch end {
        case 0:
          let recovery = try await stage.recovering(Self.email)
          _ = try await stage.recover(try await stage.code(sentTo: Self.email), in: recovery)
        case 1:
          _ = try await stage.accountLocks.lock(
            try CustomerNumber(Cast.anna.number), .staff, by: Stage.clerk)
        default: try await stage.mark(.anna, .blocked)
        }
        let outcome = try await stage.logins.enterCode(
          try CodeEntry(code, alphabet: .unambiguous), in: token, from: visit("a"))
        if case .loggedIn = outcome { Issue.record("\(end): it opened") }
      }
    }
  }

  // MARK: Recovery

  @Test func `a stranger who asks for recovery keeps the owner's code alive (attack 24)`()
    async throws
  {
    try await withAnna { stage, _ in
      let own = try await stage.recovering(Self.email)
      let code = try await stage.code(sentTo: Self.email)
      for number in 1...6 {
        stage.clock.advance(by: 61)
        guard case .asked = try await stage.askForCode(Self.email, address: "bot \(number)") else {
          Issue.record("limited")
          return
        }
      }
      #expect(try await stage.recover(code, in: own) == .changed)
    }
  }

  @Test func `letters that a stranger used up leave the owner one with a code that is alive`()
    async throws
  {
    try await withAnna { stage, _ in
      for number in 1...10 {
        stage.clock.advance(by: 61)
        _ = try await stage.askForCode(Self.email, address: "bot \(number)")
      }
      let token = try await stage.recovering(Self.email)
      #expect(
        try await stage.recover(try await stage.code(sentTo: Self.email), in: token) == .changed)
    }
  }

  @Test func `a stranger's wrong codes leave the owner's tries alone (attack 7)`() async throws {
    try await withAnna { stage, _ in
      let own = try await stage.recovering(Self.email)
      let code = try await stage.code(sentTo: Self.email)
      for bot in 1...12 {
        guard case .asked(let token) = try await stage.askForCode(Self.email, address: "bot \(bot)")
        else {
          Issue.record("limited")
          return
        }
        for distance in 1...12 {
          let entry = try CodeEntry(otherCode(than: code, by: distance), alphabet: .unambiguous)
          _ = try await stage.recoveries.choosePassword(
            "Napraforgo31", code: entry, in: token, from: "bot \(bot)")
        }
      }
      #expect(try await stage.recover(code, in: own) == .changed)
    }
  }

  @Test func `many wrong codes for one name, from everywhere, alert an operator`() async throws {
    var limits = Limits()
    limits.codeFailuresPerUserNamePerDay = 10
    try await withAnna(limits) { stage, _ in
      for bot in 1...3 {
        let token = try await stage.recovering(Self.email)
        let code = try await stage.code(sentTo: Self.email)
        for distance in 1...5 {
          let entry = try CodeEntry(otherCode(than: code, by: distance), alphabet: .unambiguous)
          _ = try await stage.recoveries.choosePassword(
            "Napraforgo31", code: entry, in: token, from: "bot \(bot)")
        }
      }
      #expect(stage.alarms.all.contains(.codeGuessing(failures: 10)))
    }
  }

  @Test func `one network tries so many codes an hour, whichever browser it uses`() async throws {
    try await withAnna { stage, _ in
      var limited = 0
      for _ in 1...4 {
        let token = try await stage.recovering(Self.email)
        let code = try await stage.code(sentTo: Self.email)
        for distance in 1...5 {
          let entry = try CodeEntry(otherCode(than: code, by: distance), alphabet: .unambiguous)
          let outcome = try await stage.recoveries.choosePassword(
            "Napraforgo31", code: entry, in: token, from: "bot")
          if case .limited = outcome { limited += 1 }
        }
      }
      #expect(limited == 20 - stage.world.limits.codeTriesPerNetworkPerHour)
    }
  }

  @Test func `a used recovery tells nothing about a password that somebody else chose`()
    async throws
  {
    try await withAnna { stage, _ in
      let token = try await stage.recovering(Self.email)
      let code = try await stage.code(sentTo: Self.email)
      #expect(try await stage.recover(code, "Napraforgo31", in: token) == .changed)
      #expect(try await stage.recover(code, "Napraforgo31", in: token) == .changedBefore)
      #expect(try await stage.recover(code, "Borostyan58Hegy", in: token) == .over)
      let owner = try await stage.recovering(Self.email)
      let own = try await stage.code(sentTo: Self.email)
      #expect(try await stage.recover(own, "Borostyan58Hegy", in: owner) == .changed)
      #expect(try await stage.recover(code, "Borostyan58Hegy", in: token) == .over)
    }
  }

  @Test func `an erasure leaves no address in recoveries that were killed`() async throws {
    try await withAnna { stage, _ in
      let customer = try CustomerNumber(Cast.anna.number)
      let token = try await stage.recovering(Self.email)
      _ = try await stage.recovering(Self.email)
      _ = try await stage.recover(try await stage.code(sentTo: Self.email), in: token)
      _ = try await stage.records.erase(customer, by: "eva")
      #expect(try await stage.count("recovery") == 0)
    }
  }

  // MARK: Identification

  @Test func `wrong claims with a stranger's number keep its owner out nowhere (attack 24)`()
    async throws
  {
    let stage = try await Stage()
    for bot in 1...4 {
      for _ in 1...21 {
        _ = try await stage.registrations.identify(
          try stage.claim(.policy(try PolicyNumber(Cast.anna.policy)), mobileOf: .peter),
          on: stage.visit(address: "bot \(bot)"))
      }
    }
    let outcome = try await stage.registrations.identify(
      Cast.anna.claim(), on: stage.visit(address: "home")
    ).outcome
    #expect(outcome == .codeSent)
  }
}
