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
  /// An account whose address was never confirmed stops nobody who has the phone (D 4): the address
  /// may have been mistyped. One that came into being while the code was on its way does: two
  /// browsers of one customer make one account.
  func stops(registrationOf codeSentAt: Date?) -> Bool {
    guard let codeSentAt else { return true }
    return account.isConfirmed || registeredAt >= codeSentAt
  }
}

extension Transaction {
  /// The customer's account, if there is one, locked when it may be registered again.
  func existingAccount(of customer: CustomerNumber, locking: Bool) throws -> ExistingAccount? {
    try row(
      """
      SELECT id, customer_number, email_shown, email_confirmed_at, language,
             COALESCE(registered_again_at, created_at) AS registered_at
      FROM account WHERE customer_number = \(customer.text)
      \(locking ? Query.Differing.rowLock : .nothing)
      """
    ).map { row in
      ExistingAccount(account: try Account(row: row), registeredAt: try row.value("registered_at"))
    }
  }

  /// Registers an account again whose address was never confirmed.
  ///
  /// - Returns: `false` when the address is somebody else's, or was confirmed meanwhile.
  func registerAgain(_ account: NewAccount, id: Int64, at now: Date) throws -> Bool {
    let challenge = account.challenge
    return try execute(
      """
      UPDATE account
      SET email = \(account.email.canonical), email_shown = \(account.email.address),
          password_hash = \(account.passwordHash), language = \(account.language.rawValue),
          registration_id = \(account.registration), registered_again_at = \(now),
          code_nonce = \(challenge.nonce), code_prefix = \(challenge.prefix),
          code_expires_at = \(challenge.expiresAt), code_sent_at = \(challenge.sentAt),
          code_tries_left = \(challenge.triesLeft)
      WHERE id = \(id) AND email_confirmed_at IS NULL
        AND NOT EXISTS (
          SELECT id FROM account AS other
          WHERE other.email = \(account.email.canonical) AND other.id <> \(id)
        )
      """) == 1
  }
}
