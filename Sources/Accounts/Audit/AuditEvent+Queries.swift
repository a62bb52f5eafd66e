internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  /// Writes an audit event, in the transaction that it records (R4).
  func record(_ event: AuditEvent, at now: Date) throws {
    try perform(
      """
      INSERT INTO audit_event (at, kind, detail, customer_number, registration_id, account_id)
      VALUES (\(now), \(event.kind.rawValue), \(event.detail), \(event.customer?.text),
              \(event.registration), \(event.account))
      """)
  }

  var audit: AuditQueries { AuditQueries(transaction: self) }
}

/// What the audit trail says about all customers together.
struct AuditQueries: TransactionPart {
  let transaction: any Transaction

  /// How many codes were sent by SMS, or entered, after one instant and up to another.
  func count(_ kind: AuditEvent.Kind, from start: Date, to end: Date) throws -> Int {
    // The kinds are spelled out, as in the index made for them.
    let row = try row(
      """
      SELECT COUNT(*) AS events FROM audit_event
      WHERE kind IN ('sms_sent', 'sms_code_accepted') AND at > \(start) AND at <= \(end)
        AND kind = \(kind.rawValue)
      """)
    return try row?.value("events") ?? 0
  }
}

/// The audit trail could not be written, and so nothing is shown.
package struct AuditRefused: Error {
  package let reason: any Error
}

extension Transaction {
  /// Writes the row of a look, and waits for it: without it nothing is shown (D 14). Whatever
  /// shows a customer's data to somebody else writes its row by this and not by ``record(_:at:)``.
  ///
  /// - Throws: ``AuditRefused``
  func recordBeforeShowing(_ event: AuditEvent, at now: Date) throws {
    do {
      try record(event, at: now)
      // A write may be sent together with what follows: what follows here is only the answer.
      _ = try row("SELECT 1 AS one")
    } catch { throw AuditRefused(reason: error) }
  }
}
