internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A session's row, with its account.
struct SessionRow {
  let account: Account
  let createdAt: Date
  let lastUsedAt: Date
  /// The customer's name in the register; empty for who has left it.
  let name: String
  let proof: SessionProof
}

/// What has proven that a session is its owner's.
struct SessionProof {
  /// When the password was entered.
  let authenticatedAt: Date
  /// Whether the account had never been used with the browser before, except for its first.
  let isNewBrowser: Bool
  /// When something else has proven it since; `nil` as long as nothing has.
  let provenAt: Date?

  /// Whether it is enough for what a thief would do first (ASVS 7.5.3).
  func isEnough(at now: Date, limits: Limits) -> Bool {
    func isYoung(_ instant: Date, _ seconds: Int) -> Bool {
      now.timeIntervalSince(instant) < Double(seconds)
    }
    if let provenAt, isYoung(provenAt, limits.stepUpForSeconds) { return true }
    return !isNewBrowser && isYoung(authenticatedAt, limits.stepUpAfterSeconds)
  }
}

extension Transaction {
  var sessions: SessionQueries { SessionQueries(transaction: self) }
}

/// Sessions of accounts.
struct SessionQueries: TransactionPart {
  let transaction: any Transaction

  func open(
    _ token: Token, of account: Account.ID, with device: Device, inNewBrowser isNew: Bool,
    at now: Date
  ) throws {
    try perform(
      """
      INSERT INTO session
        (token_hash, account_id, device, created_at, last_used_at, authenticated_at,
         is_new_browser)
      VALUES (\(token.hash), \(account), \(device.code), \(now), \(now), \(now), \(isNew))
      """)
  }

  func session(_ token: Token) throws -> SessionRow? {
    try row(
      """
      SELECT \(Account.columns), session.created_at, session.last_used_at,
             COALESCE(session.authenticated_at, session.created_at) AS authenticated_at,
             session.is_new_browser, session.proven_at,
             (SELECT named.name FROM register_customer AS named
              WHERE named.generation = \(Query.registerInUse)
                AND named.customer_number = account.customer_number) AS owner_name
      FROM session JOIN account ON account.id = session.account_id
      WHERE session.token_hash = \(token.hash) AND session.ended_at IS NULL
        AND account.closed_at IS NULL
      """
    ).map { row in
      SessionRow(
        account: try Account(row: row), createdAt: try row.value("created_at"),
        lastUsedAt: try row.value("last_used_at"), name: try row.optional("owner_name") ?? "",
        proof: try SessionProof(row: row))
    }
  }

  func touch(_ token: Token, at now: Date) throws {
    try perform(
      "UPDATE session SET last_used_at = \(now) WHERE token_hash = \(token.hash)")
  }

  /// Ends a session.
  ///
  /// - Returns: whether it was open.
  func end(hash: [UInt8], at now: Date) throws -> Bool {
    try execute(
      "UPDATE session SET ended_at = \(now) WHERE token_hash = \(hash) AND ended_at IS NULL") == 1
  }

  /// Ends every session of an account except the one spared.
  ///
  /// - Returns: how many were open.
  @discardableResult
  func endAll(of account: Account.ID, sparing token: Token? = nil, at now: Date) throws -> Int {
    let spared = token?.hash ?? []
    return try execute(
      """
      UPDATE session SET ended_at = \(now)
      WHERE account_id = \(account) AND ended_at IS NULL AND token_hash <> \(spared)
      """)
  }

  /// Ends every open session of everybody.
  ///
  /// - Returns: how many there were.
  func endOpen(at now: Date) throws -> Int {
    try execute("UPDATE session SET ended_at = \(now) WHERE ended_at IS NULL")
  }

  /// Ends open sessions of any account, in the order of their hashes.
  ///
  /// - Returns: the hashes of those that were ended.
  func endOpen(
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

  /// Ends a session at its owner's wish; one that is already over stays as it is.
  func logOut(_ token: Token, at now: Date) throws {
    guard let session = try session(token), try end(hash: token.hash, at: now)
    else { return }
    try transaction.record(
      AuditEvent(
        kind: .loggedOut, customer: session.account.customer, account: session.account.id),
      at: now)
  }

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

  /// All recorded sessions of an account, most recently used first.
  func all(of account: Account.ID) throws -> [SessionOfAccount] {
    try rows(
      """
      SELECT token_hash, device, created_at, last_used_at, ended_at FROM session
      WHERE account_id = \(account)
      ORDER BY last_used_at DESC, created_at DESC, token_hash
      """
    ).map { row in
      SessionOfAccount(
        tokenHash: try row.value("token_hash"), device: Device(code: try row.value("device")),
        createdAt: try row.value("created_at"), lastUsedAt: try row.value("last_used_at"),
        isEnded: try row.optional("ended_at", as: Date.self) != nil)
    }
  }
}

extension SessionProof {
  /// From `authenticated_at`, `is_new_browser` and `proven_at`.
  init(row: ResultRow) throws {
    self.init(
      authenticatedAt: try row.value("authenticated_at"),
      isNewBrowser: try row.value("is_new_browser"), provenAt: try row.optional("proven_at"))
  }
}
