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
    try execute(
      """
      DELETE FROM registration
      WHERE id IN (
        SELECT id FROM registration
        WHERE expires_at < \(cutoff) AND step <> 'finished' AND customer_number IS NULL
        ORDER BY expires_at
        LIMIT \(count)
      )
      """)
  }

  func deleteMessages(queuedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM message
      WHERE id IN (
        SELECT id FROM message
        WHERE created_at < \(cutoff) AND state NOT IN ('queued', 'leased')
        ORDER BY created_at
        LIMIT \(count)
      )
      """)
  }

  func deleteSessions(usedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM session
      WHERE token_hash IN (
        SELECT token_hash FROM session
        WHERE last_used_at < \(cutoff)
        ORDER BY last_used_at
        LIMIT \(count)
      )
      """)
  }

  func deleteEventCounts(before cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM event_count
      WHERE (name, key, window_start) IN (
        SELECT name, key, window_start FROM event_count
        WHERE window_start < \(cutoff)
        ORDER BY window_start
        LIMIT \(count)
      )
      """)
  }

  func deleteAnonymousEvents(before cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM anonymous_event
      WHERE (kind, source, window_start) IN (
        SELECT kind, source, window_start FROM anonymous_event
        WHERE window_start < \(cutoff)
        ORDER BY window_start
        LIMIT \(count)
      )
      """)
  }

  func deleteThrottles(before cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM login_throttle
      WHERE user_name_hash IN (
        SELECT user_name_hash FROM login_throttle
        WHERE last_failure_at < \(cutoff)
        ORDER BY last_failure_at
        LIMIT \(count)
      )
      """)
  }
}
