import Accounts
import Domain
import Outbox
import Persistence
import Synchronization
import TestSupport
import Testing

/// The insurer's own service is asked before a message goes out, and before a code from one opens
/// anything (D 12).
struct AskedBeforeSendingTests {
  private static let email = "anna@pelda.hu"

  /// Anna has an account, and everything that was due has been sent.
  private func stage() async throws -> (Stage, InsurersRegister) {
    let service = InsurersRegister()
    try service.knows(.anna)
    let stage = try await Stage(registerCopy: service.copy)
    try await stage.emptyTheRegister()
    _ = try await stage.confirmed(.anna, email: Self.email)
    _ = try await stage.post()
    return (stage, service)
  }

  private func messages(
    _ kind: Message.Kind, _ state: Message.State, in stage: Stage
  ) async throws -> Int? {
    try await stage.number(
      """
      SELECT COUNT(*) AS number FROM message
      WHERE kind = \(kind.rawValue) AND state = \(state.rawValue)
      """)
  }

  @Test(arguments: [CustomerStatus.blocked, .deceased])
  func `who is blocked or has died gets no letter for a new password, whatever was known before`(
    status: CustomerStatus
  ) async throws {
    let (stage, service) = try await stage()
    let sent = try await stage.post().count
    stage.clock.advance(by: 61)
    try service.knows(.anna, status: status)
    // Nobody has asked since: the letter is still written, by the copy.
    _ = try await stage.recovering(Self.email)
    #expect(try await messages(.recoveryCode, .queued, in: stage) == 1)
    #expect(try await stage.post().count == sent)
    #expect(try await messages(.recoveryCode, .cancelled, in: stage) == 1)
    #expect(
      try await stage.number(
        "SELECT COUNT(*) AS number FROM message WHERE state = 'cancelled' AND body IS NOT NULL")
        == 0)
  }

  @Test func `a code by SMS goes to nobody who has died since it was asked for`() async throws {
    let (stage, service) = try await stage()
    try service.knows(.peter)
    let sent = try await stage.post().count
    #expect(try await stage.identify(.peter) == .codeSent)
    try service.knows(.peter, status: .deceased)
    stage.clock.advance(by: 61)
    #expect(try await stage.post().count == sent)
    #expect(try await messages(.smsCode, .cancelled, in: stage) == 1)
  }

  @Test func `a code from before the block opens no new password`() async throws {
    let (stage, service) = try await stage()
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    try service.knows(.anna, status: .blocked)
    stage.clock.advance(by: 61)
    #expect(try await stage.recover(code, in: token) != .changed)
    try service.knows(.anna)
    stage.clock.advance(by: 61)
    #expect(try await stage.logIn(Self.email).isLoggedIn)
  }

  @Test func `while it is away letters go out by what it last said, then wait, and none is lost`()
    async throws
  {
    let (stage, service) = try await stage()
    service.isAway.withLock { $0 = true }
    stage.clock.advance(by: 3_500)
    _ = try await stage.recovering(Self.email)
    #expect(try await stage.post().first?.to == Self.email)
    #expect(try await messages(.recoveryCode, .sent, in: stage) == 1)

    stage.clock.advance(by: 3_000)
    _ = try await stage.recovering(Self.email)
    _ = try await stage.post()
    #expect(try await messages(.recoveryCode, .queued, in: stage) == 1)
    // It is asked again when it said that it would be worth it.
    service.isAway.withLock { $0 = false }
    stage.clock.advance(by: 89)
    _ = try await stage.post()
    #expect(try await messages(.recoveryCode, .queued, in: stage) == 1)
    stage.clock.advance(by: 2)
    _ = try await stage.post()
    #expect(try await messages(.recoveryCode, .sent, in: stage) == 2)
  }

  @Test func `while it is away the right code is neither used up nor counted`() async throws {
    let (stage, service) = try await stage()
    stage.clock.advance(by: 3_500)
    service.isAway.withLock { $0 = true }
    // Still trusted when the letter goes out, and no more when the code is typed.
    let token = try await stage.recovering(Self.email)
    let code = try await stage.emailCode()
    stage.clock.advance(by: 200)
    let used: Query = "SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) AS number FROM event_count"
    let counted = try await stage.number(used)
    // Twice as often as the code could be wrong.
    for _ in 1...10 {
      await #expect(throws: RegisterUnavailable(retryAfterSeconds: 90)) {
        try await stage.recover(code, in: token)
      }
    }
    #expect(try await stage.number(used) == counted)
    #expect(try await stage.audited("recovery_code_wrong") == 0)
    service.isAway.withLock { $0 = false }
    #expect(try await stage.recover(code, in: token) == .changed)
  }

  @Test(arguments: [
    (CustomerStatus.active, Clearance.granted, Clearance.granted), (.closed, .granted, .granted),
    (.blocked, .withdrawn, .granted), (.deceased, .withdrawn, .withdrawn),
  ])
  func `who is blocked still gets the answer to a request about data`(
    status: CustomerStatus, notice: Clearance, answer: Clearance
  ) async throws {
    let (stage, service) = try await stage()
    try service.knows(.anna, status: status)
    stage.clock.advance(by: 61)
    let asking = service.copy.clearance(in: stage.store, now: stage.world.now)
    let anna = try CustomerNumber(Cast.anna.number)
    #expect(await asking(.loginNewDevice, anna) == notice)
    #expect(await asking(.dataRequestDeclined, anna) == answer)
  }

  @Test func `what another instance has just heard is asked by nobody`() async throws {
    let (stage, service) = try await stage()
    stage.clock.advance(by: 61)
    let anna = try CustomerNumber(Cast.anna.number)
    let before = service.asked.withLock { $0.count }
    for _ in 1...3 {
      let asking = service.copy.clearance(in: stage.store, now: stage.world.now)
      #expect(await asking(.recoveryCode, anna) == .granted)
    }
    #expect(service.asked.withLock { $0.count } == before + 1)
  }

  @Test func `who is unknown at one moment is missed once, however many ask`() async throws {
    let (stage, _) = try await stage()
    stage.clock.advance(by: 61)
    let arrived = Mutex(0)
    let register = CustomerRegister { _ throws(RegisterUnavailable) in
      arrived.withLock { $0 += 1 }
      while arrived.withLock({ $0 < 2 }) { await Task.yield() }
      return .unknown(oldNumberOf: [])
    }
    let instances = (1...2).map { _ in
      RegisterCopy(register: register, freshSeconds: 60, trustSeconds: 3600)
        .clearance(in: stage.store, now: stage.world.now)
    }
    let anna = try CustomerNumber(Cast.anna.number)
    async let first = instances[0](.recoveryCode, anna)
    async let second = instances[1](.recoveryCode, anna)
    let answers = await [first, second]
    #expect(answers == [.granted, .granted])
    #expect(try await stage.number("SELECT absent_imports AS number FROM account") == 1)
  }
}
