internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var clockMark: ClockMarkQueries { ClockMarkQueries(transaction: self) }
}

/// The latest time that any instance has known, and what has to end when it was wrong.
struct ClockMarkQueries: TransactionPart {
  let transaction: any Transaction

  /// Moves the mark forward, never back.
  ///
  /// - Returns: the latest time known, this one included
  func move(to now: Date) throws -> Date {
    try row(
      """
      INSERT INTO job (name, started_at) VALUES ('clock', \(now))
      ON CONFLICT (name) DO UPDATE SET started_at =
        CASE WHEN job.started_at < excluded.started_at
        THEN excluded.started_at ELSE job.started_at END
      RETURNING started_at
      """)?.value("started_at") ?? now
  }

  func set(to now: Date) throws {
    try perform("UPDATE job SET started_at = \(now) WHERE name = 'clock'")
  }

  /// Ends sessions, registrations, recoveries and codes, and those of staff: by this clock they
  /// would live longer than they were given.
  ///
  /// Moved along instead, so that they last as long as they were to: the right to undo a change of
  /// the user name, which protects an owner, invitations of staff, and what waits for a second
  /// person.
  func endLives(at now: Date, behind mark: Date) throws {
    try perform("UPDATE session SET ended_at = \(now) WHERE ended_at IS NULL")
    // What staff has open and proven is their session's.
    try transaction.staff.endEverySession(at: now)
    try perform("UPDATE registration SET expires_at = \(now) WHERE expires_at > \(now)")
    try perform(
      """
      UPDATE recovery SET expires_at = \(now), code_expires_at = \(now)
      WHERE expires_at > \(now) AND used_at IS NULL
      """)
    try perform("UPDATE account SET code_expires_at = \(now) WHERE code_expires_at > \(now)")
    try perform(
      "UPDATE address_change SET code_expires_at = \(now) WHERE code_expires_at > \(now)")
    // What the database says may be anything.
    let milliseconds = Int64(min(mark.timeIntervalSince(now), 1e12) * 1000)
    try perform(
      """
      UPDATE address_undo SET code_expires_at = code_expires_at - \(milliseconds)
      WHERE code_expires_at > \(now) AND used_at IS NULL
      """)
    try perform(
      """
      UPDATE staff_account SET link_expires_at = link_expires_at - \(milliseconds)
      WHERE link_expires_at > \(now)
      """)
    try perform(
      """
      UPDATE staff_consent SET asked_at = asked_at - \(milliseconds) WHERE decided_at IS NULL
      """)
  }
}
