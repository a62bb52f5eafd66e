package import Domain
internal import FoundationEssentials
internal import Persistence

/// One look at one case, by one session, for one reason.
package struct CaseOpening: Sendable {
  package typealias ID = Identity<CaseOpening>

  let id: ID
  let subject: CaseSubject
  let reason: String
  let openedAt: Date
  /// Values that were asked for by name.
  let shown: Set<CaseValue>
  let provenAt: Date?
  let challenge: Challenge?

  /// When the proof of the caller ends; `nil` when there never was one.
  func proofEnd(_ limits: StaffLimits) -> Date? {
    provenAt?.addingTimeInterval(Double(limits.callerProofSeconds))
  }

  /// Whether the caller has proven to have the phone, and it still counts.
  func isProven(at now: Date, _ limits: StaffLimits) -> Bool {
    proofEnd(limits).map { now < $0 } ?? false
  }
}

extension Transaction {
  var caseOpenings: CaseOpeningQueries { CaseOpeningQueries(transaction: self) }
}

/// What staff have open.
struct CaseOpeningQueries: TransactionPart {
  let transaction: any Transaction

  func open(
    _ subject: CaseSubject, by session: StaffSession, because reason: String, at now: Date
  ) throws -> CaseOpening.ID {
    let row = try row(
      """
      INSERT INTO staff_opening
        (token_hash, staff_id, customer_number, registration_id, reason, opened_at, shown)
      VALUES (\(session.hash), \(session.member.id), \(subject.customer?.text),
              \(subject.registration), \(reason), \(now), '')
      RETURNING id
      """)
    guard let row else { throw MissingRow("staff_opening") }
    return try row.value("id")
  }

  /// - Returns: `nil` for another session's, as for one that never was (attack 87)
  func opening(
    _ id: CaseOpening.ID, of session: StaffSession, locking: Bool = true
  ) throws -> CaseOpening? {
    try row(
      """
      SELECT id, customer_number, registration_id, reason, opened_at, shown, proven_at,
             code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left
      FROM staff_opening
      WHERE id = \(id) AND token_hash = \(session.hash)
      \(locking ? Query.Differing.rowLock : .nothing)
      """
    ).map { row in
      let shown = try row.value("shown", as: String.self)
      return CaseOpening(
        id: id,
        subject: CaseSubject(
          customer: try row.optional("customer_number"),
          registration: try row.optional("registration_id")),
        reason: try row.value("reason"), openedAt: try row.value("opened_at"),
        shown: Set(shown.split(separator: " ").compactMap { CaseValue(rawValue: String($0)) }),
        provenAt: try row.optional("proven_at"), challenge: try Challenge(row: row))
    }
  }

  func show(_ values: Set<CaseValue>, in id: CaseOpening.ID) throws {
    let words = values.map(\.rawValue).sorted().joined(separator: " ")
    try perform("UPDATE staff_opening SET shown = \(words) WHERE id = \(id)")
  }

  func save(_ challenge: Challenge, in id: CaseOpening.ID) throws {
    try perform(
      """
      UPDATE staff_opening
      SET code_nonce = \(challenge.nonce), code_prefix = \(challenge.prefix),
          code_expires_at = \(challenge.expiresAt), code_sent_at = \(challenge.sentAt),
          code_tries_left = \(challenge.triesLeft)
      WHERE id = \(id)
      """)
  }

  func prove(_ id: CaseOpening.ID, at now: Date) throws {
    try perform("UPDATE staff_opening SET proven_at = \(now) WHERE id = \(id)")
  }
}
