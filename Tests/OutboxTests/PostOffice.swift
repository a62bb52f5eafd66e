import Cryptography
import DatabaseSchema
import Domain
import Foundation
import Logging
import Metrics
import Outbox
import Persistence
import PersistenceSQLite
import Synchronization
import TestSupport

/// A queue, a clock, and two gateways that do as they are told.
struct PostOffice {
  let store: any Store
  let clock: ManualClock
  let sms = ScriptedGateway()
  let email = ScriptedGateway()

  init(_ store: (any Store)? = nil, clock: ManualClock = ManualClock()) async throws {
    if let store { self.store = store } else { self.store = try await TestStore.migrated() }
    self.clock = clock
    _ = try await Schema.belepo.migrate(self.store, at: clock.now)
  }

  /// A dispatcher of this office; each has chance of its own.
  func dispatcher(
    _ number: UInt64 = 1, on store: (any Store)? = nil,
    dispatchSignal: DispatchSignal = DispatchSignal(),
    ticking: any Clock<Duration> = ContinuousClock(), jitter: Double = 0.5,
    sms route: Route? = nil, clearance: Clearance.Asking? = nil,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  ) -> Dispatcher {
    let chance = SeededBytes(seed: number).source
    return Dispatcher(
      routes: Routes(sms: route ?? Route([sms.gateway]), email: Route([email.gateway])),
      clearance: clearance, dispatchSignal: dispatchSignal,
      dependencies: .init(
        store: store ?? self.store, clock: ticking, now: { [clock] in clock.now },
        randomBytes: { chance($0) }, jitter: { jitter }, metrics: metrics, logger: logger))
  }

  func enqueue(_ messages: Message...) async throws {
    try await enqueue(messages)
  }

  func enqueue(_ messages: [Message]) async throws {
    let now = clock.now
    try await store.write { transaction in
      for message in messages { try transaction.enqueue(message, at: now) }
    }
  }

  func message(
    _ key: String = "kód", kind: Message.Kind = .smsCode, channel: Message.Channel = .sms,
    to recipient: String = "+36301234567", customer: String = "1234567",
    living seconds: Double = 570, series: String? = nil
  ) throws -> Message {
    Message(
      key: key, kind: kind, channel: channel, recipient: recipient, language: .hungarian,
      subject: channel == .email ? "Tárgy" : "", text: "A kódja 423456.",
      customer: try CustomerNumber(customer), notAfter: clock.now.addingTimeInterval(seconds),
      series: series)
  }

  /// What the queue knows about a message.
  struct Entry: Equatable {
    let state: String
    let tries: Int
    let body: String?
    let problem: String?
    let sentAt: Date?
    var unknowns = 0
  }

  func entry(_ key: String = "kód") async throws -> Entry? {
    try await store.read { transaction in
      let row = try transaction.row(
        "SELECT state, tries, body, problem, sent_at, unknowns FROM message WHERE key = \(key)")
      return try row.map { row in
        Entry(
          state: try row.value("state"), tries: try row.value("tries"),
          body: try row.optional("body"), problem: try row.optional("problem"),
          sentAt: try row.optional("sent_at"), unknowns: try row.value("unknowns"))
      }
    }
  }

  func states() async throws -> Set<String> {
    try await store.read { transaction in
      Set(try transaction.rows("SELECT state FROM message").map { try $0.value("state") })
    }
  }
}

/// A gateway that writes down what it is handed and answers as a test wants.
final class ScriptedGateway: Sendable {
  typealias Answer = @Sendable (_ delivery: Gateway.Delivery) async -> Gateway.Refusal?

  private let name: String

  private struct State {
    var handed: [Gateway.Delivery] = []
    var answer: Answer = { _ in nil }
    var expected: (count: Int, signal: Signal)?
  }

  private let state = Mutex(State())

  init(name: String = "script") {
    self.name = name
  }

  func answer(_ answer: @escaping Answer) {
    state.withLock { $0.answer = answer }
  }

  /// The moment when so many messages have been handed over.
  func whenHanded(_ count: Int) -> Signal {
    let signal = Signal()
    state.withLock { $0.expected = (count, signal) }
    return signal
  }

  /// The keys of everything that was handed over, in its order.
  var keys: [String] { handed.map(\.key) }

  var handed: [Gateway.Delivery] { state.withLock { $0.handed } }

  var gateway: Gateway {
    Gateway(name: name) { [self] delivery throws(Gateway.Refusal) in
      let answer = state.withLock { state in
        state.handed.append(delivery)
        if let expected = state.expected, expected.count == state.handed.count {
          expected.signal.give()
        }
        return state.answer
      }
      if let refusal = await answer(delivery) { throw refusal }
    }
  }
}

/// A moment that one task waits for and another brings about.
final class Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func give() { continuation.finish() }

  func wait() async {
    for await _ in stream {}
  }
}

extension Gateway.Delivery {
  static func sample(
    key: String = "kód", to recipient: String, subject: String = "", text: String = "Szia"
  ) -> Self {
    Self(
      id: 1, key: key, kind: .smsCode, recipient: recipient, language: .hungarian,
      subject: subject, text: text, notAfter: ManualClock.morning.addingTimeInterval(570))
  }
}
