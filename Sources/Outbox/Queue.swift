package import Domain
package import FoundationEssentials
package import Persistence

// What the rest of the program does with the queue.
extension Transaction {
  /// Queues a message, in the transaction that decided it (R4).
  ///
  /// A key that is queued already is left alone, so that one event never tells itself twice.
  package func enqueue(_ message: Message, at now: Date) throws {
    if let series = message.series {
      try cancelMessages(of: series, except: message.key, at: now)
    }
    try perform(
      """
      INSERT INTO message
        (key, kind, channel, recipient, language, subject, body, customer_number, priority, state,
         created_at, not_after, next_try_at, tries, series, contract_version)
      VALUES
        (\(message.key), \(message.kind.rawValue), \(message.channel.rawValue),
         \(message.recipient), \(message.language.rawValue), \(message.subject), \(message.text),
         \(message.customer.text), \(message.kind.priority), 'queued',
         \(now), \(message.notAfter), \(now), 0, \(message.series),
         \(message.contractVersion))
      ON CONFLICT (key) DO NOTHING
      """)
  }

  /// Tears a message up in the transaction that queued it, so that writing it for nobody costs what
  /// writing it for somebody costs.
  package func tearUp(_ message: Message, if isForNobody: Bool) throws {
    // A key is never empty: for somebody the same statement finds nothing.
    try perform("DELETE FROM message WHERE key = \(isForNobody ? message.key : "")")
  }

  /// Takes back what waits of a series. What a gateway has in its hands cannot be taken back, but
  /// is not sent again.
  private func cancelMessages(
    of series: String, except key: String, at now: Date
  ) throws {
    try perform(
      """
      UPDATE message
      SET state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
          body = CASE state WHEN 'queued' THEN NULL ELSE body END,
          not_after = \(now)
      WHERE series = \(series) AND state IN ('queued', 'leased') AND key <> \(key)
      """)
  }

  /// How many code messages were queued since, to the number and for the customer (D 2).
  package func recentMessages(
    kind: Message.Kind, to recipient: String, for customer: CustomerNumber, since: Date
  ) throws -> RecentMessages {
    // Two that count at once would both find room for one more; SQLite's writer is alone anyway.
    if dialect == .postgres {
      try perform("SELECT pg_advisory_xact_lock(hashtextextended(\(recipient), 0))")
    }
    let row = try row(
      """
      SELECT
        COUNT(CASE WHEN recipient = \(recipient) THEN 1 END) AS to_number,
        COUNT(CASE WHEN customer_number = \(customer.text) THEN 1 END) AS for_customer
      FROM message
      WHERE kind = \(kind.rawValue)
        AND created_at > \(since)
        AND (recipient = \(recipient) OR customer_number = \(customer.text))
      """)
    return RecentMessages(
      toNumber: try row?.value("to_number") ?? 0, forCustomer: try row?.value("for_customer") ?? 0)
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

extension Language: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}
