package import Domain
internal import FoundationEssentials
internal import Outbox
package import Persistence

private let columns: Query = """
  registration.id, registration.case_number, registration.language, registration.expires_at,
  registration.step, registration.stop, registration.customer_number, registration.sms_sent,
  registration.taken_emails, registration.code_nonce, registration.code_prefix,
  registration.code_expires_at, registration.code_sent_at, registration.code_tries_left,
  registration.email,
  (
    SELECT \(joined)(kind || ' ' || is_accepted || ' ' || version, ';')
    FROM registration_declaration
    WHERE registration_id = registration.id
  ) AS declarations
  """

private let joined = Query.Differing(sqlite: "GROUP_CONCAT", postgres: "STRING_AGG")

/// The newest message with a code.
struct SentSMS {
  let state: Message.State
  let queuedAt: Date
  /// Whether a gateway was asked without success.
  let hasProblem: Bool
}

/// A registration, with what its page shows from the register and the account.
struct RegistrationView {
  let registration: Registration
  let smsNumber: PhoneNumber?
  let emailOnFile: EmailAddress?
  let accountEmail: EmailAddress?
  let startedAt: Date
  /// How far the newest code message has come, and whether a gateway has refused it for now.
  let sms: SentSMS?
}

extension Transaction {
  var registrations: RegistrationQueries { RegistrationQueries(transaction: self) }
}

/// Registrations, and how customers stand with the SMS step.
struct RegistrationQueries: TransactionPart {
  let transaction: any Transaction

  /// The registration that a cookie names, locked if a write is to follow.
  func registration(_ token: Token, locking: Bool) throws -> Registration? {
    try registration(
      where: "token_hash = \(token.hash) \(locking ? Query.Differing.rowLock : .nothing)")
  }

  /// The registration that a cookie named before the phone was proven.
  func registration(beforeProof token: Token) throws -> Registration? {
    try registration(where: "previous_token_hash = \(token.hash) \(Query.Differing.rowLock)")
  }

  private func registration(where condition: Query) throws -> Registration? {
    try row("SELECT \(columns) FROM registration WHERE \(condition)").map(Registration.init(row:))
  }

  /// A column of the newest message with a code; joined, PostgreSQL would read all messages for it.
  private func ofNewestCode(_ column: Query) -> Query {
    """
    CASE registration.step WHEN 'phone' THEN (
      SELECT \(column) FROM message
      WHERE message.series = 'sms-code/' || registration.id
      ORDER BY message.id DESC LIMIT 1
    ) END
    """
  }

  /// The registration that a cookie names, for its page.
  func view(_ token: Token) throws -> RegistrationView? {
    try row(
      """
      SELECT \(columns), customer.sms_number AS sms_number, customer.email AS email_on_file,
             account.email_shown AS account_email, registration.started_at AS started_at,
             \(ofNewestCode("state")) AS message_state,
             \(ofNewestCode("created_at")) AS message_created_at,
             \(ofNewestCode("CASE WHEN problem IS NULL THEN 0 ELSE 1 END"))
               AS message_has_problem
      FROM registration
      LEFT JOIN register_customer AS customer
        ON customer.generation = \(Query.registerInUse)
        AND customer.customer_number = registration.customer_number
      LEFT JOIN account ON account.customer_number = registration.customer_number
      WHERE registration.token_hash = \(token.hash)
      """
    ).map { row in
      RegistrationView(
        registration: try Registration(row: row),
        smsNumber: try row.optional("sms_number", as: String.self)
          .flatMap { try? PhoneNumber($0) },
        emailOnFile: try row.optional("email_on_file", as: String.self)
          .flatMap { try? EmailAddress($0) },
        accountEmail: try row.optional("account_email"),
        startedAt: try row.value("started_at"),
        sms: try row.optional("message_state", as: Message.State.self).map { state in
          SentSMS(
            state: state, queuedAt: try row.value("message_created_at"),
            hasProblem: try row.value("message_has_problem"))
        })
    }
  }

  /// Opens a registration, or finds the one that the same click has already opened; locked.
  ///
  /// - Returns: `nil` when its token has been replaced since: the page from before the proof must
  ///   not change what was proven
  func open(
    key: [UInt8], token: Token, caseNumber: CaseNumber, language: Language, at now: Date,
    expiring expiresAt: Date
  ) throws -> Registration? {
    let row = try row(
      """
      INSERT INTO registration
        (case_number, opening_key, token_hash, language, started_at, expires_at, step, sms_sent,
         taken_emails)
      VALUES (\(caseNumber.text), \(key), \(token.hash), \(language.rawValue), \(now),
              \(expiresAt), 'identification', 0, 0)
      ON CONFLICT (opening_key) DO UPDATE SET opening_key = excluded.opening_key
      RETURNING \(columns), token_hash
      """)
    guard let row, try row.value("token_hash", as: [UInt8].self) == token.hash else { return nil }
    return try Registration(row: row)
  }

  /// When a registration began, and until when it lives.
  func life(of token: Token) throws -> (startedAt: Date, expiresAt: Date)? {
    try row(
      """
      SELECT started_at, expires_at FROM registration
      WHERE token_hash = \(token.hash) \(Query.Differing.rowLock)
      """
    ).map { (try $0.value("started_at"), try $0.value("expires_at")) }
  }

  func extend(_ token: Token, until end: Date) throws {
    try perform(
      "UPDATE registration SET expires_at = \(end) WHERE token_hash = \(token.hash)")
  }

  /// - Parameter newToken: takes the place of the present one, which is good only for the same
  ///   click again
  func save(_ registration: Registration, newToken: Token? = nil) throws {
    let challenge = registration.currentChallenge
    let change: Query =
      newToken.map { "previous_token_hash = token_hash, token_hash = \($0.hash)," } ?? ""
    try perform(
      """
      UPDATE registration
      SET \(change)
          language = \(registration.language.rawValue),
          step = \(registration.step.name),
          stop = \(registration.stop?.rawValue),
          customer_number = \(registration.customer?.text),
          sms_sent = \(registration.smsSent),
          taken_emails = \(registration.takenEmails),
          code_nonce = \(challenge?.nonce),
          code_prefix = \(challenge?.prefix),
          code_expires_at = \(challenge?.expiresAt),
          code_sent_at = \(challenge?.sentAt),
          code_tries_left = \(challenge?.triesLeft),
          email = \(registration.contact?.email.address)
      WHERE id = \(registration.id)
      """)
  }

  /// Keeps the declarations until the account exists, replacing earlier answers.
  func replaceDeclarations(of registration: Registration) throws {
    guard let contact = registration.contact else { return }
    let rows = contact.declarations.map { declaration -> Query in
      """
      (\(registration.id), \(declaration.kind.rawValue), \(declaration.isAccepted),
       \(declaration.version))
      """
    }
    guard !rows.isEmpty else { return }
    try perform(
      """
      INSERT INTO registration_declaration (registration_id, kind, is_accepted, version)
      VALUES \(Query.joined(rows, separator: ", "))
      ON CONFLICT (registration_id, kind)
      DO UPDATE SET is_accepted = excluded.is_accepted, version = excluded.version
      """)
  }

  /// How a customer stands with the SMS step, locked.
  func smsStep(of customer: CustomerNumber) throws -> SMSStep {
    let row =
      switch dialect {
      case .sqlite:
        try row(
          """
          SELECT failures_in_a_row, disabled_at, messages_from FROM sms_step
          WHERE customer_number = \(customer.text)
          """)
      // The row must exist to be locked.
      case .postgres:
        try row(
          """
          INSERT INTO sms_step (customer_number, failures_in_a_row) VALUES (\(customer.text), 0)
          ON CONFLICT (customer_number)
          DO UPDATE SET failures_in_a_row = sms_step.failures_in_a_row
          RETURNING failures_in_a_row, disabled_at, messages_from
          """)
      }
    return SMSStep(
      customer: customer, failuresInARow: try row?.value("failures_in_a_row") ?? 0,
      disabledAt: try row?.optional("disabled_at"),
      messagesFrom: try row?.optional("messages_from"))
  }

  func save(_ smsStep: SMSStep) throws {
    try perform(
      """
      INSERT INTO sms_step (customer_number, failures_in_a_row, disabled_at, messages_from)
      VALUES (\(smsStep.customer.text), \(smsStep.failuresInARow), \(smsStep.disabledAt),
              \(smsStep.messagesFrom))
      ON CONFLICT (customer_number)
      DO UPDATE SET failures_in_a_row = excluded.failures_in_a_row,
                    disabled_at = excluded.disabled_at, messages_from = excluded.messages_from
      """)
  }
}

// MARK: Row and value

extension Registration {
  fileprivate init(row: ResultRow) throws {
    let challenge = try Challenge(row: row)
    let name = try row.value("step", as: String.self)
    let step = try Step(row: row, name: name, challenge: challenge)
    self.init(
      id: try row.value("id"), caseNumber: try row.value("case_number"),
      expiresAt: try row.value("expires_at"), language: try row.value("language"), step: step,
      smsSent: try row.value("sms_sent"), takenEmails: try row.value("taken_emails"),
      proof: name == "phone" ? nil : challenge)
  }

  fileprivate var stop: Stop? {
    guard case .stopped(_, let stop) = step else { return nil }
    return stop
  }

  var contact: Contact? {
    guard case .password(_, let contact) = step else { return nil }
    return contact
  }

  /// The challenge being answered, or the one that was.
  fileprivate var currentChallenge: Challenge? {
    guard case .phone(_, let challenge) = step else { return proof }
    return challenge
  }
}

extension Registration.Step {
  fileprivate var name: String {
    switch self {
    case .identification: "identification"
    case .phone: "phone"
    case .email: "email"
    case .password: "password"
    case .finished: "finished"
    case .alreadyRegistered: "already_registered"
    case .stopped: "stopped"
    }
  }

  fileprivate init(row: ResultRow, name: String, challenge: Challenge?) throws {
    let customer = try row.optional("customer_number", as: CustomerNumber.self)
    switch (name, customer) {
    case ("identification", _): self = .identification
    case ("email", let customer?): self = .email(customer)
    case ("finished", let customer?): self = .finished(customer)
    case ("already_registered", let customer?): self = .alreadyRegistered(customer)
    case ("stopped", let customer?): self = .stopped(customer, try row.value("stop"))
    case ("phone", let customer?):
      guard let challenge else {
        throw ColumnFault(column: "code_nonce", expected: "bytes", found: .null)
      }
      self = .phone(customer, challenge)
    case ("password", let customer?):
      self = .password(
        customer,
        .init(email: try row.value("email"), declarations: try Declaration.joined(in: row)))
    default: throw ColumnFault(column: "step", expected: "a step", found: .text(name))
    }
  }
}

extension Declaration {
  /// The declarations that ``columns`` has joined in one value, sorted by kind.
  fileprivate static func joined(in row: ResultRow) throws -> [Declaration] {
    let text = try row.optional("declarations", as: String.self) ?? ""
    return try text.split(separator: ";").map { words in
      let words = words.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let kind = DeclarationKind(rawValue: String(words[0])) else {
        throw ColumnFault(column: "declarations", expected: "declarations", found: .text(text))
      }
      return Declaration(kind: kind, isAccepted: words[1] == "1", version: String(words[2]))
    }
    .sorted { $0.kind.rawValue < $1.kind.rawValue }
  }
}

extension Challenge {
  /// The challenge in a row's `code_…` columns, if there is one.
  init?(row: ResultRow) throws {
    guard let nonce = try row.optional("code_nonce", as: [UInt8].self) else { return nil }
    self.init(
      nonce: nonce, prefix: try row.value("code_prefix"),
      expiresAt: try row.value("code_expires_at"), sentAt: try row.value("code_sent_at"),
      triesLeft: try row.value("code_tries_left"))
  }
}

extension CaseNumber: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue, let number = CaseNumber(text) else { return nil }
    self = number
  }
}

extension DeclarationKind: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}

extension Registration.Stop: SQLDecodable {
  package init?(sqlValue: SQLValue) {
    guard case .text(let text) = sqlValue else { return nil }
    self.init(rawValue: text)
  }
}
