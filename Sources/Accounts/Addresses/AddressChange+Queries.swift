internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A change of an address that is waiting for its code, or that its code completed recently.
struct PendingAddress {
  let email: EmailAddress
  var challenge: Challenge
  let confirmedAt: Date?
}

/// A change of the user name that the owner of the old one can undo.
struct AddressUndo {
  typealias ID = Identity<AddressUndo>

  let id: ID
  let account: Account.ID
  let old: EmailAddress
  let challenge: Challenge
}

private let challengeColumns: Query = """
  code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left
  """

extension Transaction {
  var addresses: AddressQueries { AddressQueries(transaction: self) }
}

/// Correspondence addresses, changes waiting for their code, and changes that can be undone.
struct AddressQueries: TransactionPart {
  let transaction: any Transaction

  // MARK: Correspondence

  /// Where an account's letters go, unless they go to its user name.
  func correspondence(of account: Account.ID) throws -> EmailAddress? {
    try row("SELECT email_shown FROM correspondence_address WHERE account_id = \(account)")?
      .value("email_shown")
  }

  func saveCorrespondence(
    _ email: EmailAddress, of account: Account.ID, at now: Date
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

  func removeCorrespondence(of account: Account.ID) throws {
    try perform("DELETE FROM correspondence_address WHERE account_id = \(account)")
  }

  // MARK: Changes waiting for their code

  func pending(
    of account: Account.ID, for purpose: AddressChanges.Purpose, locking: Bool
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

  /// The address that can still be confirmed with the code that was sent to it.
  static func waiting(
    of account: Account.ID, for purpose: AddressChanges.Purpose, at now: Date
  ) -> Query {
    """
    SELECT email_shown FROM address_change
    WHERE account_id = \(account) AND purpose = \(purpose.rawValue)
      AND confirmed_at IS NULL AND code_expires_at > \(now)
    """
  }

  /// Replaces whatever was waiting with an address and its code: a code belongs to the address it
  /// was sent to, and is dropped with it.
  func save(
    _ pending: PendingAddress, of account: Account.ID, for purpose: AddressChanges.Purpose
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

  func removePending(
    of account: Account.ID, for purpose: AddressChanges.Purpose
  ) throws {
    try perform(
      """
      DELETE FROM address_change
      WHERE account_id = \(account) AND purpose = \(purpose.rawValue)
      """)
  }

  // MARK: Undoing

  func insertUndo(
    of account: Account.ID, old: EmailAddress, _ challenge: Challenge
  ) throws {
    try perform(
      """
      INSERT INTO address_undo (account_id, old_email, old_email_shown, \(challengeColumns))
      VALUES
        (\(account), \(old.canonical), \(old.address), \(challenge.nonce), \(challenge.prefix),
         \(challenge.expiresAt), \(challenge.sentAt), \(challenge.triesLeft))
      """)
  }

  /// What the owner of an old user name can undo, newest first.
  func undos(of old: EmailAddress, at now: Date) throws -> [AddressUndo] {
    try rows(
      """
      SELECT id, account_id, old_email_shown, \(challengeColumns) FROM address_undo
      WHERE \(AddressQueries.canBeUndone(to: old, at: now))
      ORDER BY id DESC
      LIMIT 10
      """
    ).compactMap(AddressUndo.init(row:))
  }

  /// The rows of `address_undo` by which an address can still be taken back.
  static func canBeUndone(to old: EmailAddress, at now: Date) -> Query {
    "old_email = \(old.canonical) AND code_expires_at > \(now) AND used_at IS NULL"
  }

  /// Whether another account's owner can still take an address back.
  func isReserved(_ email: EmailAddress, for own: Account.ID?, at now: Date) throws -> Bool {
    try undos(of: email, at: now).contains { $0.account != own }
  }

  /// Uses up whatever could be undone.
  func useUndos(of account: Account.ID, at now: Date) throws {
    try perform(
      """
      UPDATE address_undo SET used_at = \(now)
      WHERE account_id = \(account) AND used_at IS NULL
      """)
  }

  /// Changes that their code undid just now.
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

  /// Uses up the code of a change and those of all later changes, which may have been made by a
  /// thief.
  ///
  /// - Returns: whether the code was still good.
  func useUndo(_ id: AddressUndo.ID, of account: Account.ID, at now: Date) throws -> Bool {
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

  func deleteChanges(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(
      of: "address_change", key: "account_id, purpose", by: "code_expires_at", before: cutoff,
      atMost: count)
  }

  func deleteUndos(endedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(of: "address_undo", by: "code_expires_at", before: cutoff, atMost: count)
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
