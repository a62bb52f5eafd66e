package import Domain
package import FoundationEssentials
package import Persistence

extension Transaction {
  /// Queues a message, in the transaction that decided it (R4).
  ///
  /// A key that is queued already is left alone, so that one event never tells itself twice.
  package func enqueue(_ message: Message, at now: Date) throws {
    try perform(
      """
      INSERT INTO message
        (key, kind, channel, recipient, language, subject, body, customer_number, priority, state,
         created_at, not_after, next_try_at, tries)
      VALUES
        (\(message.key), \(message.kind.rawValue), \(message.channel.rawValue),
         \(message.recipient), \(message.language.rawValue), \(message.subject), \(message.text),
         \(message.customer.text), \(message.kind.priority), 'queued',
         \(now), \(message.notAfter), \(now), 0)
      ON CONFLICT (key) DO NOTHING
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

/// What a dispatcher takes out of the queue at a time.
struct Lease: Sendable {
  let id: Int64
  let priority: Int
  let channel: Message.Channel
  let delivery: Gateway.Delivery
  let tries: Int
}

extension Transaction {
  func hasDueMessages(at now: Date) throws -> Bool {
    try row(
      """
      SELECT id FROM message
      WHERE state IN ('queued', 'leased') AND next_try_at <= \(now)
      LIMIT 1
      """) != nil
  }

  /// Marks what is past its use, so that no secret is sent when it is stale (P8).
  func expireMessages(at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET state = 'expired', body = NULL, lease_token = NULL
      WHERE state IN ('queued', 'leased') AND not_after <= \(now) AND next_try_at <= \(now)
      """)
  }

  /// Takes due messages for one dispatcher; a lease that ran out is taken over.
  func leaseMessages(token: [UInt8], at now: Date) throws -> [Lease] {
    let leasedUntil = now.addingTimeInterval(Double(DispatchLimits.leaseSeconds))
    let rows = try rows(
      """
      UPDATE message
      SET state = 'leased', lease_token = \(token), next_try_at = \(leasedUntil), tries = tries + 1
      WHERE id IN (
        SELECT id FROM message
        WHERE state IN ('queued', 'leased') AND next_try_at <= \(now)
        ORDER BY priority, id
        LIMIT \(DispatchLimits.batch)
        \(Query.Differing.skippingRowLock)
      )
      RETURNING id, channel, key, recipient, subject, body, tries, priority
      """)
    return try rows.map { row in
      Lease(
        id: try row.value("id"), priority: try row.value("priority"),
        channel: try row.value("channel"),
        delivery: Gateway.Delivery(
          key: try row.value("key"), recipient: try row.value("recipient"),
          subject: try row.value("subject"), text: try row.value("body")),
        tries: try row.value("tries"))
    }.sorted { ($0.priority, $0.id) < ($1.priority, $1.id) }
  }

  /// Records that the gateway took a message, and forgets its text: it may hold a code.
  func recordSent(_ id: Int64, token: [UInt8], at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET state = 'sent', body = NULL, sent_at = \(now), lease_token = NULL, problem = NULL
      WHERE id = \(id) AND lease_token = \(token)
      """)
  }

  func recordRetry(_ id: Int64, token: [UInt8], at next: Date, problem: String) throws {
    try perform(
      """
      UPDATE message
      SET state = 'queued', next_try_at = \(next), lease_token = NULL, problem = \(problem)
      WHERE id = \(id) AND lease_token = \(token)
      """)
  }

  func recordFailed(_ id: Int64, token: [UInt8], problem: String) throws {
    try perform(
      """
      UPDATE message
      SET state = 'failed', body = NULL, lease_token = NULL, problem = \(problem)
      WHERE id = \(id) AND lease_token = \(token)
      """)
  }
}

extension Message.Channel: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}
