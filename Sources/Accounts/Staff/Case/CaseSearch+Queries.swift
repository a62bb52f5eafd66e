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

  /// Names of a part that are compared with what was typed, so that nobody waits for thousands. In
  /// a register that has õ wherever ő was meant, some may be passed by; who types õ finds them.
  private static let mostCompared = 2_000

  /// Those whose name begins like this, in the order of their names within each part of the index.
  func customers(named beginning: NameKey, atMost count: Int) throws -> [RegisteredCustomer] {
    var found: [RegisteredCustomer] = []
    for part in beginning.parts where found.count < count {
      let candidates = try customers(
        in: part, atMost: part.isWhole ? count : Self.mostCompared)
      for customer in candidates where beginning.begins(customer.name) {
        if !found.contains(where: { $0.number == customer.number }) { found.append(customer) }
      }
    }
    return Array(found.prefix(count))
  }

  /// Who have the same name come as the index has them, as thousands would have to be put in order
  /// otherwise.
  private func customers(
    in part: NameKey.Part, atMost count: Int
  ) throws -> [RegisteredCustomer] {
    let key = Query(stringLiteral: Schema.nameKey(dialect))
    return try rows(
      """
      SELECT customer_number, name, sms_number, email, status FROM register_customer
      WHERE generation = \(Query.registerInUse)
        AND \(key) >= \(part.low) AND \(key) < \(part.high)
      ORDER BY \(key)
      LIMIT \(count)
      """
    ).map(RegisteredCustomer.init(row:))
  }
}
