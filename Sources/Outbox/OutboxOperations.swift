package import FoundationEssentials
package import Persistence

/// What an operator sees of the outbox, and can do with a message. Texts stay hidden: they may
/// contain a code.
package struct OutboxOperations: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  package struct Entry: Hashable, Sendable {
    package let id: Message.ID
    package let key: String
    package let kind: Message.Kind
    package let channel: Message.Channel
    package let recipient: String
    package let customer: String
    package let state: Message.State
    package let tries: Int
    package let unknowns: Int
    package let createdAt: Date
    package let notAfter: Date
    /// When it is due again, or a dispatcher's lease ends; meaningless after its end.
    package let nextTryAt: Date
    package let sentAt: Date?
    package let receiptAt: Date?
    package let gateway: String?
    package let problem: String?
    /// Whether the text is still there.
    package let hasText: Bool
  }

  /// Which messages are listed, the newest first.
  package struct Filter: Sendable {
    package var states: [Message.State] = []
    package var channel: Message.Channel?
    package var kind: Message.Kind?
    /// A customer number.
    package var customer: String?
    package var limit = 50

    package init() {}
  }

  package func list(_ filter: Filter) async throws -> [Entry] {
    try await store.read { transaction in
      var conditions: [Query] = ["1 = 1"]
      if !filter.states.isEmpty {
        let states = filter.states.map { state -> Query in "\(state)" }
        conditions.append("state IN (\(Query.joined(states, separator: ", ")))")
      }
      if let channel = filter.channel { conditions.append("channel = \(channel)") }
      if let kind = filter.kind { conditions.append("kind = \(kind)") }
      if let customer = filter.customer { conditions.append("customer_number = \(customer)") }
      return try transaction.messages.entries(
        where: .joined(conditions, separator: " AND "), atMost: filter.limit)
    }
  }

  package func entry(_ id: Message.ID) async throws -> Entry? {
    try await store.read { try $0.messages.entry(id) }
  }

  package enum RetryOutcome: Hashable, Sendable {
    case queued
    case unknown
    /// It is being sent without help, or has arrived.
    case needless(Message.State)
    /// Its text is deleted, like that of every code: the customer has to ask for a new one.
    case textIsGone
  }

  /// How much longer a notice stays valid when an operator has it sent after its time.
  private static let secondsOfSecondUse = 86_400.0

  /// Has a message tried at once: one that is waiting, or a notice that was given up, was stopped
  /// or expired unsent.
  ///
  /// Who asks for it is responsible for a duplicate if nobody knows what became of the first try.
  package static func retry(
    _ id: Message.ID, in transaction: any Transaction, at now: Date
  ) throws -> RetryOutcome {
    guard let entry = try transaction.messages.entry(id) else { return .unknown }
    switch entry.state {
    case .sent, .delivered, .leased: return .needless(entry.state)
    case .queued, .undeliverable, .expired, .failed, .cancelled: break
    }
    guard entry.hasText else { return .textIsGone }
    let notAfter =
      entry.kind.holdsSecret || now < entry.notAfter
      ? entry.notAfter : now.addingTimeInterval(OutboxOperations.secondsOfSecondUse)
    try transaction.messages.queueAgain(entry, notAfter: notAfter, at: now)
    return .queued
  }

  package enum CancelOutcome: Hashable, Sendable {
    case cancelled
    case unknown
    /// A gateway has it, or it has reached its end.
    case tooLate(Message.State)
  }

  /// Stops a message that is still waiting.
  package static func cancel(
    _ id: Message.ID, in transaction: any Transaction
  ) throws -> CancelOutcome {
    if try transaction.messages.cancel(id) { return .cancelled }
    guard let entry = try transaction.messages.entry(id) else { return .unknown }
    return .tooLate(entry.state)
  }

  /// How many messages are waiting in a channel, and since when.
  package struct Waiting: Hashable, Sendable {
    package let channel: Message.Channel
    package let queued: Int
    package let leased: Int
    package let oldestSeconds: Double
  }

  package func waiting() async throws -> [Waiting] {
    let now = now()
    return try await store.read { transaction in
      let found = try transaction.messages.waiting(at: now)
      return Message.Channel.allCases.map { channel in
        found.first { $0.channel == channel }
          ?? Waiting(channel: channel, queued: 0, leased: 0, oldestSeconds: 0)
      }
    }
  }
}
