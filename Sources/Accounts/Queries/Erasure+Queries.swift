internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// What is left of a customer, and how it is taken away.
extension Transaction {
  /// Whether anything here still names the customer.
  func knows(_ customer: CustomerNumber) throws -> Bool {
    let number = customer.text
    let row = try row(
      """
      SELECT
        (SELECT COUNT(*) FROM account
         WHERE customer_number = \(number) OR former_customer_number = \(number))
        + (SELECT COUNT(*) FROM registration WHERE customer_number = \(number))
        + (SELECT COUNT(*) FROM message WHERE customer_number = \(number))
        + (SELECT COUNT(*) FROM audit_event WHERE customer_number = \(number)) AS count
      """)
    return try (row?.value("count") ?? 0) > 0
  }

  /// The customer's accounts, the ended ones too, locked.
  func accounts(everOf customer: CustomerNumber) throws -> [Int64] {
    try rows(
      """
      SELECT id FROM account
      WHERE customer_number = \(customer.text) OR former_customer_number = \(customer.text)
      ORDER BY id
      \(Query.Differing.rowLock)
      """
    ).map { try $0.value("id") }
  }

  func insertTombstone(_ pseudonym: String, by staff: String, at now: Date) throws {
    try perform(
      """
      INSERT INTO erasure (pseudonym, erased_at, erased_by)
      VALUES (\(pseudonym), \(now), \(staff))
      ON CONFLICT DO NOTHING
      """)
  }

  func tombstones() throws -> [Records.Tombstone] {
    try rows("SELECT pseudonym, erased_at, erased_by FROM erasure ORDER BY erased_at, pseudonym")
      .map { row in
        Records.Tombstone(
          pseudonym: try row.value("pseudonym"), erasedAt: try row.value("erased_at"),
          erasedBy: try row.value("erased_by"))
      }
  }

  func salts(after customer: String, atMost count: Int) throws -> [(String, [UInt8])] {
    try rows(
      """
      SELECT customer_number, salt FROM pseudonym_salt
      WHERE customer_number > \(customer)
      ORDER BY customer_number
      LIMIT \(count)
      """
    ).map { (try $0.value("customer_number"), try $0.value("salt")) }
  }

  /// Takes away all that names the customer; a table that comes to name customers has a line here.
  ///
  /// - Parameter accounts: the customer's, the ended ones too
  func forget(
    _ customer: CustomerNumber, as pseudonym: String, accounts: [Int64], at now: Date
  ) throws {
    let number = customer.text
    for account in accounts {
      if let email = try credentials(of: account)?.account.email {
        try forgetThrottle(ofUserName: sha256(Array(email.canonical.utf8)))
      }
      _ = try close(account, passwordHash: nil, at: now)
      try perform("UPDATE account SET former_customer_number = \(pseudonym) WHERE id = \(account)")
      try forgetWhatHangs(on: account)
      try perform(
        """
        UPDATE data_request SET done_at = \(now)
        WHERE account_id = \(account) AND done_at IS NULL
        """)
    }
    try perform(
      """
      UPDATE handover SET customer_number = \(pseudonym), old_value = NULL, new_value = NULL
      WHERE customer_number = \(number)
      """)
    try perform("DELETE FROM sms_step WHERE customer_number = \(number)")
    try forgetMessages(of: number, as: pseudonym)
    try forgetRegistrations(of: number, as: pseudonym)
    try perform(
      "UPDATE audit_event SET customer_number = \(pseudonym) WHERE customer_number = \(number)")
    try perform("DELETE FROM pseudonym_salt WHERE customer_number = \(number)")
  }

  private func forgetWhatHangs(on account: Int64) throws {
    try perform("DELETE FROM session WHERE account_id = \(account)")
    try perform("DELETE FROM known_device WHERE account_id = \(account)")
    try perform("DELETE FROM recovery WHERE account_id = \(account)")
    try perform("DELETE FROM correspondence_address WHERE account_id = \(account)")
    try perform("DELETE FROM address_change WHERE account_id = \(account)")
    try perform("DELETE FROM address_undo WHERE account_id = \(account)")
  }

  private func forgetMessages(of number: String, as pseudonym: String) throws {
    try perform(
      """
      UPDATE message
      SET state = 'cancelled', lease_token = NULL
      WHERE customer_number = \(number) AND state IN ('queued', 'leased')
      """)
    try perform(
      """
      UPDATE message
      SET recipient = '', subject = '', body = NULL, problem = NULL,
          customer_number = \(pseudonym)
      WHERE customer_number = \(number)
      """)
  }

  /// A finished registration stays, because an account hangs on it; no cookie finds it any more.
  private func forgetRegistrations(of number: String, as pseudonym: String) throws {
    let ids = try rows("SELECT id FROM registration WHERE customer_number = \(number)")
      .map { try $0.value("id", as: Int64.self) }
    for id in ids {
      try perform("DELETE FROM registration_declaration WHERE registration_id = \(id)")
      try perform(
        """
        UPDATE registration
        SET step = CASE step WHEN 'finished' THEN step ELSE 'identification' END,
            customer_number = CASE step WHEN 'finished' THEN \(pseudonym) ELSE NULL END,
            stop = NULL, email = NULL, code_nonce = NULL, code_prefix = NULL,
            code_expires_at = NULL, code_sent_at = NULL, code_tries_left = NULL,
            token_hash = \(Array("forgotten/\(id)".utf8)), previous_token_hash = NULL
        WHERE id = \(id)
        """)
    }
  }
}
