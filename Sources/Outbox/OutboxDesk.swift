package import FoundationEssentials
package import Persistence

/// What an operator sees of the outbox, and what he may do with a message. Texts stay hidden: they
/// may hold a code.
package struct OutboxDesk: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  package struct Entry: Hashable, Sendable {
    package let id: Int64
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
    /// When it is due again, or a dispatcher's time with it ends; of no meaning after its end.
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
      return try transaction.rows(
        """
        SELECT \(entryColumns) FROM message
        WHERE \(Query.joined(conditions, separator: " AND "))
        ORDER BY id DESC
        LIMIT \(filter.limit)
        """
      ).map(Entry.init(row:))
    }
  }

  package func entry(_ id: Int64) async throws -> Entry? {
    try await store.read { try $0.entry(id) }
  }

  package enum RetryOutcome: Hashable, Sendable {
    case queued
    case unknown
    /// It is on its way by itself, or has arrived.
    case needless(Message.State)
    /// Its text is gone, as that of every code: the customer asks for a new one.
    case textIsGone
  }

  /// How long a notice is of use again that an operator wants to be sent after its time.
  private static let secondsOfSecondUse = 86_400.0

  /// Has a message tried at once: one that waits, or a notice that was given up, was stopped or
  /// came to its end unsent.
  ///
  /// The operator answers for a duplicate where it is unknown what became of the first try.
  package func retry(_ id: Int64) async throws -> RetryOutcome {
    let now = now()
    return try await store.write { transaction in
      guard let entry = try transaction.entry(id) else { return .unknown }
      switch entry.state {
      case .sent, .delivered, .leased: return .needless(entry.state)
      case .queued, .undeliverable, .expired, .failed, .cancelled: break
      }
      guard entry.hasText else { return .textIsGone }
      let notAfter =
        entry.kind.holdsSecret || now < entry.notAfter
        ? entry.notAfter : now.addingTimeInterval(OutboxDesk.secondsOfSecondUse)
      try transaction.perform(
        """
        UPDATE message
        SET state = 'queued', next_try_at = \(now), not_after = \(notAfter), unknowns = 0,
            receipt = NULL, receipt_at = NULL
        WHERE id = \(id) AND state = \(entry.state)
        """)
      return .queued
    }
  }

  package enum CancelOutcome: Hashable, Sendable {
    case cancelled
    case unknown
    /// A gateway has it, or it has come to its end.
    case tooLate(Message.State)
  }

  /// Stops a message that still waits.
  package func cancel(_ id: Int64) async throws -> CancelOutcome {
    try await store.write { transaction in
      let count = try transaction.execute(
        """
        UPDATE message SET state = 'cancelled', body = \(bodyWithoutSecret)
        WHERE id = \(id) AND state = 'queued'
        """)
      if count == 1 { return .cancelled }
      guard let entry = try transaction.entry(id) else { return .unknown }
      return .tooLate(entry.state)
    }
  }

  /// How many messages wait in a channel, and since when.
  package struct Waiting: Hashable, Sendable {
    package let channel: Message.Channel
    package let queued: Int
    package let leased: Int
    package let oldestSeconds: Double
  }

  package func waiting() async throws -> [Waiting] {
    let now = now()
    return try await store.read { transaction in
      let rows = try transaction.rows(
        """
        SELECT channel,
               COUNT(CASE state WHEN 'queued' THEN 1 END) AS queued,
               COUNT(CASE state WHEN 'leased' THEN 1 END) AS leased,
               MIN(created_at) AS oldest
        FROM message
        WHERE state IN ('queued', 'leased')
        GROUP BY channel
        """)
      let found = try rows.map { row in
        Waiting(
          channel: try row.value("channel"), queued: try row.value("queued"),
          leased: try row.value("leased"),
          oldestSeconds: max(0, now.timeIntervalSince(try row.value("oldest"))))
      }
      return Message.Channel.allCases.map { channel in
        found.first { $0.channel == channel }
          ?? Waiting(channel: channel, queued: 0, leased: 0, oldestSeconds: 0)
      }
    }
  }
}

private let entryColumns: Query = """
  id, key, kind, channel, recipient, customer_number, state, tries, unknowns, created_at, not_after,
  next_try_at, sent_at, receipt_at, gateway, problem,
  CASE WHEN body IS NULL THEN 0 ELSE 1 END AS has_text
  """

extension Transaction {
  fileprivate func entry(_ id: Int64) throws -> OutboxDesk.Entry? {
    try row("SELECT \(entryColumns) FROM message WHERE id = \(id)")
      .map(OutboxDesk.Entry.init(row:))
  }
}

extension OutboxDesk.Entry {
  fileprivate init(row: ResultRow) throws {
    self.init(
      id: try row.value("id"), key: try row.value("key"), kind: try row.value("kind"),
      channel: try row.value("channel"), recipient: try row.value("recipient"),
      customer: try row.value("customer_number"), state: try row.value("state"),
      tries: try row.value("tries"), unknowns: try row.value("unknowns"),
      createdAt: try row.value("created_at"), notAfter: try row.value("not_after"),
      nextTryAt: try row.value("next_try_at"), sentAt: try row.optional("sent_at"),
      receiptAt: try row.optional("receipt_at"), gateway: try row.optional("gateway"),
      problem: try row.optional("problem"), hasText: try row.value("has_text"))
  }
}
