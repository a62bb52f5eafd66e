package import Domain
package import FoundationEssentials
internal import Persistence

/// Something that waits for a second person.
package struct StaffConsent: Sendable {
  package typealias ID = Identity<StaffConsent>

  package let id: ID
  package let act: CaseAct
  let customer: CustomerNumber
  package let maskedCustomer: String
  let value: String?
  /// What it is to be done with, such as the new address; `nil` where nothing is.
  package let maskedValue: String?
  package let askedBy: StaffName
  package let askedByMe: Bool
  package let reason: String
  package let askedAt: Date
}

extension Transaction {
  var staffConsents: StaffConsentQueries { StaffConsentQueries(transaction: self) }
}

/// Acts that wait for a second person.
struct StaffConsentQueries: TransactionPart {
  let transaction: any Transaction

  /// - Returns: `false` when the same waits already
  func ask(
    _ act: CaseAct, _ customer: CustomerNumber, value: String?, by member: StaffMember,
    because reason: String, at now: Date
  ) throws -> Bool {
    try execute(
      """
      INSERT INTO staff_consent (act, customer_number, value, asked_by, reason, asked_at)
      VALUES (\(act.rawValue), \(customer.text), \(value), \(member.id), \(reason), \(now))
      ON CONFLICT (act, customer_number) WHERE decided_at IS NULL DO NOTHING
      """) == 1
  }

  /// Forgets what nobody has decided in time, or whose asker is staff no more. The row goes, so
  /// that an old page which still offers it decides nothing: what is asked anew has a number of its
  /// own.
  func forgetOver(
    _ act: CaseAct, _ customer: CustomerNumber, askedBefore instant: Date
  ) throws {
    try perform(
      """
      DELETE FROM staff_consent
      WHERE act = \(act.rawValue) AND customer_number = \(customer.text)
        AND decided_at IS NULL
        AND (asked_at <= \(instant)
             OR asked_by IN (SELECT id FROM staff_account WHERE disabled_at IS NOT NULL))
      """)
  }

  /// Those of who is staff still: what is agreed to is done in the asker's name.
  func waiting(
    for member: StaffMember, askedAfter instant: Date, atMost count: Int
  ) throws -> [StaffConsent] {
    try rows(
      """
      SELECT staff_consent.id, act, customer_number, value, asked_by, reason, asked_at, name
      FROM staff_consent JOIN staff_account ON staff_account.id = asked_by
      WHERE decided_at IS NULL AND asked_at > \(instant) AND staff_account.disabled_at IS NULL
      ORDER BY staff_consent.id
      LIMIT \(count)
      """
    ).compactMap { try StaffConsent(row: $0, for: member) }
  }

  /// One that waits, locked, so that two people decide one after the other.
  func waiting(
    _ id: StaffConsent.ID, for member: StaffMember, askedAfter instant: Date
  ) throws -> StaffConsent? {
    try row(
      """
      SELECT staff_consent.id, act, customer_number, value, asked_by, reason, asked_at,
             (SELECT name FROM staff_account WHERE staff_account.id = asked_by) AS name
      FROM staff_consent
      WHERE staff_consent.id = \(id) AND decided_at IS NULL AND asked_at > \(instant)
        AND asked_by IN (SELECT id FROM staff_account WHERE disabled_at IS NULL)
      \(Query.Differing.rowLock)
      """
    ).flatMap { try StaffConsent(row: $0, for: member) }
  }

  func decide(
    _ id: StaffConsent.ID, isGiven: Bool, by member: StaffMember, at now: Date
  ) throws {
    try perform(
      """
      UPDATE staff_consent
      SET decided_by = \(member.id), is_given = \(isGiven), decided_at = \(now)
      WHERE id = \(id) AND decided_at IS NULL
      """)
  }
}

extension StaffConsentQueries {
  /// Who asked and who agreed stays in the audit trail.
  func delete(askedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(of: "staff_consent", by: "asked_at", before: cutoff, atMost: count)
  }
}

extension StaffConsent {
  fileprivate init?(row: ResultRow, for member: StaffMember) throws {
    guard let act = CaseAct(rawValue: try row.value("act")),
      let customer = try? CustomerNumber(row.value("customer_number", as: String.self))
    else { return nil }
    self.init(
      id: try row.value("id"), act: act, customer: customer, maskedCustomer: customer.masked,
      value: try row.optional("value"),
      maskedValue: try row.optional("value", as: String.self)
        .flatMap { try? EmailAddress($0).masked }, askedBy: try row.value("name"),
      askedByMe: try row.value("asked_by", as: StaffMember.ID.self) == member.id,
      reason: try row.value("reason"), askedAt: try row.value("asked_at"))
  }
}
