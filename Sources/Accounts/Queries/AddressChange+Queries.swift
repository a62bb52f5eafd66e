internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A change of an address that waits for its code, or was made by it lately.
struct PendingAddress {
  let email: EmailAddress
  var challenge: Challenge
  let confirmedAt: Date?
}

/// A change of the user name that the owner of the old one can take back.
struct AddressUndo {
  let id: Int64
  let account: Int64
  let old: EmailAddress
  let challenge: Challenge
}

private let challengeColumns: Query = """
  code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left
  """

extension Transaction {
  // MARK: Correspondence

  /// Where an account's letters go, if not to its user name.
  func correspondenceAddress(of account: Int64) throws -> EmailAddress? {
    try row("SELECT email_shown FROM correspondence_address WHERE account_id = \(account)")?
      .value("email_shown")
  }

  func saveCorrespondenceAddress(
    _ email: EmailAddress, of account: Int64, at now: Date
  ) throws {
    try perform(
      """
      INSERT INTO correspondence_address (account_id, email, email_shown, confirmed_at)
      VALUES (\(account), \(email.canonical), \(email.address), \(now))
      ON CONFLICT (account_id)
      DO UPDATE SET email = excluded.email, email_shown = excluded.email_shown,
                    confirmed_at = excluded.confirmed_at
      """)
  }

  func removeCorrespondenceAddress(of account: Int64) throws {
    try perform("DELETE FROM correspondence_address WHERE account_id = \(account)")
  }

  // MARK: Changes that wait for their code

  func pendingAddress(
    of account: Int64, for purpose: AddressChanges.Purpose, locking: Bool
  ) throws -> PendingAddress? {
    guard
      let row = try row(
        """
        SELECT email_shown, confirmed_at, \(challengeColumns) FROM address_change
        WHERE account_id = \(account) AND purpose = \(purpose.rawValue)
        \(locking ? Query.Differing.rowLock : .nothing)
        """),
      let challenge = try Challenge(row: row)
    else { return nil }
    return PendingAddress(
      email: try row.value("email_shown"), challenge: challenge,
      confirmedAt: try row.optional("confirmed_at"))
  }

  /// Puts an address and its code in the place of whatever waited: a code belongs to the address
  /// that it was sent to, and goes with it.
  func save(
    _ pending: PendingAddress, of account: Int64, for purpose: AddressChanges.Purpose
  ) throws {
    let challenge = pending.challenge
    try perform(
      """
      INSERT INTO address_change
        (account_id, purpose, email, email_shown, confirmed_at, \(challengeColumns))
      VALUES
        (\(account), \(purpose.rawValue), \(pending.email.canonical), \(pending.email.address),
         \(pending.confirmedAt), \(challenge.nonce), \(challenge.prefix), \(challenge.expiresAt),
         \(challenge.sentAt), \(challenge.triesLeft))
      ON CONFLICT (account_id, purpose)
      DO UPDATE SET email = excluded.email, email_shown = excluded.email_shown,
        confirmed_at = excluded.confirmed_at, code_nonce = excluded.code_nonce,
        code_prefix = excluded.code_prefix, code_expires_at = excluded.code_expires_at,
        code_sent_at = excluded.code_sent_at, code_tries_left = excluded.code_tries_left
      """)
  }

  func removePendingAddress(
    of account: Int64, for purpose: AddressChanges.Purpose
  ) throws {
    try perform(
      """
      DELETE FROM address_change
      WHERE account_id = \(account) AND purpose = \(purpose.rawValue)
      """)
  }

  // MARK: User name

  /// Gives an account another user name.
  ///
  /// - Returns: `false` when another account has it by now.
  func changeUserName(of account: Int64, to email: EmailAddress) throws -> Bool {
    try execute(
      """
      UPDATE account SET email = \(email.canonical), email_shown = \(email.address)
      WHERE id = \(account)
        AND NOT EXISTS (
          SELECT id FROM account AS other
          WHERE other.email = \(email.canonical) AND other.id <> \(account)
        )
      """) == 1
  }

  func replacePasswordHash(of account: Int64, by hash: String) throws {
    try perform("UPDATE account SET password_hash = \(hash) WHERE id = \(account)")
  }

  func accountCreatedAt(_ account: Int64) throws -> Date? {
    try row("SELECT created_at FROM account WHERE id = \(account)")?.value("created_at")
  }

  // MARK: Undoing

  func insertAddressUndo(
    of account: Int64, old: EmailAddress, _ challenge: Challenge
  ) throws {
    try perform(
      """
      INSERT INTO address_undo (account_id, old_email, old_email_shown, \(challengeColumns))
      VALUES
        (\(account), \(old.canonical), \(old.address), \(challenge.nonce), \(challenge.prefix),
         \(challenge.expiresAt), \(challenge.sentAt), \(challenge.triesLeft))
      """)
  }

  /// What the owner of an old user name can take back, the newest first.
  func addressUndos(of old: EmailAddress, at now: Date) throws -> [AddressUndo] {
    try rows(
      """
      SELECT id, account_id, old_email_shown, \(challengeColumns) FROM address_undo
      WHERE old_email = \(old.canonical) AND code_expires_at > \(now) AND used_at IS NULL
      ORDER BY id DESC
      LIMIT 10
      """
    ).compactMap(AddressUndo.init(row:))
  }

  /// Those whose code took a change back just now.
  func restoredUndos(of old: EmailAddress, after moment: Date) throws -> [AddressUndo] {
    try rows(
      """
      SELECT id, account_id, old_email_shown, \(challengeColumns) FROM address_undo
      WHERE old_email = \(old.canonical) AND restored_at > \(moment)
      ORDER BY id DESC
      LIMIT 10
      """
    ).compactMap(AddressUndo.init(row:))
  }

  func noteRestored(_ undo: AddressUndo, at now: Date) throws {
    try perform("UPDATE address_undo SET restored_at = \(now) WHERE id = \(undo.id)")
  }

  /// Uses the code of a change up, and those of all changes after it: who made them may have been a
  /// thief.
  ///
  /// - Returns: whether it was good until now.
  func useAddressUndo(_ id: Int64, of account: Int64, at now: Date) throws -> Bool {
    let isOurs =
      try execute(
        "UPDATE address_undo SET used_at = \(now) WHERE id = \(id) AND used_at IS NULL") == 1
    if isOurs {
      try perform(
        """
        UPDATE address_undo SET used_at = \(now)
        WHERE account_id = \(account) AND id > \(id) AND used_at IS NULL
        """)
    }
    return isOurs
  }

  // MARK: Retention

  func deleteAddressChanges(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM address_change
      WHERE (account_id, purpose) IN (
        SELECT account_id, purpose FROM address_change
        WHERE code_expires_at < \(cutoff)
        ORDER BY code_expires_at
        LIMIT \(count)
      )
      """)
  }

  func deleteAddressUndos(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM address_undo
      WHERE id IN (
        SELECT id FROM address_undo
        WHERE code_expires_at < \(cutoff)
        ORDER BY code_expires_at
        LIMIT \(count)
      )
      """)
  }
}

extension AddressUndo {
  fileprivate init?(row: ResultRow) throws {
    guard let challenge = try Challenge(row: row) else { return nil }
    self.init(
      id: try row.value("id"), account: try row.value("account_id"),
      old: try row.value("old_email_shown"), challenge: challenge)
  }
}
