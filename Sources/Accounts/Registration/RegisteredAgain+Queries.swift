internal import Domain
internal import FoundationEssentials
internal import Persistence

/// The account of a customer who is registering.
struct ExistingAccount {
  let account: Account
  /// When it was registered, or registered again.
  let registeredAt: Date

  /// Whether it stops a registration whose code was sent at this instant.
  ///
  /// An account whose address was never confirmed does not stop the owner of the phone (D 4): the
  /// address may have been mistyped. One created while the code was on its way does: two browsers
  /// of one customer make one account. What staff has locked stays locked, unless it is to be
  /// registered anew.
  func stops(registrationOf codeSentAt: Date?) -> Bool {
    guard let codeSentAt else { return true }
    if registeredAt >= codeSentAt { return true }
    switch account.standing.lock {
    case .newProof: return false
    case .staff: return true
    case nil: return account.isConfirmed
    }
  }
}

extension AccountQueries {
  /// The customer's account, if there is one, locked if it may be registered again.
  func existing(of customer: CustomerNumber, locking: Bool) throws -> ExistingAccount? {
    try row(
      """
      SELECT \(Account.columns),
             COALESCE(registered_again_at, created_at) AS registered_at
      FROM account WHERE customer_number = \(customer.text)
      \(locking ? Query.Differing.rowLock : .nothing)
      """
    ).map { row in
      ExistingAccount(account: try Account(row: row), registeredAt: try row.value("registered_at"))
    }
  }

  /// Registers again an account whose address was never confirmed, or that awaits a new proof.
  ///
  /// The address has to be confirmed anew: a mailbox in a thief's hands must not open anything.
  ///
  /// - Returns: `false` when the address is somebody else's, or was confirmed meanwhile.
  func registerAgain(_ account: NewAccount, id: Account.ID, at now: Date) throws -> Bool {
    let challenge = account.challenge
    return try execute(
      """
      UPDATE account
      SET email = \(account.email.canonical), email_shown = \(account.email.address),
          password_hash = \(account.passwordHash), language = \(account.language.rawValue),
          registration_id = \(account.registration), registered_again_at = \(now),
          email_confirmed_at = NULL,
          code_nonce = \(challenge.nonce), code_prefix = \(challenge.prefix),
          code_expires_at = \(challenge.expiresAt), code_sent_at = \(challenge.sentAt),
          code_tries_left = \(challenge.triesLeft)
      WHERE id = \(id)
        AND (email_confirmed_at IS NULL OR EXISTS (
          SELECT account_lock.id FROM account_lock
          WHERE account_lock.account_id = account.id AND account_lock.kind = 'new_proof'
            AND account_lock.ended_at IS NULL
        ))
        AND NOT EXISTS (
          SELECT id FROM account AS other
          WHERE other.email = \(account.email.canonical) AND other.id <> \(id)
        )
      """) == 1
  }
}
