internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var registerCopies: RegisterCopyQueries { RegisterCopyQueries(transaction: self) }
}

/// The copies of customers, where an import would put them.
struct RegisterCopyQueries: TransactionPart {
  let transaction: any Transaction

  /// Replaces all that is known of a customer.
  func keep(_ record: RegisterRecord, at now: Date) throws {
    let customer = record.customer
    // First, since it makes others wait who keep the same customer.
    try mark(customer.number, at: now)
    try perform(
      """
      INSERT INTO register_customer
        (generation, customer_number, name, sms_number, email, status, name_key)
      VALUES (\(Query.registerInUse), \(customer.number.text), \(customer.name),
              \(customer.smsNumber?.e164), \(customer.email?.address),
              \(customer.status.rawValue), \(NameKey.stored(of: customer.name)))
      ON CONFLICT (generation, customer_number) DO UPDATE
      SET name = excluded.name, sms_number = excluded.sms_number, email = excluded.email,
          status = excluded.status, name_key = excluded.name_key
      """)
    try deleteBelongings(of: customer.number)
    for number in record.oldNumbers {
      try perform(
        """
        INSERT INTO register_old_number (generation, old_number, customer_number)
        VALUES (\(Query.registerInUse), \(number.text), \(customer.number.text))
        ON CONFLICT (generation, old_number, customer_number) DO NOTHING
        """)
    }
    for policy in record.policies {
      try perform(
        """
        INSERT INTO register_policy
          (generation, policy_number, written_number, customer_number, product, status,
           valid_from, valid_to)
        VALUES (\(Query.registerInUse), \(try PolicyNumber(policy.number).text), \(policy.number),
                \(customer.number.text), \(policy.product), \(policy.status),
                \(policy.validFrom), \(policy.validTo))
        ON CONFLICT (generation, policy_number) DO UPDATE
        SET written_number = excluded.written_number, customer_number = excluded.customer_number,
            product = excluded.product, status = excluded.status,
            valid_from = excluded.valid_from, valid_to = excluded.valid_to
        """)
    }
  }

  /// The register no longer knows a customer.
  func miss(_ customer: CustomerNumber, at now: Date) throws {
    try mark(customer, at: now)
    try deleteBelongings(of: customer)
    try perform(
      """
      DELETE FROM register_customer
      WHERE generation = \(Query.registerInUse) AND customer_number = \(customer.text)
      """)
  }

  private func deleteBelongings(of customer: CustomerNumber) throws {
    for table in ["register_old_number", "register_policy"] as [Query] {
      try perform(
        """
        DELETE FROM \(table)
        WHERE generation = \(Query.registerInUse) AND customer_number = \(customer.text)
        """)
    }
  }

  /// The register was asked, whatever it said.
  func mark(_ customer: CustomerNumber, at now: Date) throws {
    try perform(
      """
      INSERT INTO register_copy (customer_number, asked_at) VALUES (\(customer.text), \(now))
      ON CONFLICT (customer_number) DO UPDATE SET asked_at = excluded.asked_at
      """)
  }

  /// The same for one of several who may have asked at the same moment.
  ///
  /// - Returns: whether nobody has written down a fresh answer before
  func claim(_ customer: CustomerNumber, at now: Date, freshSeconds: Double) throws -> Bool {
    try execute(
      """
      INSERT INTO register_copy (customer_number, asked_at) VALUES (\(customer.text), \(now))
      ON CONFLICT (customer_number) DO UPDATE SET asked_at = excluded.asked_at
      WHERE register_copy.asked_at <= \(now.addingTimeInterval(-freshSeconds))
        OR register_copy.asked_at >= \(now.addingTimeInterval(freshSeconds))
      """) == 1
  }

  /// When the register last answered about a customer.
  func askedAt(_ customer: CustomerNumber) throws -> Date? {
    try row("SELECT asked_at FROM register_copy WHERE customer_number = \(customer.text)")?
      .value("asked_at")
  }

  /// Forgets copies of people who never became users.
  func forgetStrangers(askedBefore cutoff: Date, atMost count: Int) throws -> Int {
    let strangers: [CustomerNumber] = try rows(
      """
      SELECT customer_number FROM register_copy
      WHERE asked_at < \(cutoff)
        AND NOT EXISTS (
          SELECT account.id FROM account
          WHERE account.customer_number = register_copy.customer_number
        )
      ORDER BY asked_at
      LIMIT \(count)
      """
    ).map { try $0.value("customer_number") }
    for customer in strangers {
      try deleteBelongings(of: customer)
      try perform("DELETE FROM register_customer WHERE customer_number = \(customer.text)")
      try perform("DELETE FROM register_copy WHERE customer_number = \(customer.text)")
    }
    return strangers.count
  }
}
