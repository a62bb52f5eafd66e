internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A forgotten password on its way to a new one.
struct Recovery {
  let id: Int64
  let email: EmailAddress
  /// `nil` for a decoy, which no code fits.
  let account: Int64?
  let language: Language
  let expiresAt: Date
  let usedAt: Date?
  var challenge: Challenge

  func isExpired(at now: Date) -> Bool { now >= expiresAt }
}

private let columns: Query = """
  id, email, account_id, language, expires_at, used_at, code_nonce, code_prefix, code_expires_at,
  code_sent_at, code_tries_left
  """

extension Transaction {
  /// The recovery that a cookie names, locked when a write is to follow.
  func recovery(_ token: Token, locking: Bool) throws -> Recovery? {
    try row(
      """
      SELECT \(columns) FROM recovery WHERE token_hash = \(token.hash)
      \(locking ? Query.Differing.rowLock : .nothing)
      """
    ).map(Recovery.init(row:))
  }

  /// The account of an address, if it has one, locked: two who ask for its code at once take turns.
  func accountToRecover(named email: EmailAddress) throws -> Account? {
    try row(
      """
      SELECT id, customer_number, email_shown, email_confirmed_at, language
      FROM account WHERE email = \(email.canonical) \(Query.Differing.rowLock)
      """
    ).map(Account.init(row:))
  }

  /// An account with its password as it is now, locked, so that one change of it at a time is made.
  func credentialsToChange(of account: Int64) throws -> Credentials? {
    try row(
      """
      SELECT id, customer_number, email_shown, email_confirmed_at, language, password_hash
      FROM account WHERE id = \(account) AND closed_at IS NULL \(Query.Differing.rowLock)
      """
    ).map { row in
      Credentials(account: try Account(row: row), passwordHash: try row.value("password_hash"))
    }
  }

  func open(
    _ token: Token, for email: EmailAddress, account: Int64?, _ challenge: Challenge,
    in language: Language, expiring expiresAt: Date
  ) throws {
    try perform(
      """
      INSERT INTO recovery
        (token_hash, email, account_id, language, expires_at, code_nonce, code_prefix,
         code_expires_at, code_sent_at, code_tries_left)
      VALUES
        (\(token.hash), \(email.address), \(account), \(language.rawValue), \(expiresAt),
         \(challenge.nonce), \(challenge.prefix), \(challenge.expiresAt), \(challenge.sentAt),
         \(challenge.triesLeft))
      """)
  }

  /// Makes decoys of an account's recoveries: their codes fit no more.
  ///
  /// For a newer one, a new password and a new address. The page of who has begun one says nothing
  /// of it, so that nobody learns by it what the owner of an address does.
  func killRecoveries(of account: Int64?) throws {
    try perform(
      """
      UPDATE recovery SET account_id = NULL
      WHERE account_id = \(account) AND used_at IS NULL
      """)
  }

  func save(_ challenge: Challenge, of recovery: Recovery, account: Int64?) throws {
    try perform(
      """
      UPDATE recovery
      SET account_id = \(account), code_nonce = \(challenge.nonce),
          code_prefix = \(challenge.prefix), code_expires_at = \(challenge.expiresAt),
          code_sent_at = \(challenge.sentAt), code_tries_left = \(challenge.triesLeft)
      WHERE id = \(recovery.id)
      """)
  }

  /// Uses a recovery up.
  ///
  /// - Returns: whether it was this call that did: the code is still the one that was typed, and
  ///   has not been used.
  func use(_ recovery: Recovery, at now: Date) throws -> Bool {
    try execute(
      """
      UPDATE recovery SET used_at = \(now)
      WHERE id = \(recovery.id) AND account_id = \(recovery.account) AND used_at IS NULL
        AND code_nonce = \(recovery.challenge.nonce) AND code_tries_left > 0
      """) == 1
  }

  /// Deletes recoveries that are over; what came of them is in the audit trail.
  func deleteRecoveries(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM recovery
      WHERE id IN (
        SELECT id FROM recovery WHERE expires_at < \(cutoff) ORDER BY expires_at LIMIT \(count)
      )
      """)
  }

  // MARK: What a new password means for the logins

  /// Gives an open session another token (ASVS 7.2.4).
  ///
  /// - Returns: whether the session was still open.
  func replace(_ token: Token, by successor: Token) throws -> Bool {
    try execute(
      """
      UPDATE session SET token_hash = \(successor.hash)
      WHERE token_hash = \(token.hash) AND ended_at IS NULL
      """) == 1
  }
}

extension Recovery {
  fileprivate init(row: ResultRow) throws {
    guard let challenge = try Challenge(row: row) else {
      throw ColumnFault(column: "code_nonce", expected: "bytes", found: .null)
    }
    self.init(
      id: try row.value("id"), email: try row.value("email"),
      account: try row.optional("account_id"), language: try row.value("language"),
      expiresAt: try row.value("expires_at"), usedAt: try row.optional("used_at"),
      challenge: challenge)
  }
}
