import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Logins that their account's owner may not have made, and floods of them (ASVS 6.3.5).
struct SuspiciousLoginTests {
  private static let email = "anna@pelda.hu"
  private static let laptop = Device(browser: .firefox, system: .windows)
  private let day = 86_400.0

  /// Anna has an account, and the address is hers.
  private func confirmed(on stage: Stage) async throws -> Token {
    let (_, account) = try await stage.loggedIn(.anna, email: Self.email)
    _ = try await stage.confirm(stage.emailCode(), of: account)
    return try #require(try await stage.logIn(Self.email).entry?.browser)
  }

  private func letters(_ subject: String, on stage: Stage) async throws -> [String] {
    try await stage.post().filter { $0.subject.contains(subject) }.map(\.text)
  }

  private func newDeviceLetters(on stage: Stage) async throws -> [String] {
    try await letters("új eszközről", on: stage)
  }

  // MARK: New browsers

  @Test func `the first browser ever is told to nobody`() async throws {
    let stage = try await Stage()
    _ = try await stage.loggedIn(.anna, email: Self.email)
    #expect(try await newDeviceLetters(on: stage).isEmpty)
    #expect(try await stage.audited("new_device") == 0)
  }

  @Test func `another browser is told, with what it is and when, once a day`() async throws {
    let stage = try await Stage()
    let first = try await confirmed(on: stage)
    _ = try await stage.logIn(Self.email, from: .init(browser: first))
    let before = try await newDeviceLetters(on: stage).count
    stage.clock.advance(by: day)
    for _ in 1...3 { _ = try await stage.logIn(Self.email, from: .init(device: Self.laptop)) }
    let letters = try await newDeviceLetters(on: stage)
    #expect(letters.count == before + 1)
    let letter = try #require(letters.first)
    #expect(letter.contains("Firefox, Windows"))
    #expect(letter.contains("Biztonság") && letter.contains("06-40-421-421"))
    stage.clock.advance(by: day)
    _ = try await stage.logIn(Self.email, from: .init(device: Self.laptop))
    #expect(try await newDeviceLetters(on: stage).count == before + 2)
  }

  @Test func `a browser that is known is told to nobody, and knows itself again`() async throws {
    let stage = try await Stage()
    let first = try await confirmed(on: stage)
    let before = try await stage.audited("new_device")
    for _ in 1...3 {
      stage.clock.advance(by: day)
      let entry = try #require(
        try await stage.logIn(Self.email, from: .init(browser: first)).entry)
      #expect(entry.browser == first)
    }
    #expect(try await stage.audited("new_device") == before)
  }

  @Test func `a letter goes to no address that nobody has confirmed`() async throws {
    let stage = try await Stage()
    _ = try await stage.loggedIn(.anna, email: Self.email)
    _ = try await stage.logIn(Self.email, from: .init(device: Self.laptop))
    #expect(try await stage.audited("new_device") == 1)
    #expect(try await newDeviceLetters(on: stage).isEmpty)
  }

  @Test func `a planted name is not taken over`() async throws {
    let stage = try await Stage()
    _ = try await confirmed(on: stage)
    let planted = try #require(Token(String(repeating: "ab", count: 32)))
    let entry = try #require(
      try await stage.logIn(Self.email, from: .init(browser: planted)).entry)
    #expect(entry.browser != planted)
  }

  @Test func `a family's one browser is known for each of them alone`() async throws {
    let stage = try await Stage()
    let shared = try await confirmed(on: stage)
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    let his = try #require(
      try await stage.logIn("peter@pelda.hu", from: .init(browser: shared)).entry)
    #expect(his.browser == shared)
    let before = try await stage.audited("new_device")
    _ = try await stage.logIn(Self.email, from: .init(browser: shared))
    _ = try await stage.logIn("peter@pelda.hu", from: .init(browser: shared))
    #expect(try await stage.audited("new_device") == before)
  }

  @Test func `only a hash of a browser's name is kept`() async throws {
    let stage = try await Stage()
    let browser = try await confirmed(on: stage)
    let rows = try await stage.contents()["known_device"] ?? []
    #expect(!rows.isEmpty)
    #expect(!rows.joined().lowercased().contains(browser.reveal()))
  }

  @Test func `browsers are forgotten after a year, but never the newest`() async throws {
    let stage = try await Stage()
    let first = try await confirmed(on: stage)
    let retention = Retention(world: stage.world)
    stage.clock.advance(by: 10 * day)
    let second = try #require(try await stage.logIn(Self.email).entry?.browser)
    stage.clock.advance(by: 355 * day)
    try await retention.sweep()
    let kept = try await stage.count("known_device")
    stage.clock.advance(by: 0.001)
    try await retention.sweep()
    #expect(try await stage.count("known_device") == kept - 2)
    stage.clock.advance(by: 1000 * day)
    try await retention.sweep()
    #expect(try await stage.count("known_device") == 1)
    let before = try await stage.audited("new_device")
    _ = try await stage.logIn(Self.email, from: .init(browser: second))
    #expect(try await stage.audited("new_device") == before)
    _ = try await stage.logIn(Self.email, from: .init(browser: first))
    #expect(try await stage.audited("new_device") == before + 1)
  }

  @Test func `twenty browsers of an account are remembered`() async throws {
    let stage = try await Stage()
    for _ in 1...25 {
      if try await stage.count("account") == 0 { _ = try await confirmed(on: stage) }
      stage.clock.advance(by: 1)
      _ = try await stage.logIn(Self.email)
    }
    #expect(try await stage.count("known_device") == 20)
  }

  // MARK: After failures

  /// So many failures, with the pauses waited out.
  private func fail(_ count: Int, from address: String? = nil, on stage: Stage) async throws {
    for number in 0..<count {
      stage.clock.advance(by: 61)
      _ = try await stage.logIn(Self.email, "Rossz\(number)Jelszo", from: .init(address: address))
    }
    stage.clock.advance(by: 61)
  }

  @Test(arguments: [(4, 0), (5, 1), (9, 1)])
  func `a login after five failures in a row is told`(failures: Int, count: Int) async throws {
    let stage = try await Stage()
    let browser = try await confirmed(on: stage)
    try await fail(failures, on: stage)
    _ = try await stage.logIn(Self.email, from: .init(device: Self.laptop, browser: browser))
    let letters = try await letters("sikertelen", on: stage)
    #expect(letters.count == count)
    if let letter = letters.first {
      #expect(letter.contains("próbálkozások: \(failures)") && letter.contains("Firefox, Windows"))
    }
  }

  @Test func `failures that a login has ended are told no more`() async throws {
    let stage = try await Stage()
    let browser = try await confirmed(on: stage)
    try await fail(3, on: stage)
    _ = try await stage.logIn(Self.email, from: .init(browser: browser))
    try await fail(3, on: stage)
    _ = try await stage.logIn(Self.email, from: .init(browser: browser))
    #expect(try await letters("sikertelen", on: stage).isEmpty)
  }

  // MARK: Nobody is locked out (attack 24)

  @Test
  func `five hundred failures from everywhere keep nobody out of a known browser (attack 24)`()
    async throws
  {
    let stage = try await Stage()
    let browser = try await confirmed(on: stage)
    for number in 0..<500 {
      if number.isMultiple(of: 50) { stage.clock.advance(by: 61) }
      _ = try await stage.logIn(
        Self.email, "Rossz\(number)Jelszo", from: .init(address: "203.0.113.\(number % 250)"))
    }
    #expect(try await stage.logIn(Self.email, from: .init(browser: browser)).isLoggedIn)
  }

  // MARK: Spraying (attack 26)

  @Test(arguments: [(29, false), (30, true)])
  func `thirty failures from one address in ten minutes are enough (attack 26)`(
    failures: Int, isLimited: Bool
  ) async throws {
    let stage = try await Stage()
    _ = try await confirmed(on: stage)
    // At the beginning of a window of ten minutes.
    let rest = stage.clock.now.timeIntervalSince1970.truncatingRemainder(dividingBy: 600)
    stage.clock.advance(by: 600 - rest)
    for number in 0..<failures {
      let outcome = try await stage.logIn(
        "ugyfel\(number)@pelda.hu", "Tavasz2026", from: .init(address: "203.0.113.7"))
      #expect(outcome == .refused)
    }
    let outcome = try await stage.logIn(Self.email, from: .init(address: "203.0.113.7"))
    #expect(outcome.isLoggedIn != isLimited)
    if isLimited { #expect(outcome == .limited(retryAfterSeconds: 600)) }
    #expect(try await stage.logIn(Self.email, from: .init(address: "203.0.113.8")).isLoggedIn)
    stage.clock.advance(by: 600)
    #expect(try await stage.logIn(Self.email, from: .init(address: "203.0.113.7")).isLoggedIn)
  }

  @Test func `logins that succeed use nothing up`() async throws {
    let stage = try await Stage()
    _ = try await confirmed(on: stage)
    for _ in 1...100 {
      let outcome = try await stage.logIn(Self.email, from: .init(address: "203.0.113.7"))
      #expect(outcome.isLoggedIn)
    }
    #expect(
      try await stage.number(
        "SELECT MAX(used) AS number FROM event_count WHERE name = 'login_address'") == 0)
  }

  @Test func `who is turned away by a full queue has used nothing up`() async throws {
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    try await busy.during {
      for _ in 1...3 {
        let outcome = try await stage.logIn(Self.email, from: .init(address: "203.0.113.7"))
        #expect(outcome == .overloaded)
      }
    }
    #expect(
      try await stage.number(
        "SELECT MAX(used) AS number FROM event_count WHERE name = 'login_address'") == 0)
  }

  // Only what hangs takes so long, also while every other test runs on two cores.
  @Test(.timeLimit(.minutes(10)), arguments: Stage.Ground.allCases)
  func `of two hundred at once from one address thirty are compared (attack 26)`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let outcomes = try await atOnce(200) { number in
        try await stage.logIn(
          "ugyfel\(number)@pelda.hu", "Tavasz2026", from: .init(address: "203.0.113.7"))
      }
      #expect(outcomes.count { $0 == .refused } == 30)
      #expect(try await stage.counted("login_failed") == 30)
    }
  }

  @Test func `very many failures of everybody raise one alarm and lock nobody out (attack 26)`()
    async throws
  {
    var limits = Limits()
    limits.loginFailuresPerHour = 20
    let stage = try await Stage(limits: limits)
    let browser = try await confirmed(on: stage)
    let rest = stage.clock.now.timeIntervalSince1970.truncatingRemainder(dividingBy: 3600)
    stage.clock.advance(by: 3600 - rest)
    func spray() async throws {
      for number in 0..<50 {
        _ = try await stage.logIn(
          "ugyfel\(number)@pelda.hu", "Tavasz2026", from: .init(address: "198.51.100.\(number)"))
      }
    }
    try await spray()
    #expect(stage.alarms.all == [.loginFailures(20)])
    #expect(try await stage.logIn(Self.email, from: .init(browser: browser)).isLoggedIn)
    stage.clock.advance(by: 3600)
    try await spray()
    #expect(stage.alarms.all == [.loginFailures(20), .loginFailures(20)])
  }

  // MARK: Sessions (attacks 42, 44, 45)

  @Test func `each login has a token of its own, never one that came with it (attack 42)`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: Self.email)
    let planted = try #require(Token(String(repeating: "ab", count: 32)))
    var tokens: Set<Token> = [planted]
    for _ in 1...5 {
      tokens.insert(
        try #require(try await stage.logIn(Self.email, from: .init(session: planted)).token))
    }
    #expect(tokens.count == 6)
    #expect(try await stage.sessions.resume(planted) == nil)
  }

  @Test func `an ended session is dead on the other instance and after a restart (attack 44)`()
    async throws
  {
    try await ScratchFolder.use { file in
      let one = try await Stage(file: file)
      let (token, account) = try await one.loggedIn(.anna, email: Self.email)
      let kept = try #require(try await one.logIn(Self.email).token)
      let two = try await Stage(on: one.store, clock: one.clock, seed: 2)
      #expect(try await two.sessions.resume(token) == account)
      try await one.sessions.end(token)
      #expect(try await two.sessions.resume(token) == nil)
      try one.store.close()
      let restarted = try await Stage(file: file, clock: one.clock, seed: 3)
      #expect(try await restarted.sessions.resume(token) == nil)
      #expect(try await restarted.sessions.resume(kept) != nil)
      try restarted.store.close()
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `sessions that a restored backup brought back are ended, all of them (attack 44)`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (annas, _) = try await stage.loggedIn(.anna, email: Self.email)
      let (peters, _) = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
      try await stage.sessions.end(annas)
      // As it is in a backup of before the logout.
      try await stage.store.write { try $0.perform("UPDATE session SET ended_at = NULL") }
      #expect(try await stage.sessions.resume(annas) != nil)
      #expect(try await stage.callCentre.endEverySession() == 2)
      for token in [annas, peters] { #expect(try await stage.sessions.resume(token) == nil) }
      #expect(try await stage.callCentre.endEverySession() == 0)
    }
  }

  @Test func `staff logs one customer out everywhere, and nobody else (ASVS 7.4.5)`() async throws {
    let stage = try await Stage()
    let (annas, _) = try await stage.loggedIn(.anna, email: Self.email)
    let other = try #require(try await stage.logIn(Self.email).token)
    let (peters, _) = try await stage.loggedIn(.peter, email: "peter@pelda.hu")
    let number = try CustomerNumber(Cast.anna.number)
    #expect(try await stage.callCentre.endSessions(of: number) == 2)
    for token in [annas, other] { #expect(try await stage.sessions.resume(token) == nil) }
    #expect(try await stage.sessions.resume(peters) != nil)
    #expect(try await stage.audited("sessions_ended_by_staff") == 1)
    #expect(try await stage.callCentre.endSessions(of: CustomerNumber("9999999")) == nil)
  }

  @Test(arguments: [(899.0, true), (900, false), (901, false)])
  func `an idle session is dead to the second (attack 45)`(
    idle: Double, isAlive: Bool
  ) async throws {
    let stage = try await Stage()
    let (token, _) = try await stage.loggedIn(.anna, email: Self.email)
    stage.clock.advance(by: idle)
    #expect((try await stage.sessions.resume(token) != nil) == isAlive)
  }

  @Test(arguments: [(-1.0, true), (0, false), (1, false)])
  func `a busy session is dead after eight hours to the second (attack 45)`(
    offset: Double, isAlive: Bool
  ) async throws {
    let stage = try await Stage()
    let (token, _) = try await stage.loggedIn(.anna, email: Self.email)
    for _ in 1...47 {
      stage.clock.advance(by: 600)
      #expect(try await stage.sessions.resume(token) != nil)
    }
    stage.clock.advance(by: 600 + offset)
    #expect((try await stage.sessions.resume(token) != nil) == isAlive)
  }
}
