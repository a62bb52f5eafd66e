internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var retention: RetentionQueries { RetentionQueries(transaction: self) }
}

/// Rows that nobody needs any longer.
struct RetentionQueries: TransactionPart {
  let transaction: any Transaction

  /// Forgets what was typed and whose registration it was; the case number stays, so that the call
  /// centre can still answer questions about it.
  func blankRegistrations(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    let rows = try rows(
      """
      SELECT id FROM registration
      WHERE expires_at < \(cutoff)
        AND (code_nonce IS NOT NULL OR (customer_number IS NOT NULL AND step <> 'finished'))
      ORDER BY expires_at
      LIMIT \(count)
      """)
    let ids = try rows.map { try $0.value("id", as: Registration.ID.self) }
    guard !ids.isEmpty else { return 0 }
    let list = Query.joined(ids.map { "\($0)" }, separator: ", ")
    try perform("DELETE FROM registration_declaration WHERE registration_id IN (\(list))")
    try perform(
      """
      UPDATE registration
      SET code_nonce = NULL, code_prefix = NULL, code_expires_at = NULL, code_sent_at = NULL,
          code_tries_left = NULL
      WHERE id IN (\(list)) AND step = 'finished'
      """)
    try perform(
      """
      UPDATE registration
      SET step = 'identification', stop = NULL, customer_number = NULL, email = NULL,
          code_nonce = NULL, code_prefix = NULL, code_expires_at = NULL, code_sent_at = NULL,
          code_tries_left = NULL
      WHERE id IN (\(list)) AND step <> 'finished'
      """)
    return ids.count
  }

  /// Deletes registrations that never became an account.
  func deleteRegistrations(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "registration", by: "expires_at", before: cutoff,
      where: "step <> 'finished' AND customer_number IS NULL", atMost: count)
  }

  func deleteMessages(queuedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "message", by: "created_at", before: cutoff,
      where: "state NOT IN ('queued', 'leased')", atMost: count)
  }

  func deleteSessions(usedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "session", key: "token_hash", by: "last_used_at", before: cutoff, atMost: count)
  }

  func deleteEventCounts(before cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "event_count", key: "name, key, window_start", by: "window_start", before: cutoff,
      atMost: count)
  }

  func deleteAnonymousEvents(before cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "anonymous_event", key: "kind, source, window_start", by: "window_start", before: cutoff,
      atMost: count)
  }

  func deleteThrottles(before cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "login_throttle", key: "user_name_hash", by: "last_failure_at", before: cutoff,
      atMost: count)
  }
}

extension TransactionPart {
  /// Deletes at most so many rows of a table, the oldest first.
  ///
  /// - Parameters:
  ///   - key: the columns of its primary key
  ///   - moment: the column that says since when a row is of no use
  ///   - condition: what a row must be besides
  /// - Returns: how many there were
  func deleteOldest(
    of table: Query, key: Query = "id", by moment: Query, before cutoff: Date,
    where condition: Query? = nil, atMost count: Int
  ) throws -> Int {
    let isMeant: Query = condition.map { "AND \($0)" } ?? ""
    return try execute(
      """
      DELETE FROM \(table)
      WHERE (\(key)) IN (
        SELECT \(key) FROM \(table)
        WHERE \(moment) < \(cutoff) \(isMeant)
        ORDER BY \(moment)
        LIMIT \(count)
      )
      """)
  }
}
