internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A session's row, with its account.
struct SessionRow {
  let account: Account
  let createdAt: Date
  let lastUsedAt: Date
}

extension Transaction {
  func openSession(
    _ token: Token, of account: Int64, with device: Device, at now: Date
  ) throws {
    try perform(
      """
      INSERT INTO session
        (token_hash, account_id, device, created_at, last_used_at, authenticated_at)
      VALUES (\(token.hash), \(account), \(device.code), \(now), \(now), \(now))
      """)
  }

  func session(_ token: Token) throws -> SessionRow? {
    try row(
      """
      SELECT account.id, account.customer_number, account.email_shown, account.email_confirmed_at,
             account.language, session.created_at, session.last_used_at
      FROM session JOIN account ON account.id = session.account_id
      WHERE session.token_hash = \(token.hash) AND session.ended_at IS NULL
        AND account.closed_at IS NULL
      """
    ).map { row in
      SessionRow(
        account: try Account(row: row), createdAt: try row.value("created_at"),
        lastUsedAt: try row.value("last_used_at"))
    }
  }

  func touchSession(_ token: Token, at now: Date) throws {
    try perform(
      "UPDATE session SET last_used_at = \(now) WHERE token_hash = \(token.hash)")
  }

  /// Ends a session.
  ///
  /// - Returns: whether it was open.
  func endSession(hash: [UInt8], at now: Date) throws -> Bool {
    try execute(
      "UPDATE session SET ended_at = \(now) WHERE token_hash = \(hash) AND ended_at IS NULL") == 1
  }

  /// Ends every session of an account, but the one that is spared.
  ///
  /// - Returns: how many were open.
  @discardableResult
  func endSessions(of account: Int64, sparing token: Token? = nil, at now: Date) throws -> Int {
    let spared = token?.hash ?? []
    return try execute(
      """
      UPDATE session SET ended_at = \(now)
      WHERE account_id = \(account) AND ended_at IS NULL AND token_hash <> \(spared)
      """)
  }

  /// Ends open sessions, whoever they are of, in the order of their hashes.
  ///
  /// - Returns: the hashes of those that were ended.
  func endOpenSessions(
    after hash: [UInt8], atMost count: Int, at now: Date
  ) throws -> [[UInt8]] {
    let hashes = try rows(
      """
      SELECT token_hash FROM session
      WHERE token_hash > \(hash) AND ended_at IS NULL
      ORDER BY token_hash
      LIMIT \(count)
      """
    ).map { try $0.value("token_hash", as: [UInt8].self) }
    guard let last = hashes.last else { return [] }
    try perform(
      """
      UPDATE session SET ended_at = \(now)
      WHERE token_hash > \(hash) AND token_hash <= \(last) AND ended_at IS NULL
      """)
    return hashes
  }

  /// Ends a session that its owner has no more use for; one that is over already stays as it is.
  func logOut(_ token: Token, at now: Date) throws {
    guard let session = try session(token), try endSession(hash: token.hash, at: now)
    else { return }
    try record(
      AuditEvent(
        kind: .loggedOut, customer: session.account.customer, account: session.account.id),
      at: now)
  }

  // MARK: Pauses between logins

  /// How fast a user name may be tried, locked.
  func throttle(ofUserName hash: [UInt8]) throws -> LoginThrottle {
    let row =
      switch dialect {
      case .sqlite:
        try row(
          """
          SELECT failures_in_a_row, last_failure_at FROM login_throttle
          WHERE user_name_hash = \(hash)
          """)
      // The row must exist to be locked.
      case .postgres:
        try row(
          """
          INSERT INTO login_throttle (user_name_hash, failures_in_a_row, last_failure_at)
          VALUES (\(hash), 0, 0)
          ON CONFLICT (user_name_hash)
          DO UPDATE SET failures_in_a_row = login_throttle.failures_in_a_row
          RETURNING failures_in_a_row, last_failure_at
          """)
      }
    guard let row else { return LoginThrottle() }
    return LoginThrottle(
      failuresInARow: try row.value("failures_in_a_row"),
      lastFailureAt: try row.value("last_failure_at"))
  }

  func save(_ throttle: LoginThrottle, ofUserName hash: [UInt8]) throws {
    try perform(
      """
      INSERT INTO login_throttle (user_name_hash, failures_in_a_row, last_failure_at)
      VALUES (\(hash), \(throttle.failuresInARow), \(throttle.lastFailureAt))
      ON CONFLICT (user_name_hash)
      DO UPDATE SET failures_in_a_row = excluded.failures_in_a_row,
                    last_failure_at = excluded.last_failure_at
      """)
  }

  /// Counts a try before anybody compares the password, unless the user name has to wait.
  ///
  /// - Returns: whether the try may be made.
  func countTry(ofUserName hash: [UInt8], at now: Date, limits: Limits) throws -> Bool {
    var throttle = try throttle(ofUserName: hash)
    guard throttle.isOpen(at: now, limits: limits) else { return false }
    throttle.failed(at: now)
    try save(throttle, ofUserName: hash)
    return true
  }

  /// Takes back what was counted before the comparison, when there was no comparison.
  func takeBackFailure(ofUserName hash: [UInt8]) throws {
    var throttle = try throttle(ofUserName: hash)
    throttle.takeBack()
    try save(throttle, ofUserName: hash)
  }

  func forgetThrottle(ofUserName hash: [UInt8]) throws {
    try perform("DELETE FROM login_throttle WHERE user_name_hash = \(hash)")
  }
}
