internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A lock in force, as staff reads it.
struct AccountLock {
  let kind: AccountStanding.Lock
  let reason: String
  let lockedBy: String
  let lockedAt: Date
}

extension Transaction {
  var accountLocks: AccountLockQueries { AccountLockQueries(transaction: self) }
}

/// Locks of accounts: one in force at most, and all that were.
struct AccountLockQueries: TransactionPart {
  let transaction: any Transaction

  func inForce(on account: Account.ID) throws -> AccountLock? {
    try row(
      """
      SELECT kind, reason, locked_by, locked_at FROM account_lock
      WHERE account_id = \(account) AND ended_at IS NULL
      """
    ).map { row in
      AccountLock(
        kind: try row.value("kind"), reason: try row.value("reason"),
        lockedBy: try row.value("locked_by"), lockedAt: try row.value("locked_at"))
    }
  }

  func lock(
    _ account: Account.ID, _ kind: AccountStanding.Lock, by act: StaffAct, at now: Date
  ) throws {
    try perform(
      """
      INSERT INTO account_lock (account_id, kind, reason, locked_by, locked_at)
      VALUES (\(account), \(kind.rawValue), \(act.reason ?? ""), \(act.staff), \(now))
      """)
  }

  /// Ends the lock in force.
  ///
  /// - Returns: whether there was one
  @discardableResult
  func end(on account: Account.ID, by act: StaffAct, at now: Date) throws -> Bool {
    try execute(
      """
      UPDATE account_lock
      SET ended_at = \(now), ended_by = \(act.staff), end_reason = \(act.reason ?? "")
      WHERE account_id = \(account) AND ended_at IS NULL
      """) == 1
  }
}
