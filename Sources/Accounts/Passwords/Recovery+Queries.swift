internal import Domain
internal import FoundationEssentials
internal import Persistence

/// What a code by e-mail opens for a user name: a new password, or a login under attack.
struct Recovery {
  enum Purpose: String {
    case password
    case login
  }

  let id: Identity<Recovery>
  let email: EmailAddress
  /// `nil` for a decoy, and for one that was killed: no code matches.
  let account: Account.ID?
  let language: Language
  let expiresAt: Date
  let usedAt: Date?
  /// Recognises the password hash of the moment that matters: the one that was entered, for a
  /// login; the one that was chosen, for a new password that has been saved.
  let passwordMark: [UInt8]?
  var challenge: Challenge

  func isExpired(at now: Date) -> Bool { now >= expiresAt }
}

/// What a new row is made of.
struct NewRecovery {
  let purpose: Recovery.Purpose
  let token: Token
  let email: EmailAddress
  /// `nil` for a decoy.
  let account: Account.ID?
  let challenge: Challenge
  let language: Language
  var passwordMark: [UInt8]?
}

private let columns: Query = """
  id, email, CASE WHEN killed_at IS NULL THEN account_id END AS account_id, language, expires_at,
  used_at, password_mark, code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left
  """

extension Transaction {
  var recoveries: RecoveryQueries { RecoveryQueries(transaction: self) }
}

/// Recoveries of forgotten passwords, and logins that need a code.
struct RecoveryQueries: TransactionPart {
  let transaction: any Transaction

  /// The recovery that a cookie names, locked if a write is to follow.
  func recovery(
    _ token: Token, for purpose: Recovery.Purpose = .password, locking: Bool
  ) throws -> Recovery? {
    try row(
      """
      SELECT \(columns) FROM recovery
      WHERE token_hash = \(token.hash) AND purpose = \(purpose.rawValue)
      \(locking ? Query.Differing.rowLock : .nothing)
      """
    ).map(Recovery.init(row:))
  }

  /// The newest code of a user name, and whether it has been used or killed.
  func newest(
    of userName: [UInt8], for purpose: Recovery.Purpose
  ) throws -> (challenge: Challenge, isDead: Bool)? {
    guard
      let row = try row(
        """
        SELECT code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left,
               CASE WHEN used_at IS NULL AND killed_at IS NULL THEN 0 ELSE 1 END AS is_dead
        FROM recovery
        WHERE user_name_hash = \(userName) AND purpose = \(purpose.rawValue)
        ORDER BY id DESC
        LIMIT 1
        """),
      let challenge = try Challenge(row: row)
    else { return nil }
    return (challenge, try row.value("is_dead"))
  }

  /// The account of an address, if any, locked: simultaneous requests for its code take turns.
  func account(named email: EmailAddress) throws -> Account? {
    try row(
      """
      SELECT \(Account.columns)
      FROM account WHERE email = \(email.canonical) \(Query.Differing.rowLock)
      """
    ).map(Account.init(row:))
  }

  func open(_ new: NewRecovery) throws {
    let challenge = new.challenge
    try perform(
      """
      INSERT INTO recovery
        (purpose, token_hash, email, user_name_hash, account_id, language, expires_at,
         password_mark, code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left)
      VALUES
        (\(new.purpose.rawValue), \(new.token.hash), \(new.email.address),
         \(SharedCodes.key(of: new.email)), \(new.account), \(new.language.rawValue),
         \(challenge.expiresAt), \(new.passwordMark), \(challenge.nonce), \(challenge.prefix),
         \(challenge.expiresAt), \(challenge.sentAt), \(challenge.triesLeft))
      """)
  }

  /// Turns an account's recoveries into decoys: their codes no longer match.
  ///
  /// Done for a new password, a new address and a lock. The page of a recovery does not mention
  /// it, so that it reveals nothing about what the owner of an address does. Other browsers'
  /// decoys of the same user name share the code, and must not bring it back.
  ///
  /// - Parameter purpose: `nil` for all
  func kill(
    of account: Account.ID?, for purpose: Recovery.Purpose? = nil, at now: Date
  ) throws {
    let isMeant: Query = purpose.map { "AND purpose = \($0.rawValue)" } ?? ""
    try perform(
      """
      UPDATE recovery SET killed_at = \(now)
      WHERE used_at IS NULL AND killed_at IS NULL \(isMeant) AND (
        account_id = \(account) OR user_name_hash IN (
          SELECT own.user_name_hash FROM recovery AS own WHERE own.account_id = \(account)
        )
      )
      """)
  }

  func save(_ challenge: Challenge, of recovery: Recovery, account: Account.ID?) throws {
    // A killed one stays with its account, so that an erasure finds it.
    try perform(
      """
      UPDATE recovery
      SET account_id = CASE WHEN killed_at IS NULL THEN \(account) ELSE account_id END,
          code_nonce = \(challenge.nonce),
          code_prefix = \(challenge.prefix), code_expires_at = \(challenge.expiresAt),
          code_sent_at = \(challenge.sentAt), code_tries_left = \(challenge.triesLeft)
      WHERE id = \(recovery.id)
      """)
  }

  /// Uses up a recovery.
  ///
  /// - Parameter mark: of the password hash that is the account's from now on
  /// - Returns: whether this call did: the code is still the one that was entered, and has not been
  ///   used.
  func use(_ recovery: Recovery, mark: [UInt8]?, at now: Date) throws -> Bool {
    try execute(
      """
      UPDATE recovery SET used_at = \(now), password_mark = \(mark)
      WHERE id = \(recovery.id) AND account_id = \(recovery.account) AND used_at IS NULL
        AND killed_at IS NULL AND code_nonce = \(recovery.challenge.nonce)
        AND code_tries_left > 0
      """) == 1
  }

  /// Forgets whatever was asked for an address, by its owner or by others.
  func delete(of userName: EmailAddress) throws {
    try perform("DELETE FROM recovery WHERE user_name_hash = \(SharedCodes.key(of: userName))")
  }

  /// Deletes recoveries that are over; their results are in the audit trail.
  func delete(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(of: "recovery", by: "expires_at", before: cutoff, atMost: count)
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
      passwordMark: try row.optional("password_mark"), challenge: challenge)
  }
}
