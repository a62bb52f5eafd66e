internal import Cryptography
internal import Domain
internal import Persistence

/// Where staff look for somebody, by whatever the caller says.
struct CaseSearchQueries: TransactionPart {
  let transaction: any Transaction

  /// A registration by its case number, and whose it is, as far as that is known.
  func registration(_ number: CaseNumber) throws -> (Registration.ID, CustomerNumber?)? {
    // A claim that did not match names the customer whose number was typed.
    try row(
      """
      SELECT id, COALESCE(customer_number, (
        SELECT audit_event.customer_number FROM audit_event
        WHERE audit_event.registration_id = registration.id
          AND audit_event.customer_number IS NOT NULL
        ORDER BY audit_event.id DESC
        LIMIT 1
      )) AS customer_number
      FROM registration WHERE case_number = \(number.text)
      """
    ).map { row in
      // An erased customer's pseudonym is no number.
      let customer = try row.optional("customer_number", as: String.self)
      return (try row.value("id"), customer.flatMap { try? CustomerNumber($0) })
    }
  }

  func customers(texted number: PhoneNumber, atMost count: Int) throws -> [RegisteredCustomer] {
    try customers(with: "sms_number = \(number.e164)", atMost: count)
  }

  func customers(writtenTo email: EmailAddress, atMost count: Int) throws -> [RegisteredCustomer] {
    let key = Query(stringLiteral: Schema.emailKey(dialect))
    return try customers(
      with: "\(key) = \(email.canonical) AND email IS NOT NULL", atMost: count)
  }

  /// The few who share something, in the order of their numbers.
  ///
  /// They are found before they are put in order: a planner that wants both from one index goes
  /// through the whole register by its key.
  private func customers(with condition: Query, atMost count: Int) throws -> [RegisteredCustomer] {
    try rows(
      """
      WITH found AS MATERIALIZED (
        SELECT customer_number, name, sms_number, email, status FROM register_customer
        WHERE generation = \(Query.registerInUse) AND \(condition)
      )
      SELECT customer_number, name, sms_number, email, status FROM found
      ORDER BY customer_number
      LIMIT \(count)
      """
    ).map(RegisteredCustomer.init(row:))
  }

  /// Those whose folded name begins like this, in the order of their names; who have the same one
  /// come as the index has them, as thousands would have to be put in order otherwise.
  func customers(named beginning: NameKey, atMost count: Int) throws -> [RegisteredCustomer] {
    let key = Query(stringLiteral: Schema.nameKey(dialect))
    // Nothing that a name can hold sorts behind the last code point.
    let end = beginning.text + "\u{10FFFF}"
    return try rows(
      """
      SELECT customer_number, name, sms_number, email, status FROM register_customer
      WHERE generation = \(Query.registerInUse)
        AND \(key) >= \(beginning.text) AND \(key) < \(end)
      ORDER BY \(key)
      LIMIT \(count)
      """
    ).map(RegisteredCustomer.init(row:))
  }
}
