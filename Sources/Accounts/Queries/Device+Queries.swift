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

  /// What the page calls the session: derived from the token's hash, and no way back to it.
  var name: String {
    hexadecimal(Array(sha256(Array("session name".utf8) + tokenHash).prefix(16)))
  }

  func isAlive(at now: Date, limits: Limits) -> Bool {
    !isEnded
      && now.timeIntervalSince(lastUsedAt) < Double(limits.sessionIdleSeconds)
      && now.timeIntervalSince(createdAt) < Double(limits.sessionAbsoluteSeconds)
  }
}

/// Whether an account was used with a browser before.
enum Recognition {
  case known
  /// The first browser that the account was ever used with.
  case first
  case new
}

extension Transaction {
  /// All sessions of an account that are still written down, the last used first.
  func sessions(of account: Int64) throws -> [SessionOfAccount] {
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

  // MARK: Browsers

  /// The accounts that were used with a browser.
  func accounts(usedWith browser: Token) throws -> Set<Int64> {
    Set(
      try rows("SELECT account_id FROM known_device WHERE token_hash = \(browser.hash)")
        .map { try $0.value("account_id") })
  }

  /// Writes down that an account is used with a browser; the account is locked.
  ///
  /// - Parameter most: how many browsers are remembered; the longest unused is forgotten
  func recognise(
    _ browser: Token, of account: Int64, remembering most: Int, at now: Date
  ) throws -> Recognition {
    let known = try execute(
      """
      UPDATE known_device SET last_seen_at = \(now)
      WHERE token_hash = \(browser.hash) AND account_id = \(account)
      """)
    guard known == 0 else { return .known }
    let other = try row("SELECT 1 AS one FROM known_device WHERE account_id = \(account) LIMIT 1")
    try perform(
      """
      INSERT INTO known_device (token_hash, account_id, last_seen_at)
      VALUES (\(browser.hash), \(account), \(now))
      """)
    try perform(
      """
      DELETE FROM known_device
      WHERE account_id = \(account) AND token_hash NOT IN (
        SELECT token_hash FROM known_device WHERE account_id = \(account)
        ORDER BY last_seen_at DESC, token_hash
        LIMIT \(most)
      )
      """)
    return other == nil ? .first : .new
  }

  /// Forgets browsers, but never an account's newest: a stranger's is still another one then.
  func deleteKnownDevices(seenBefore cutoff: Date, atMost count: Int) throws -> Int {
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

  /// When an account was last logged in to before an instant, and with what.
  func login(of account: Int64, before instant: Date) throws -> (at: Date, device: Device)? {
    try row(
      """
      SELECT at, detail FROM audit_event
      WHERE account_id = \(account) AND kind = 'logged_in' AND at < \(instant)
      ORDER BY id DESC
      LIMIT 1
      """
    ).map { row in
      (try row.value("at"), Device(code: try row.optional("detail") ?? ""))
    }
  }

  /// How many logins of an account have failed since an instant, a thousand at most.
  func failedLogins(of account: Int64, since instant: Date?) throws -> Int {
    try row(
      """
      SELECT COUNT(*) AS failures FROM (
        SELECT id FROM audit_event
        WHERE account_id = \(account) AND kind = 'login_failed' AND at > \(instant ?? .distantPast)
        LIMIT 1000
      ) AS failure
      """)?.value("failures") ?? 0
  }

  /// Logins from new browsers since an instant, the newest first.
  func newDevices(
    of account: Int64, since instant: Date
  ) throws -> [(at: Date, device: Device)] {
    try rows(
      """
      SELECT at, detail FROM audit_event
      WHERE account_id = \(account) AND kind = 'new_device' AND at >= \(instant)
      ORDER BY id DESC
      LIMIT 10
      """
    ).map { row in
      (try row.value("at"), Device(code: try row.optional("detail") ?? ""))
    }
  }

  /// What an account's owner may read of the trail about it, the newest first.
  func activities(of account: Int64, since instant: Date, atMost count: Int) throws -> [Activity] {
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
