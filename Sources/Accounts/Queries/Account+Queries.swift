internal import Domain
internal import FoundationEssentials
internal import Persistence

private let columns: Query = "id, customer_number, email_shown, email_confirmed_at, language"

/// What a login needs to know of an account.
struct Credentials {
  let account: Account
  let passwordHash: String
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
  let registration: Int64
  let challenge: Challenge
}

extension Transaction {
  func account(of customer: CustomerNumber) throws -> Account? {
    try row("SELECT \(columns) FROM account WHERE customer_number = \(customer.text)")
      .map(Account.init(row:))
  }

  func account(named email: EmailAddress) throws -> Account? {
    try row("SELECT \(columns) FROM account WHERE email = \(email.canonical)")
      .map(Account.init(row:))
  }

  func credentials(named email: EmailAddress) throws -> Credentials? {
    try row("SELECT \(columns), password_hash FROM account WHERE email = \(email.canonical)")
      .map(Credentials.init(row:))
  }

  func credentials(of account: Int64) throws -> Credentials? {
    try row(
      """
      SELECT \(columns), password_hash FROM account
      WHERE id = \(account) AND closed_at IS NULL
      """
    ).map(Credentials.init(row:))
  }

  /// Makes an account, if neither the customer nor the address has one.
  ///
  /// - Returns: the new account's id, or `nil` when one of the two is taken.
  func insert(_ account: NewAccount, at now: Date) throws -> Int64? {
    let challenge = account.challenge
    return try row(
      """
      INSERT INTO account
        (customer_number, email, email_shown, password_hash, language, registration_id, created_at,
         code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left)
      VALUES
        (\(account.customer.text), \(account.email.canonical), \(account.email.address),
         \(account.passwordHash), \(account.language.rawValue), \(account.registration), \(now),
         \(challenge.nonce), \(challenge.prefix), \(challenge.expiresAt), \(challenge.sentAt),
         \(challenge.triesLeft))
      ON CONFLICT DO NOTHING
      RETURNING id
      """)?.value("id")
  }

  /// Those of the declarations whose texts are kept already.
  func declarationsWithText(among declarations: [Declaration]) throws -> [Declaration] {
    guard !declarations.isEmpty else { return [] }
    let pairs = declarations.map { declaration -> Query in
      "(\(declaration.version), \(declaration.kind.rawValue))"
    }
    let rows = try rows(
      """
      SELECT version, kind FROM declared_text
      WHERE (version, kind) IN (VALUES \(Query.joined(pairs, separator: ", ")))
      """)
    let kept = try rows.map { row in
      (try row.value("version", as: String.self), try row.value("kind", as: DeclarationKind.self))
    }
    return declarations.filter { declaration in
      kept.contains { $0 == (declaration.version, declaration.kind) }
    }
  }

  /// Keeps a text that somebody answered to, once for each version.
  func keep(_ text: DeclaredText, of kind: DeclarationKind) throws {
    try perform(
      """
      INSERT INTO declared_text (version, kind, language, body)
      VALUES (\(text.version), \(kind.rawValue), \(text.language.rawValue), \(text.text))
      ON CONFLICT (version, kind) DO NOTHING
      """)
  }

  /// The words that a declaration answered.
  func declaredText(_ declaration: Declaration) throws -> DeclaredText? {
    try row(
      """
      SELECT language, body FROM declared_text
      WHERE version = \(declaration.version) AND kind = \(declaration.kind.rawValue)
      """
    ).map { row in
      DeclaredText(
        version: declaration.version, language: try row.value("language"),
        text: try row.value("body"))
    }
  }

  /// Writes what was declared at registration into the ledger.
  func declare(
    _ declarations: [Declaration], account: Int64, registration: Int64, at now: Date
  ) throws {
    let rows = declarations.map { declaration -> Query in
      """
      (\(account), \(registration), \(declaration.kind.rawValue), \(declaration.version),
       \(declaration.isAccepted), 'registration', \(now))
      """
    }
    guard !rows.isEmpty else { return }
    try perform(
      """
      INSERT INTO declaration
        (account_id, registration_id, kind, version, is_accepted, channel, declared_at)
      VALUES \(Query.joined(rows, separator: ", "))
      """)
  }

  /// Replaces the hash, unless it has been replaced since it was read.
  ///
  /// - Returns: whether it was this call that did.
  func replacePasswordHash(_ old: String, by new: String, of account: Int64) throws -> Bool {
    try execute(
      """
      UPDATE account SET password_hash = \(new)
      WHERE id = \(account) AND password_hash = \(old)
      """) == 1
  }

  // MARK: Confirmation of the address

  /// The account's address and its code, locked when a write is to follow.
  func emailConfirmation(of account: Int64, locking: Bool) throws -> EmailConfirmation? {
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

  func save(_ challenge: Challenge, of account: Int64) throws {
    try perform(
      """
      UPDATE account
      SET code_nonce = \(challenge.nonce), code_prefix = \(challenge.prefix),
          code_expires_at = \(challenge.expiresAt), code_sent_at = \(challenge.sentAt),
          code_tries_left = \(challenge.triesLeft)
      WHERE id = \(account)
      """)
  }

  /// Confirms the address, once.
  ///
  /// - Returns: whether it was this call that did.
  func confirmEmail(of account: Int64, at now: Date) throws -> Bool {
    try execute(
      """
      UPDATE account SET email_confirmed_at = \(now)
      WHERE id = \(account) AND email_confirmed_at IS NULL
      """) == 1
  }

  /// Corrects an address that is not confirmed yet.
  ///
  /// - Returns: `false` when another account has it, or it is confirmed by now.
  func correctEmail(of account: Int64, to email: EmailAddress) throws -> Bool {
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
}

extension Account {
  init(row: ResultRow) throws {
    self.init(
      id: try row.value("id"), customer: try row.value("customer_number"),
      email: try row.value("email_shown"), emailConfirmedAt: try row.optional("email_confirmed_at"),
      language: try row.value("language"))
  }
}

extension Credentials {
  fileprivate init(row: ResultRow) throws {
    self.init(account: try Account(row: row), passwordHash: try row.value("password_hash"))
  }
}
