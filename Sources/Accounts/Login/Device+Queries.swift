internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// One login of an account, as the list of them needs it.
struct SessionOfAccount {
  let tokenHash: [UInt8]
  let device: Device
  let createdAt: Date
  let lastUsedAt: Date
  let isEnded: Bool

  /// What the page calls the session: derived from the token's hash, which it does not reveal.
  var name: String {
    hexadecimal(Array(sha256(Array("session name".utf8) + tokenHash).prefix(16)))
  }

  func isAlive(at now: Date, limits: Limits) -> Bool {
    !isEnded
      && now.timeIntervalSince(lastUsedAt) < Double(limits.sessionIdleSeconds)
      && now.timeIntervalSince(createdAt) < Double(limits.sessionAbsoluteSeconds)
  }
}

/// Whether an account has been used with a browser before.
enum Recognition {
  case known
  /// The first browser that the account has ever been used with.
  case first
  case new
}

extension Transaction {
  var devices: DeviceQueries { DeviceQueries(transaction: self) }
}

/// Browsers that accounts have been used with, and what was done with them.
struct DeviceQueries: TransactionPart {
  let transaction: any Transaction

  // MARK: Browsers

  /// The accounts that have been used with a browser.
  func accounts(usedWith browser: Token) throws -> Set<Account.ID> {
    Set(
      try rows("SELECT account_id FROM known_device WHERE token_hash = \(browser.hash)")
        .map { try $0.value("account_id") })
  }

  /// Whether the account with a user name has been used with a browser.
  func isKnown(_ browser: Token, to userName: EmailAddress) throws -> Bool {
    try row(
      """
      SELECT 1 AS one FROM known_device JOIN account ON account.id = known_device.account_id
      WHERE known_device.token_hash = \(browser.hash) AND account.email = \(userName.canonical)
      """) != nil
  }

  /// The hashes of the names of all browsers that the account with a user name has been used with,
  /// in one order for everybody who locks what belongs to them.
  func browsers(knownTo userName: EmailAddress) throws -> [[UInt8]] {
    try rows(
      """
      SELECT known_device.token_hash
      FROM known_device JOIN account ON account.id = known_device.account_id
      WHERE account.email = \(userName.canonical) ORDER BY known_device.token_hash
      """
    ).map { try $0.value("token_hash") }
  }

  /// Forgets all browsers of an account: one of them may be a thief's.
  func forget(of account: Account.ID) throws {
    try perform("DELETE FROM known_device WHERE account_id = \(account)")
  }

  /// Records that an account, which is locked, is used with a browser that had a name before.
  ///
  /// - Parameter most: how many browsers to remember; the one unused longest is forgotten
  func recognise(
    _ browser: Token, of account: Account.ID, remembering most: Int, at now: Date
  ) throws -> Recognition {
    let known = try execute(
      """
      UPDATE known_device SET last_seen_at = \(now)
      WHERE token_hash = \(browser.hash) AND account_id = \(account)
      """)
    guard known == 0 else { return .known }
    return try remember(browser, of: account, atMost: most, at: now)
  }

  /// The same for a browser that has just been given its name.
  func remember(
    _ browser: Token, of account: Account.ID, atMost most: Int, at now: Date
  ) throws -> Recognition {
    let others =
      try row(
        """
        INSERT INTO known_device (token_hash, account_id, last_seen_at)
        VALUES (\(browser.hash), \(account), \(now))
        RETURNING (
          SELECT COUNT(*) FROM known_device AS other
          WHERE other.account_id = \(account) AND other.token_hash <> \(browser.hash)
        ) AS others
        """)?.value("others", as: Int.self) ?? 0
    guard others > 0 else { return .first }
    guard others >= most else { return .new }
    try perform(
      """
      DELETE FROM known_device
      WHERE account_id = \(account) AND token_hash NOT IN (
        SELECT token_hash FROM known_device WHERE account_id = \(account)
        ORDER BY last_seen_at DESC, token_hash
        LIMIT \(most)
      )
      """)
    return .new
  }

  /// Forgets browsers, but never an account's newest: a stranger's must still stand out.
  func delete(seenBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM known_device
      WHERE (token_hash, account_id) IN (
        SELECT old.token_hash, old.account_id FROM known_device AS old
        WHERE old.last_seen_at < \(cutoff) AND EXISTS (
          SELECT 1 FROM known_device AS newer
          WHERE newer.account_id = old.account_id
            AND (newer.last_seen_at, newer.token_hash) > (old.last_seen_at, old.token_hash)
        )
        ORDER BY old.last_seen_at
        LIMIT \(count)
      )
      """)
  }

  // MARK: What happened

  private static func begin(of session: Token?) -> Query {
    "(SELECT created_at FROM session WHERE token_hash = \(session?.hash ?? []))"
  }

  /// When an account was last logged in to before an instant, and with what.
  ///
  /// - Parameter session: if it exists, the login before the one that opened it
  func login(
    of account: Account.ID, before instant: Date, orThatOf session: Token? = nil
  ) throws -> (at: Date, device: Device)? {
    try row(Self.login(of: account, before: instant, orThatOf: session)).map { row in
      (try row.value("at"), Device(code: try row.optional("detail") ?? ""))
    }
  }

  static func login(
    of account: Account.ID, before instant: Date, orThatOf session: Token?
  ) -> Query {
    """
    SELECT at, detail FROM audit_event
    WHERE account_id = \(account) AND kind = 'logged_in'
      AND at < COALESCE(\(begin(of: session)), \(instant))
    ORDER BY id DESC
    LIMIT 1
    """
  }

  /// How many logins of an account have failed since an instant, at most a thousand.
  func failedLogins(of account: Account.ID, since instant: Date?) throws -> Int {
    let start = instant ?? .distantPast
    return try row(Self.failedLogins(of: account, since: "\(start)"))?.value("failures") ?? 0
  }

  static func failedLogins(of account: Account.ID, since instant: Query) -> Query {
    """
    SELECT COUNT(*) AS failures FROM (
      SELECT id FROM audit_event
      WHERE account_id = \(account) AND kind = 'login_failed' AND at > \(instant)
      LIMIT 1000
    ) AS failure
    """
  }

  /// Logins from new browsers since an instant, newest first, except the one that opened a session.
  func new(
    of account: Account.ID, since instant: Date, exceptThatOf session: Token?
  ) throws -> [(at: Date, device: Device)] {
    try rows(
      """
      SELECT at, detail FROM audit_event
      WHERE account_id = \(account) AND kind = 'new_device' AND at >= \(instant)
        AND at <> COALESCE(\(Self.begin(of: session)), 0)
      ORDER BY id DESC
      LIMIT 10
      """
    ).map { row in
      (try row.value("at"), Device(code: try row.optional("detail") ?? ""))
    }
  }

  /// What an account's owner may read in the trail about it, newest first.
  func activities(of account: Account.ID, since instant: Date, atMost count: Int) throws
    -> [Activity]
  {
    let kinds = AuditEvent.Kind.allCases.filter { Activity.Kind($0) != nil }.map { kind -> Query in
      "\(kind.rawValue)"
    }
    return try rows(
      """
      SELECT at, kind, detail FROM audit_event
      WHERE account_id = \(account) AND at >= \(instant)
        AND kind IN (\(Query.joined(kinds, separator: ", ")))
      ORDER BY id DESC
      LIMIT \(count)
      """
    ).compactMap { row in
      guard let event = AuditEvent.Kind(rawValue: try row.value("kind")),
        let kind = Activity.Kind(event)
      else { return nil }
      return Activity(
        at: try row.value("at"), kind: kind,
        device: event.tellsDevice ? Device(code: try row.optional("detail") ?? "") : .unknown)
    }
  }
}
