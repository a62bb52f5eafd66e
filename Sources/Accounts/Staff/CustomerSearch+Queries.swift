internal import Domain
internal import Persistence

/// Where numbers are looked for.
struct CustomerSearchQueries: TransactionPart {
  let transaction: any Transaction

  /// A registration's case, or one of a login that the call centre has to explain.
  func customer(ofCase number: CaseNumber) throws -> CustomerNumber? {
    let registration = try row(
      "SELECT customer_number FROM registration WHERE case_number = \(number.text)")
    if let registration {
      return try registration.optional("customer_number", as: String.self)
        .flatMap { try? CustomerNumber($0) }
    }
    return try row(
      """
      SELECT account.customer_number AS customer_number
      FROM audit_event JOIN account ON account.id = audit_event.account_id
      WHERE audit_event.kind = 'login_held' AND audit_event.detail = \(number.text)
      """)?.optional("customer_number", as: String.self).flatMap { try? CustomerNumber($0) }
  }

  func isKnown(_ customer: CustomerNumber) throws -> Bool {
    if try transaction.records.knows(customer) { return true }
    return try row("SELECT 1 AS one FROM sms_step WHERE customer_number = \(customer.text)") != nil
  }

  func customer(renumberedFrom old: CustomerNumber) throws -> CustomerNumber? {
    try row(
      """
      SELECT account.customer_number AS customer_number
      FROM renumbering JOIN account ON account.id = renumbering.account_id
      WHERE renumbering.old_customer_number = \(old.text)
      ORDER BY renumbering.at DESC
      LIMIT 1
      """)?.optional("customer_number", as: String.self).flatMap { try? CustomerNumber($0) }
  }
}
