internal import Cryptography
package import Domain
internal import FoundationEssentials
package import Persistence

private let columns = Account.columns

/// What a login needs to know about an account.
struct Credentials {
  let account: Account
  let passwordHash: String

  /// Recognises the hash without containing it.
  var mark: [UInt8] { sha256(Array(passwordHash.utf8)) }
}

/// The confirmation of an account's e-mail address.
struct EmailConfirmation {
  let account: Account
  var challenge: Challenge
}

/// What an account is made of.
struct NewAccount {
  let customer: CustomerNumber
  let email: EmailAddress
  let passwordHash: String
  let language: Language
  let registration: Registration.ID
  let challenge: Challenge
}

extension Transaction {
  var accounts: AccountQueries { AccountQueries(transaction: self) }
}

/// Accounts: who has one, its password and its address.
struct AccountQueries: TransactionPart {
  let transaction: any Transaction

  func account(of customer: CustomerNumber) throws -> Account? {
    try row("SELECT \(columns) FROM account WHERE customer_number = \(customer.text)")
      .map(Account.init(row:))
  }

  func account(named email: EmailAddress) throws -> Account? {
    try row("SELECT \(columns) FROM account WHERE email = \(email.canonical)")
      .map(Account.init(row:))
  }

  /// The credentials of a user name, and the hash of some account that the user name leads to.
  ///
  /// After a change of the parameters accounts have hashes of different costs, and an unknown name
  /// has to cost what one of them costs, the same each time (D 3).
  ///
  /// One statement, whether the name is known or not.
  ///
  /// - Parameter place: where among all accounts the user name leads, in 65,536ths
  func credentials(
    named email: EmailAddress, modelAt place: UInt16
  ) throws -> (Credentials?, model: String?) {
    let row = try row(
      """
      SELECT named.*, (
        SELECT model.password_hash FROM account AS model
        WHERE model.closed_at IS NULL
          AND model.id > (SELECT MAX(id) FROM account) * \(Int(place)) / 65536
        ORDER BY model.id LIMIT 1
      ) AS model_hash
      FROM (SELECT 1 AS one) AS always
      LEFT JOIN (
        SELECT \(columns), password_hash FROM account WHERE email = \(email.canonical)
      ) AS named ON 1 = 1
      """)
    guard let row else { return (nil, nil) }
    let isKnown = try row.optional("id", as: Account.ID.self) != nil
    return (isKnown ? try Credentials(row: row) : nil, try row.optional("model_hash"))
  }

  /// - Parameter account: `nil` finds nobody, at the cost of finding somebody
  func credentials(of account: Account.ID?) throws -> Credentials? {
    try row(
      """
      SELECT \(columns), password_hash FROM account
      WHERE id = \(account) AND closed_at IS NULL
      """
    ).map(Credentials.init(row:))
  }

  /// An account with its present password, locked so that only one change is made at a time.
  func credentialsToChange(of account: Account.ID) throws -> Credentials? {
    try row(
      """
      SELECT \(columns), password_hash
      FROM account WHERE id = \(account) AND closed_at IS NULL \(Query.Differing.rowLock)
      """
    ).map { row in
      Credentials(account: try Account(row: row), passwordHash: try row.value("password_hash"))
    }
  }

  /// Whether neither a customer nor an address has an account, and nobody can take the address
  /// back: so it is with almost everybody who registers.
  func isNew(_ customer: CustomerNumber, _ email: EmailAddress, at now: Date) throws -> Bool {
    try row(
      """
      SELECT 1 AS one WHERE NOT EXISTS (
        SELECT id FROM account WHERE customer_number = \(customer.text)
      ) AND NOT EXISTS (
        SELECT id FROM account WHERE email = \(email.canonical)
      ) AND NOT EXISTS (
        SELECT id FROM address_undo WHERE \(AddressQueries.canBeUndone(to: email, at: now))
      )
      """) != nil
  }

  /// Makes an account, if neither the customer nor the address has one, and nobody can take the
  /// address back.
  ///
  /// - Returns: the new account's id, or `nil` when one of the two is taken.
  func insert(_ account: NewAccount, at now: Date) throws -> Account.ID? {
    let challenge = account.challenge
    return try row(
      """
      INSERT INTO account
        (customer_number, email, email_shown, password_hash, language, registration_id, created_at,
         code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left)
      SELECT
        \(account.customer.text), \(account.email.canonical), \(account.email.address),
        \(account.passwordHash), \(account.language.rawValue), \(account.registration), \(now),
        \(challenge.nonce), \(challenge.prefix), \(challenge.expiresAt), \(challenge.sentAt),
        \(challenge.triesLeft)
      WHERE NOT EXISTS (
        SELECT id FROM address_undo
        WHERE \(AddressQueries.canBeUndone(to: account.email, at: now))
      )
      ON CONFLICT DO NOTHING
      RETURNING id
      """)?.value("id")
  }

  /// Replaces the hash, unless it has been replaced since it was read.
  ///
  /// - Returns: whether this call replaced it.
  func replacePasswordHash(_ old: String, by new: String, of account: Account.ID) throws -> Bool {
    try execute(
      """
      UPDATE account SET password_hash = \(new)
      WHERE id = \(account) AND password_hash = \(old)
      """) == 1
  }

  // MARK: Confirmation of the address

  /// The account's address and its code, locked if a write is to follow.
  func emailConfirmation(of account: Account.ID, locking: Bool) throws -> EmailConfirmation? {
    guard
      let row = try row(
        """
        SELECT \(columns), code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left
        FROM account WHERE id = \(account) AND closed_at IS NULL
        \(locking ? Query.Differing.rowLock : .nothing)
        """),
      let challenge = try Challenge(row: row)
    else { return nil }
    return EmailConfirmation(account: try Account(row: row), challenge: challenge)
  }

  func save(_ challenge: Challenge, of account: Account.ID) throws {
    try perform(
      """
      UPDATE account
      SET code_nonce = \(challenge.nonce), code_prefix = \(challenge.prefix),
          code_expires_at = \(challenge.expiresAt), code_sent_at = \(challenge.sentAt),
          code_tries_left = \(challenge.triesLeft)
      WHERE id = \(account)
      """)
  }

  /// Confirms the address of a locked account with its code, which is used up.
  func confirmEmail(of account: Account.ID, with challenge: Challenge, at now: Date) throws {
    try perform(
      """
      UPDATE account SET email_confirmed_at = \(now), code_tries_left = \(challenge.triesLeft)
      WHERE id = \(account)
      """)
  }

  /// Corrects an address that is not confirmed yet.
  ///
  /// - Returns: `false` when another account has it, or when it has been confirmed meanwhile.
  func correctEmail(of account: Account.ID, to email: EmailAddress) throws -> Bool {
    try execute(
      """
      UPDATE account
      SET email = \(email.canonical), email_shown = \(email.address)
      WHERE id = \(account) AND email_confirmed_at IS NULL
        AND NOT EXISTS (
          SELECT id FROM account AS other
          WHERE other.email = \(email.canonical) AND other.id <> \(account)
        )
      """) == 1
  }

  /// Locks an account, so that two clicks take effect one after the other.
  ///
  /// - Returns: whether the account exists and has not ended.
  func hold(_ account: Account.ID) throws -> Bool {
    try row(
      """
      SELECT id FROM account WHERE id = \(account) AND closed_at IS NULL
      \(Query.Differing.rowLock)
      """) != nil
  }

  /// An account, locked until the end of the transaction, so that changes of its addresses come one
  /// after another.
  func held(_ id: Account.ID) throws -> Account {
    try heldConfirmation(of: id).account
  }

  /// The confirmation of an account's address, locked until the end of the transaction.
  func heldConfirmation(of id: Account.ID) throws -> EmailConfirmation {
    guard let held = try emailConfirmation(of: id, locking: true) else {
      throw MissingRow("account")
    }
    return held
  }

  /// Ends an account, and frees its customer number and address for a new one.
  ///
  /// - Parameter hash: of the password when it was asked for; `nil` for an operator
  /// - Returns: whether this call ended it.
  func close(_ account: Account.ID, passwordHash hash: String?, at now: Date) throws -> Bool {
    let isSame: Query = hash.map { "AND password_hash = \($0)" } ?? ""
    return try execute(
      """
      UPDATE account
      SET closed_at = \(now), former_customer_number = customer_number,
          customer_number = 'closed/' || id, email = 'closed/' || id, email_shown = '',
          password_hash = '', code_tries_left = 0
      WHERE id = \(account) AND closed_at IS NULL \(isSame)
      """) == 1
  }

  // MARK: User name

  /// Frees the address of an account that was never confirmed, for whoever can read its mail.
  ///
  /// The account stays, without a way in: its owner registers anew with the code by SMS (D 4).
  ///
  /// - Parameter instant: the account must be from then or older; `nil` for whatever age
  /// - Returns: the account that lost it
  func freeAddress(
    _ email: EmailAddress, unconfirmedSince instant: Date?, except own: Account.ID?
  ) throws -> (Account.ID, CustomerNumber)? {
    try row(
      """
      UPDATE account SET email = 'none/' || id, code_tries_left = 0
      WHERE email = \(email.canonical) AND email_confirmed_at IS NULL AND closed_at IS NULL
        AND id <> \(own ?? Account.ID(rawValue: 0))
        AND COALESCE(registered_again_at, created_at) <= \(instant ?? .distantFuture)
      RETURNING id, customer_number
      """
    ).map { (try $0.value("id"), try $0.value("customer_number")) }
  }

  /// Takes an account's user name away; the address that is shown is its rightful owner's.
  func loseUserName(of account: Account.ID, showing email: EmailAddress) throws {
    try perform(
      """
      UPDATE account SET email = 'none/' || id, email_shown = \(email.address)
      WHERE id = \(account)
      """)
  }

  /// Gives an account another user name.
  ///
  /// - Returns: `false` when another account has taken it meanwhile.
  func changeUserName(of account: Account.ID, to email: EmailAddress) throws -> Bool {
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

  /// The address has to be confirmed anew, with a code of its own.
  func unconfirm(_ account: Account.ID) throws {
    try perform(
      """
      UPDATE account SET email_confirmed_at = NULL, code_tries_left = 0 WHERE id = \(account)
      """)
  }

  func replacePasswordHash(of account: Account.ID, by hash: String) throws {
    try perform("UPDATE account SET password_hash = \(hash) WHERE id = \(account)")
  }

  func createdAt(_ account: Account.ID) throws -> Date? {
    try row("SELECT created_at FROM account WHERE id = \(account)")?.value("created_at")
  }
}

extension Account {
  /// What ``init(row:)`` reads, in the same statement as the account: the register's word and a
  /// lock are looked up with each request, and must not cost a round trip of their own (D 12).
  static let columns: Query = """
    account.id, account.customer_number, account.email_shown, account.email_confirmed_at,
    account.language, account.absent_imports,
    (SELECT registered.status FROM register_customer AS registered
     WHERE registered.generation = \(Query.registerInUse)
       AND registered.customer_number = account.customer_number) AS owner_status,
    (SELECT account_lock.kind FROM account_lock
     WHERE account_lock.account_id = account.id AND account_lock.ended_at IS NULL) AS lock_kind
    """

  init(row: ResultRow) throws {
    self.init(
      id: try row.value("id"), customer: try row.value("customer_number"),
      email: try row.value("email_shown"), emailConfirmedAt: try row.optional("email_confirmed_at"),
      language: try row.value("language"),
      standing: AccountStanding(
        status: try row.optional("owner_status"), absentImports: try row.value("absent_imports"),
        lock: try row.optional("lock_kind")))
  }
}

extension AccountStanding.Lock: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}

extension Credentials {
  fileprivate init(row: ResultRow) throws {
    self.init(account: try Account(row: row), passwordHash: try row.value("password_hash"))
  }
}
