package import Domain
package import FoundationEssentials
package import Persistence

private let entryColumns: Query = """
  id, key, kind, channel, recipient, customer_number, state, tries, unknowns, created_at, not_after,
  next_try_at, sent_at, receipt_at, gateway, problem,
  CASE WHEN body IS NULL THEN 0 ELSE 1 END AS has_text
  """

extension Transaction {
  package var messages: MessageQueries { MessageQueries(transaction: self) }

  /// Queues a message, in the transaction that decided it (R4).
  ///
  /// A key that is queued already is left alone, so that no event is reported twice.
  package func enqueue(_ message: Message, at now: Date) throws {
    try enqueue([message], at: now)
  }

  /// Queues several messages at once, in their order.
  package func enqueue(_ queued: [Message], at now: Date) throws {
    guard !queued.isEmpty else { return }
    for message in queued where !message.isFirstOfSeries {
      guard let series = message.series else { continue }
      try messages.cancel(of: series, except: message.key, at: now)
    }
    let rows = queued.map { message -> Query in
      """
      (\(message.key), \(message.kind.rawValue), \(message.channel.rawValue),
       \(message.recipient), \(message.language.rawValue), \(message.subject), \(message.text),
       \(message.customer.text), \(message.kind.priority), 'queued',
       \(now), \(message.notAfter), \(now), 0, \(message.series),
       \(message.contractVersion))
      """
    }
    try perform(
      """
      INSERT INTO message
        (key, kind, channel, recipient, language, subject, body, customer_number, priority, state,
         created_at, not_after, next_try_at, tries, series, contract_version)
      VALUES \(Query.joined(rows, separator: ", "))
      ON CONFLICT (key) DO NOTHING
      """)
  }
}

/// The queue of messages.
package struct MessageQueries: TransactionPart {
  package let transaction: any Transaction

  /// Tears a message up in the transaction that queued it, so that writing it for nobody costs what
  /// writing it for somebody costs.
  package func tearUp(_ message: Message, if isForNobody: Bool) throws {
    // A key is never empty: for somebody the same statement finds nothing.
    try perform("DELETE FROM message WHERE key = \(isForNobody ? message.key : "")")
  }

  /// The clock was set back: leases and pauses would last longer than they were given, and codes
  /// that are over would be sent (P8).
  package func clockWasSetBack(to now: Date) throws {
    try perform(
      """
      UPDATE message
      SET next_try_at = CASE WHEN next_try_at > \(now) THEN \(now) ELSE next_try_at END,
          not_after = CASE
            WHEN not_after > \(now) AND (\(bodyWithoutSecret)) IS NULL THEN \(now)
            ELSE not_after END
      WHERE state IN ('queued', 'leased')
      """)
  }

  /// Takes back everything that is waiting or in somebody's hands: in a restored database nobody
  /// knows what was sent since (P7).
  ///
  /// - Returns: how many messages that were.
  package func cancelWaiting() throws -> Int {
    try execute(
      """
      UPDATE message
      SET state = 'cancelled', lease_token = NULL, body = \(bodyWithoutSecret),
          problem = 'the database was restored'
      WHERE state IN ('queued', 'leased')
      """)
  }

  /// Takes back what is waiting of a series. What a gateway has in hand cannot be taken back, but
  /// is not sent again.
  fileprivate func cancel(of series: String, except key: String, at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
          body = CASE state WHEN 'queued' THEN NULL ELSE body END,
          not_after = \(now)
      WHERE series = \(series) AND state IN ('queued', 'leased') AND key <> \(key)
      """)
  }

  /// How many code messages to the number and for the customer were queued since then (D 2).
  package func recent(
    kind: Message.Kind, to recipient: String, for customer: CustomerNumber, since: Date
  ) throws -> RecentMessages {
    // Two simultaneous counts would both find room for one more; SQLite has only one writer anyway.
    if dialect == .postgres {
      try perform("SELECT pg_advisory_xact_lock(hashtextextended(\(recipient), 0))")
    }
    let row = try row(
      """
      SELECT
        COUNT(CASE WHEN recipient = \(recipient) THEN 1 END) AS to_recipient,
        COUNT(CASE WHEN customer_number = \(customer.text) THEN 1 END) AS for_customer
      FROM message
      WHERE kind = \(kind.rawValue)
        AND created_at > \(since)
        AND (recipient = \(recipient) OR customer_number = \(customer.text))
      """)
    return RecentMessages(
      toRecipient: try row?.value("to_recipient") ?? 0,
      forCustomer: try row?.value("for_customer") ?? 0)
  }

  // MARK: Delivery reports

  func has(_ id: Message.ID) throws -> Bool {
    try row("SELECT id FROM message WHERE id = \(id)") != nil
  }

  /// An arrived message has arrived, whatever was assumed before. While a dispatcher has it, the
  /// dispatcher records it.
  func recordDelivered(_ id: Message.ID, at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET receipt = 'delivered', receipt_at = \(now),
          state = CASE state WHEN 'leased' THEN state ELSE 'delivered' END,
          body = CASE state WHEN 'leased' THEN body END
      WHERE id = \(id) AND COALESCE(receipt, '') <> 'delivered'
      """)
  }

  /// Applies to sent messages, and a report of arrival can still undo it. A message that waits for
  /// its second try has another chance.
  func recordUndeliverable(_ id: Message.ID, at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET receipt = 'undeliverable', receipt_at = \(now),
          state = CASE state WHEN 'leased' THEN state ELSE 'undeliverable' END
      WHERE id = \(id) AND state IN ('sent', 'leased') AND receipt IS NULL
      """)
  }

  // MARK: For operators

  package func entry(_ id: Message.ID) throws -> OutboxOperations.Entry? {
    try row("SELECT \(entryColumns) FROM message WHERE id = \(id)")
      .map(OutboxOperations.Entry.init(row:))
  }

  /// The newest messages that meet a condition.
  package func entries(where condition: Query, atMost count: Int) throws -> [OutboxOperations.Entry]
  {
    try rows(
      """
      SELECT \(entryColumns) FROM message
      WHERE \(condition)
      ORDER BY id DESC
      LIMIT \(count)
      """
    ).map(OutboxOperations.Entry.init(row:))
  }

  /// Has a message tried again, unless its state has changed since it was read.
  func queueAgain(_ entry: OutboxOperations.Entry, notAfter: Date, at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET state = 'queued', next_try_at = \(now), not_after = \(notAfter), unknowns = 0,
          receipt = NULL, receipt_at = NULL
      WHERE id = \(entry.id) AND state = \(entry.state)
      """)
  }

  /// Stops a message that is still waiting.
  ///
  /// - Returns: whether it did.
  package func cancel(_ id: Message.ID) throws -> Bool {
    try execute(
      """
      UPDATE message SET state = 'cancelled', body = \(bodyWithoutSecret)
      WHERE id = \(id) AND state = 'queued'
      """) == 1
  }

  /// What is waiting, for the channels that have anything.
  func waiting(at now: Date) throws -> [OutboxOperations.Waiting] {
    try rows(
      """
      SELECT channel,
             COUNT(CASE state WHEN 'queued' THEN 1 END) AS queued,
             COUNT(CASE state WHEN 'leased' THEN 1 END) AS leased,
             MIN(created_at) AS oldest
      FROM message
      WHERE state IN ('queued', 'leased')
      GROUP BY channel
      """
    ).map { row in
      OutboxOperations.Waiting(
        channel: try row.value("channel"), queued: try row.value("queued"),
        leased: try row.value("leased"),
        oldestSeconds: max(0, now.timeIntervalSince(try row.value("oldest"))))
    }
  }
}

extension OutboxOperations.Entry {
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

extension Message.Channel: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .text(rawValue) }

  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}

extension Message.Kind: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .text(rawValue) }

  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}

extension Message.State: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .text(rawValue) }

  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}

extension Identity: SQLConvertible, SQLDecodable {
  package var sqlValue: SQLValue { .integer(rawValue) }

  package init?(sqlValue: SQLValue) {
    guard case .integer(let number) = sqlValue else { return nil }
    self.init(rawValue: number)
  }
}

extension Language: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}
