package import Domain
internal import FoundationEssentials
package import Persistence

/// An account of staff, as a login needs it.
struct StaffCredentials {
  let member: StaffMember
  /// Empty until the invitation was used.
  let passwordHash: String
  let nonce: [UInt8]
  let hasRecoveryCode: Bool
  let lastStep: Int64
}

extension Transaction {
  var staff: StaffQueries { StaffQueries(transaction: self) }
}

/// Accounts of staff.
struct StaffQueries: TransactionPart {
  let transaction: any Transaction

  private static let columns: Query = """
    staff_account.id, staff_account.name, staff_account.role, staff_account.password_hash,
    staff_account.nonce, staff_account.has_recovery_code, staff_account.last_step
    """

  /// - Returns: `nil` when the name is taken
  func add(
    _ name: StaffName, _ role: StaffRole, nonce: [UInt8], at now: Date
  ) throws -> StaffMember.ID? {
    try row(
      """
      INSERT INTO staff_account
        (name, role, password_hash, nonce, has_recovery_code, last_step, created_at)
      VALUES (\(name.text), \(role.rawValue), '', \(nonce), 0, 0, \(now))
      ON CONFLICT (name) DO NOTHING
      RETURNING id
      """)?.value("id")
  }

  func credentials(named name: StaffName, locking: Bool = false) throws -> StaffCredentials? {
    try row(
      """
      SELECT \(Self.columns) FROM staff_account
      WHERE name = \(name.text) AND disabled_at IS NULL
      \(locking ? Query.Differing.rowLock : .nothing)
      """
    ).map(StaffCredentials.init(row:))
  }

  /// Whose invitation it is, while it can be used.
  func credentials(invitedBy link: Token, at now: Date, locking: Bool) throws -> StaffCredentials? {
    try row(
      """
      SELECT \(Self.columns) FROM staff_account
      WHERE link_hash = \(link.hash) AND link_expires_at > \(now) AND disabled_at IS NULL
      \(locking ? Query.Differing.rowLock : .nothing)
      """
    ).map(StaffCredentials.init(row:))
  }

  /// Takes password and second factor away, and lets the link give new ones.
  func invite(
    _ id: StaffMember.ID, by link: Token, nonce: [UInt8], expiring end: Date
  ) throws {
    try perform(
      """
      UPDATE staff_account
      SET password_hash = '', nonce = \(nonce), has_recovery_code = 0, last_step = 0,
          link_hash = \(link.hash), link_expires_at = \(end)
      WHERE id = \(id)
      """)
  }

  /// Uses an invitation, once.
  func enrol(_ id: StaffMember.ID, passwordHash: String, step: Int64) throws {
    try perform(
      """
      UPDATE staff_account
      SET password_hash = \(passwordHash), has_recovery_code = 1, last_step = \(step),
          link_hash = NULL, link_expires_at = NULL
      WHERE id = \(id)
      """)
  }

  /// Uses a code of the second factor, once: neither it nor an earlier one works again (P4).
  ///
  /// - Returns: whether this call used it
  func use(step: Int64, of id: StaffMember.ID) throws -> Bool {
    try execute(
      "UPDATE staff_account SET last_step = \(step) WHERE id = \(id) AND last_step < \(step)") == 1
  }

  func useRecoveryCode(of id: StaffMember.ID) throws -> Bool {
    try execute(
      """
      UPDATE staff_account SET has_recovery_code = 0
      WHERE id = \(id) AND has_recovery_code = 1
      """) == 1
  }

  /// - Returns: whether it was in use
  func disable(_ name: StaffName, at now: Date) throws -> Bool {
    try execute(
      """
      UPDATE staff_account
      SET disabled_at = \(now), password_hash = '', link_hash = NULL, link_expires_at = NULL
      WHERE name = \(name.text) AND disabled_at IS NULL
      """) == 1
  }

  func list(atMost count: Int) throws -> [StaffAccounts.Entry] {
    try rows(
      """
      SELECT name, role, password_hash, disabled_at,
             (SELECT MAX(created_at) FROM staff_session
              WHERE staff_session.staff_id = staff_account.id) AS last_login
      FROM staff_account
      ORDER BY name
      LIMIT \(count)
      """
    ).map { row in
      let isEnrolled = try !row.value("password_hash", as: String.self).isEmpty
      return StaffAccounts.Entry(
        name: try row.value("name"), role: try row.value("role"),
        state: try row.optional("disabled_at", as: Date.self) != nil
          ? .disabled : isEnrolled ? .active : .invited,
        lastLogin: try row.optional("last_login"))
    }
  }

  // MARK: Sessions

  func open(_ token: Token, of id: StaffMember.ID, at now: Date) throws {
    try perform(
      """
      INSERT INTO staff_session (token_hash, staff_id, created_at, last_used_at)
      VALUES (\(token.hash), \(id), \(now), \(now))
      """)
  }

  func session(_ token: Token) throws -> StaffSessionRow? {
    try row(
      """
      SELECT \(Self.columns), staff_session.created_at, staff_session.last_used_at,
             staff_session.search
      FROM staff_session JOIN staff_account ON staff_account.id = staff_session.staff_id
      WHERE staff_session.token_hash = \(token.hash) AND staff_session.ended_at IS NULL
        AND staff_account.disabled_at IS NULL
      """
    ).map { row in
      StaffSessionRow(
        member: try StaffCredentials(row: row).member, createdAt: try row.value("created_at"),
        lastUsedAt: try row.value("last_used_at"), search: try row.optional("search"))
    }
  }

  func touch(_ token: Token, at now: Date) throws {
    try perform(
      "UPDATE staff_session SET last_used_at = \(now) WHERE token_hash = \(token.hash)")
  }

  /// Remembers what was looked for, until the session ends.
  func remember(search: String?, in hash: [UInt8]) throws {
    try perform("UPDATE staff_session SET search = \(search) WHERE token_hash = \(hash)")
  }

  /// - Returns: whether it was open
  func end(_ token: Token, at now: Date) throws -> Bool {
    try execute(
      """
      UPDATE staff_session SET ended_at = \(now), search = NULL
      WHERE token_hash = \(token.hash) AND ended_at IS NULL
      """) == 1
  }

  func endAll(of id: StaffMember.ID, at now: Date) throws {
    try perform(
      """
      UPDATE staff_session SET ended_at = \(now), search = NULL
      WHERE staff_id = \(id) AND ended_at IS NULL
      """)
  }

  /// A restored backup brings ended ones back (attack 97), and a clock that was set back makes them
  /// live longer (attack 7).
  func endEverySession(at now: Date) throws {
    try perform(
      "UPDATE staff_session SET ended_at = \(now), search = NULL WHERE ended_at IS NULL")
  }

  // MARK: Retention

  /// What staff had open; that they looked stays in the audit trail.
  func deleteOpenings(before cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(of: "staff_opening", by: "opened_at", before: cutoff, atMost: count)
  }

  /// What was looked for in sessions that ended without a logout.
  func forgetSearches(usedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      UPDATE staff_session SET search = NULL
      WHERE token_hash IN (
        SELECT token_hash FROM staff_session
        WHERE last_used_at < \(cutoff) AND search IS NOT NULL
        ORDER BY last_used_at LIMIT \(count)
      )
      """)
  }

  func deleteSessions(usedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "staff_session", key: "token_hash", by: "last_used_at", before: cutoff, atMost: count)
  }
}

/// A session of staff, as it stands in the database.
struct StaffSessionRow {
  let member: StaffMember
  let createdAt: Date
  let lastUsedAt: Date
  let search: String?
}

extension StaffCredentials {
  init(row: ResultRow) throws {
    self.init(
      member: StaffMember(
        id: try row.value("id"), name: try row.value("name"), role: try row.value("role")),
      passwordHash: try row.value("password_hash"), nonce: try row.value("nonce"),
      hasRecoveryCode: try row.value("has_recovery_code"), lastStep: try row.value("last_step"))
  }
}

extension StaffName: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(text)
  }
}

extension StaffRole: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}
