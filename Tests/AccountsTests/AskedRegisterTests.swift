import Accounts
import Domain
import Outbox
import Persistence
import Synchronization
import TestSupport
import Testing

/// The insurer's own service instead of imports: what follows for registrations and accounts
/// (D 12).
struct AskedRegisterTests {
  /// A stage with nothing imported, where Anna is known to the service.
  private func stage() async throws -> (Stage, InsurersRegister) {
    let service = InsurersRegister()
    try service.knows(.anna)
    let stage = try await Stage(registerCopy: service.copy)
    try await stage.emptyTheRegister()
    return (stage, service)
  }

  private static let email = "anna@pelda.hu"

  @Test(arguments: [true, false])
  func `who is known to the service is sent a code, and copied`(byPolicy: Bool) async throws {
    let (stage, _) = try await stage()
    #expect(try await stage.identify(.anna, byPolicy: byPolicy) == .codeSent)
    #expect(try await stage.post().map(\.to) == ["+36301234567"])
    #expect(try await stage.count("register_customer") == 1)
    #expect(try await stage.count("register_policy") == 1)
  }

  @Test func `of whom only one number is right nothing is kept`() async throws {
    let (stage, _) = try await stage()
    let guess = try stage.claim(.customer(CustomerNumber(Cast.anna.number)), mobileOf: .peter)
    #expect(try await stage.registrations.identify(guess, on: stage.visit()).outcome == .noMatch)
    #expect(try await stage.count("register_customer") == 0)
    #expect(try await stage.audited("mismatch") == 1)
  }

  @Test func `every reason is in the books`() async throws {
    let (stage, service) = try await stage()
    try service.knows(.blocked, status: .blocked)
    let anna = try CustomerNumber(Cast.anna.number)
    service.answers.withLock {
      $0["0098765"] = .unknown(oldNumberOf: [anna])
      $0["0098766"] = .several
    }
    for number in ["9999999", "0098765", "0098766", Cast.blocked.number] {
      let claim = try stage.claim(.customer(CustomerNumber(number)), mobileOf: .anna)
      #expect(
        try await stage.registrations.identify(claim, on: stage.visit()).outcome == .noMatch)
    }
    #expect(
      try await stage.audit().map(\.detail) == [
        "unknown_number", "old_customer_number", "several_customers", "customer_blocked",
      ])
  }

  @Test func `while it is away nothing is counted, and the case can be found`() async throws {
    let (stage, service) = try await stage()
    service.isAway.withLock { $0 = true }
    for _ in 1...40 {
      let identified = try await stage.registrations.identify(
        Cast.anna.claim(), on: stage.visit(address: "192.0.2.1"))
      #expect(identified.outcome == .registerUnavailable(retryAfterSeconds: 90))
    }
    #expect(try await stage.count("event_count") == 0)
    #expect(try await stage.post().isEmpty)
    service.isAway.withLock { $0 = false }
    #expect(try await stage.identify(.anna) == .codeSent)
  }

  @Test func `who has tried too often asks nobody any more`() async throws {
    let (stage, service) = try await stage()
    let guess = try stage.claim(.customer(CustomerNumber(Cast.anna.number)), mobileOf: .peter)
    for _ in 1...20 { _ = try await stage.registrations.identify(guess, on: stage.visit()) }
    let asked = service.asked.withLock { $0.count }
    let outcome = try await stage.registrations.identify(guess, on: stage.visit()).outcome
    #expect(outcome == .limited(retryAfterSeconds: 3_600))
    #expect(service.asked.withLock { $0.count } == asked)
  }

  // MARK: Accounts

  private func anna() async throws -> (Stage, InsurersRegister, Token) {
    let (stage, service) = try await stage()
    let (session, _) = try await stage.confirmed(.anna, email: Self.email)
    return (stage, service, session)
  }

  @Test func `a block acts with the first request after a minute`() async throws {
    let (stage, service, session) = try await anna()
    #expect(try await stage.sessions.resume(session) != nil)
    try service.knows(.anna, status: .blocked)
    stage.clock.advance(by: 59)
    #expect(try await stage.sessions.resume(session) != nil)
    stage.clock.advance(by: 2)
    #expect(try await stage.sessions.resume(session) == nil)
    guard case .help = try await stage.logIn(Self.email) else {
      Issue.record("no help")
      return
    }
  }

  @Test(arguments: [(3_500.0, true), (3_700, false)])
  func `while it is away accounts follow what it last said, for an hour`(
    waited: Double, isTrusted: Bool
  ) async throws {
    let (stage, service, _) = try await anna()
    _ = try await stage.logIn(Self.email)
    service.isAway.withLock { $0 = true }
    stage.clock.advance(by: waited)
    let used: Query = "SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) AS number FROM event_count"
    let counted = try await stage.number(used)
    if isTrusted {
      #expect(try await stage.logIn(Self.email).isLoggedIn)
    } else {
      await #expect(throws: RegisterUnavailable(retryAfterSeconds: 90)) {
        try await stage.logIn(Self.email)
      }
      #expect(try await stage.number(used) == counted)
    }
    // Whose the name is is nobody's business without the password.
    #expect(try await stage.logIn(Self.email, "Rossz1Jelszo") == .refused)
  }

  @Test func `who is unknown twice in a row is gone, and back with the next answer`()
    async throws
  {
    let (stage, service, session) = try await anna()
    service.answers.withLock { $0 = [:] }
    stage.clock.advance(by: 61)
    #expect(try await stage.sessions.resume(session) != nil)
    stage.clock.advance(by: 61)
    #expect(try await stage.sessions.resume(session) == nil)
    try service.knows(.anna)
    stage.clock.advance(by: 61)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `an account moves with its owner's number`() async throws {
    let (stage, service, session) = try await anna()
    service.answers.withLock { $0 = [Cast.anna.number: .unknown(oldNumberOf: [.renumbered])] }
    try service.knows(.anna, as: "Z9Y8X76", old: [Cast.anna.number])
    stage.clock.advance(by: 61)
    #expect(try await stage.sessions.resume(session)?.customer == .renumbered)
  }

  @Test func `the home page says when the service answered`() async throws {
    let (stage, _, session) = try await anna()
    stage.clock.advance(by: 61)
    let account = try #require(try await stage.sessions.resume(session))
    let home = try await stage.portalHome.content(of: account)
    #expect(home.asOf == stage.clock.now)
    #expect(home.policies.map(\.number) == [Cast.anna.policy])
  }

  @Test func `copies of who never became a user are forgotten`() async throws {
    let (stage, service, _) = try await anna()
    try service.knows(.peter)
    #expect(try await stage.identify(.peter) == .codeSent)
    #expect(try await stage.count("register_customer") == 2)
    stage.clock.advance(by: Double(stage.world.limits.retention.abandonedDataSeconds) + 1)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("register_customer") == 1)
    #expect(try await stage.count("register_policy") == 1)
  }
}

extension CustomerNumber {
  fileprivate static var renumbered: CustomerNumber {
    guard let number = try? CustomerNumber("Z9Y8X76") else {
      preconditionFailure("seven letters and digits")
    }
    return number
  }
}
