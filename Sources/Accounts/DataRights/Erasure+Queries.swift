internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var records: RecordQueries { RecordQueries(transaction: self) }
}

/// Everything kept about one person: to show, to copy, to forget.
struct RecordQueries: TransactionPart {
  let transaction: any Transaction

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

  /// The customer's accounts, including ended ones, locked.
  func accounts(everOf customer: CustomerNumber) throws -> [Account.ID] {
    try rows(
      """
      SELECT id FROM account
      WHERE customer_number = \(customer.text) OR former_customer_number = \(customer.text)
      ORDER BY id
      \(Query.Differing.rowLock)
      """
    ).map { try $0.value("id") }
  }

  /// Customer numbers that accounts had before (D 12).
  func earlierNumbers(of accounts: [Account.ID]) throws -> [CustomerNumber] {
    guard !accounts.isEmpty else { return [] }
    let list = Query.joined(accounts.map { "\($0)" }, separator: ", ")
    return try rows(
      """
      SELECT DISTINCT old_customer_number FROM renumbering WHERE account_id IN (\(list))
      ORDER BY old_customer_number
      """
    ).map { try $0.value("old_customer_number") }
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

  /// Removes everything that names the customer; a new table that does needs a line here.
  ///
  /// - Parameter accounts: the customer's, including ended ones
  func forget(
    _ customer: CustomerNumber, as pseudonym: String, accounts: [Account.ID], at now: Date
  ) throws {
    let number = customer.text
    for account in accounts {
      if let email = try transaction.accounts.credentials(of: account)?.account.email {
        try LoginCounts.forget(email, in: transaction)
        try transaction.recoveries.delete(of: email)
      }
      _ = try transaction.accounts.close(account, passwordHash: nil, at: now)
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
    try perform("DELETE FROM staff_opening WHERE customer_number = \(number)")
    // What staff have typed may be anything of the customer's.
    try perform("UPDATE staff_session SET search = NULL WHERE search IS NOT NULL")
    try perform(
      """
      UPDATE staff_consent SET customer_number = \(pseudonym), value = NULL, reason = ''
      WHERE customer_number = \(number)
      """)
    try forgetMessages(of: number, as: pseudonym)
    try forgetRegistrations(of: number, as: pseudonym)
    try perform(
      "UPDATE audit_event SET customer_number = \(pseudonym) WHERE customer_number = \(number)")
    try perform("DELETE FROM pseudonym_salt WHERE customer_number = \(number)")
  }

  private func forgetWhatHangs(on account: Account.ID) throws {
    try perform("DELETE FROM session WHERE account_id = \(account)")
    try perform("DELETE FROM known_device WHERE account_id = \(account)")
    try perform("DELETE FROM recovery WHERE account_id = \(account)")
    try perform("DELETE FROM correspondence_address WHERE account_id = \(account)")
    try perform("DELETE FROM address_change WHERE account_id = \(account)")
    try perform("DELETE FROM address_undo WHERE account_id = \(account)")
    // That it was locked stays; what staff wrote about the person does not.
    try perform(
      "UPDATE account_lock SET reason = '' WHERE account_id = \(account)")
    try perform(
      """
      UPDATE account_lock SET end_reason = ''
      WHERE account_id = \(account) AND ended_at IS NOT NULL
      """)
    try perform("DELETE FROM renumbering WHERE account_id = \(account)")
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

  /// A finished registration stays, because an account refers to it; no cookie finds it any more.
  private func forgetRegistrations(of number: String, as pseudonym: String) throws {
    let ids = try rows("SELECT id FROM registration WHERE customer_number = \(number)")
      .map { try $0.value("id", as: Registration.ID.self) }
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
