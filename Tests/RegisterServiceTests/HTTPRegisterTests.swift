import Accounts
import Domain
import Foundation
import OutgoingHTTP
import Synchronization
import TestSupport
import Testing

@testable import RegisterService

/// The insurer's service asked over a real connection: how often, for how long, and what is
/// believed.
///
/// What a customer sees of each trouble is shown by `Drills/test_register_service.py`.
// Only what hangs takes so long, also while every other test runs on two cores.
@Suite(.timeLimit(.minutes(10)))
struct HTTPRegisterTests {
  private static let anna = """
    {"customer": {"customerNumber": "1234567", "name": "Kovács Anna", "smsNumber": "+36301234567",
      "status": "active"}, "policies": []}
    """

  /// Who asks, and what an operator was told.
  private struct Asker: Sendable {
    let clock = ManualClock()
    let register: HTTPRegister
    private let exchange: HTTPExchange
    private let told: Told

    private final class Told: Sendable {
      let troubles = Mutex<[HTTPRegister.Trouble]>([])
    }

    init(_ service: ScriptedRegister, tries: Int, freshSeconds: Int, seconds: Int) {
      let (clock, told) = (clock, Told())
      self.told = told
      exchange = HTTPExchange(seconds: seconds, connections: 4, authorities: nil)
      register = HTTPRegister(
        exchange: exchange, base: "http://127.0.0.1:\(service.port)/r/", tries: tries,
        freshSeconds: freshSeconds, now: { clock.now },
        tell: { trouble in told.troubles.withLock { $0.append(trouble) } })
    }

    var troubles: [HTTPRegister.Trouble] { told.troubles.withLock { $0 } }

    /// - Returns: whether Anna was found
    func findsAnna() async throws -> Bool {
      guard case .found(let record) = try await look() else { return false }
      return record.customer.number.text == "1234567"
    }

    func look() async throws -> CustomerRegister.Answer {
      try await register.register.look(.customer(CustomerNumber("1234567")))
    }

    /// - Returns: when to come back; `nil` when there was an answer
    func secondsToComeBack() async throws -> Int? {
      do {
        _ = try await look()
        return nil
      } catch let unavailable as RegisterUnavailable {
        return unavailable.retryAfterSeconds
      }
    }

    func close() async throws { try await exchange.close() }
  }

  /// - Parameter seconds: how long an answer is waited for; few only where none comes
  private func ask(
    _ manners: ScriptedRegister.Manner..., tries: Int = 1, freshSeconds: Int = 0,
    seconds: Int = 60,
    _ story: (Asker, ScriptedRegister) async throws -> Void
  ) async throws {
    let service = try ScriptedRegister(manners)
    let asker = Asker(service, tries: tries, freshSeconds: freshSeconds, seconds: seconds)
    let result: Result<Void, any Error>
    do { result = .success(try await story(asker, service)) } catch { result = .failure(error) }
    try await asker.close()
    service.close()
    try result.get()
  }

  @Test func `a question is one short request`() async throws {
    try await ask(.says(404)) { asker, service async throws in
      _ = try await asker.look()
      _ = try await asker.register.register.look(.policy(PolicyNumber("la-2023/1")))
      #expect(
        service.asked == ["GET /r/customers/1234567 HTTP/1.1", "GET /r/policies/LA20231 HTTP/1.1"])
    }
  }

  // MARK: What is believed

  @Test(arguments: [
    ScriptedRegister.Manner.says(200, anna), .says(404), .says(409),
    .says(404, #"{"oldNumberOf": ["7654321"]}"#),
  ])
  func `an answer is believed for a minute, and then asked for anew`(
    manner: ScriptedRegister.Manner
  ) async throws {
    try await ask(manner, freshSeconds: 60) { asker, service async throws in
      let first = try await asker.look()
      asker.clock.advance(by: 59)
      #expect(try await asker.look() == first)
      #expect(service.asked.count == 1)
      asker.clock.advance(by: 1)
      #expect(try await asker.look() == first)
      #expect(service.asked.count == 2)
      #expect(asker.troubles.isEmpty)
    }
  }

  @Test func `what was no answer is believed by nobody`() async throws {
    try await ask(.says(500), .says(200, Self.anna), freshSeconds: 60) {
      asker, service async throws in
      #expect(try await asker.secondsToComeBack() == 60)
      #expect(try await asker.findsAnna())
      #expect(service.asked.count == 2)
    }
  }

  // MARK: Time

  @Test func `a service that thinks is waited for`() async throws {
    try await ask(.thinks(300, Self.anna)) { asker, service async throws in
      #expect(try await asker.findsAnna())
      #expect(service.asked.count == 1)
    }
  }

  @Test(arguments: [1, 2, 3])
  func `a service that says nothing in time is asked as often as was set, and given up`(
    tries: Int
  ) async throws {
    // Long enough to ask, also on a machine that is busy.
    try await ask(.isSilent, tries: tries, seconds: 5) { asker, service async throws in
      #expect(try await asker.secondsToComeBack() == 60)
      // Whoever was not waited for may still be reading the question.
      while service.asked.count < tries { await Task.yield() }
      #expect(service.asked.count == tries)
      #expect(asker.troubles.count == tries)
    }
  }

  @Test func `half an answer is none, however good it looks`() async throws {
    // Long enough for the half, also on a machine that is busy.
    try await ask(.stops(Self.anna), seconds: 5) { asker, _ async throws in
      #expect(try await asker.secondsToComeBack() == 60)
      #expect(asker.troubles == [.failed("the answer is cut off or too long")])
    }
  }

  @Test func `one slip costs a second question and no customer`() async throws {
    for slip in [ScriptedRegister.Manner.isSilent, .says(503), .says(200, "{}")] {
      // Long enough for the good answer, also on a machine that is busy.
      let seconds = slip == .isSilent ? 5 : 60
      try await ask(slip, .says(200, Self.anna), tries: 2, seconds: seconds) {
        asker, service async throws in
        #expect(try await asker.findsAnna())
        #expect(service.asked.count == 2)
        #expect(!asker.register.isResting)
      }
    }
  }

  @Test func `nobody at the address is an outage like any other`() async throws {
    try await ask(.says(404), tries: 2) { asker, service async throws in
      service.close()
      #expect(try await asker.secondsToComeBack() == 60)
      #expect(asker.troubles.count == 2)
    }
  }

  // MARK: Rest

  @Test func `it rests after five failures, for longer after each, and works with one answer`()
    async throws
  {
    let fails = ScriptedRegister.Manner.says(500)
    try await ask(fails, fails, fails, fails, fails, fails, .says(200, Self.anna)) {
      asker, service async throws in
      for _ in 1...4 { _ = try await asker.secondsToComeBack() }
      #expect(!asker.register.isResting)
      _ = try await asker.secondsToComeBack()
      #expect(asker.register.isResting)
      #expect(asker.troubles.last == .resting(seconds: 2))
      for _ in 1...3 { #expect(try await asker.secondsToComeBack() == 60) }
      #expect(service.asked.count == 5)

      asker.clock.advance(by: 2)
      _ = try await asker.secondsToComeBack()
      #expect(asker.troubles.last == .resting(seconds: 4))
      asker.clock.advance(by: 3)
      _ = try await asker.secondsToComeBack()
      #expect(service.asked.count == 6)

      asker.clock.advance(by: 1)
      #expect(try await asker.findsAnna())
      #expect(!asker.register.isResting)
      #expect(asker.troubles.last == .works)
    }
  }

  @Test func `it is left alone for as long as it asks, and customers are told so`() async throws {
    let busy = ScriptedRegister.Manner.says(503, head: ["Retry-After: 120"])
    try await ask(busy, .says(200, Self.anna), tries: 3) { asker, service async throws in
      #expect(try await asker.secondsToComeBack() == 120)
      #expect(service.asked.count == 1)
      asker.clock.advance(by: 119)
      #expect(try await asker.secondsToComeBack() == 60)
      #expect(service.asked.count == 1)
      asker.clock.advance(by: 1)
      #expect(try await asker.findsAnna())
    }
  }
}
