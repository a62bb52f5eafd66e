internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// A session that may have to be proven, and the code that was sent for it.
struct StepUpRow {
  let account: Account
  let proof: SessionProof
  /// Of the newest code, also when it has been entered.
  let newest: Challenge?

  /// The code that can still be entered: whatever proved the session has used it up.
  var challenge: Challenge? {
    guard let newest, proof.provenAt.map({ $0 < newest.sentAt }) ?? true else { return nil }
    return newest
  }

  /// The code that has proven the session.
  var used: Challenge? { challenge == nil ? newest : nil }
}

/// What the page shows.
struct StepUpView {
  let row: StepUpRow
  let smsNumber: PhoneNumber?
  let isSMSStepDisabled: Bool
  /// How far the newest message has come.
  let sms: SentSMS?
  /// Of the account's registration; staff find the customer by it.
  let caseNumber: CaseNumber?
}

extension Transaction {
  var stepUps: StepUpQueries { StepUpQueries(transaction: self) }
}

/// How sessions are proven.
struct StepUpQueries: TransactionPart {
  let transaction: any Transaction

  private static let columns: Query = """
    \(Account.columns),
    COALESCE(session.authenticated_at, session.created_at) AS authenticated_at,
    session.is_new_browser, session.proven_at, session.code_nonce, session.code_prefix,
    session.code_expires_at, session.code_sent_at, session.code_tries_left
    """

  /// An open session, locked.
  func hold(_ token: Token) throws -> StepUpRow? {
    let isOpen = try row(
      """
      SELECT 1 AS one FROM session
      WHERE token_hash = \(token.hash) AND ended_at IS NULL \(Query.Differing.rowLock)
      """)
    guard isOpen != nil else { return nil }
    return try row(
      """
      SELECT \(Self.columns)
      FROM session JOIN account ON account.id = session.account_id
      WHERE session.token_hash = \(token.hash) AND session.ended_at IS NULL
        AND account.closed_at IS NULL
      """
    ).map(StepUpRow.init(row:))
  }

  /// An open session, for its page.
  ///
  /// - Parameter series: of its messages
  func view(_ token: Token, messages series: (Account.ID) -> String) throws -> StepUpView? {
    let row = try row(
      """
      SELECT \(Self.columns), customer.sms_number AS sms_number,
             CASE WHEN sms_step.disabled_at IS NULL THEN 0 ELSE 1 END AS is_disabled,
             registration.case_number AS case_number
      FROM session JOIN account ON account.id = session.account_id
      LEFT JOIN registration ON registration.id = account.registration_id
      LEFT JOIN register_customer AS customer
        ON customer.generation = \(Query.registerInUse)
        AND customer.customer_number = account.customer_number
      LEFT JOIN sms_step ON sms_step.customer_number = account.customer_number
      WHERE session.token_hash = \(token.hash) AND session.ended_at IS NULL
        AND account.closed_at IS NULL
      """)
    guard let row else { return nil }
    let session = try StepUpRow(row: row)
    return StepUpView(
      row: session,
      smsNumber: try row.optional("sms_number", as: String.self).flatMap { try? PhoneNumber($0) },
      isSMSStepDisabled: try row.value("is_disabled"),
      sms: session.challenge == nil ? nil : try newest(of: series(session.account.id)),
      caseNumber: try row.optional("case_number"))
  }

  private func newest(of series: String) throws -> SentSMS? {
    try row(
      """
      SELECT state, created_at, CASE WHEN problem IS NULL THEN 0 ELSE 1 END AS has_problem
      FROM message WHERE series = \(series)
      ORDER BY id DESC
      LIMIT 1
      """
    ).map { row in
      SentSMS(
        state: try row.value("state"), queuedAt: try row.value("created_at"),
        hasProblem: try row.value("has_problem"))
    }
  }

  func save(_ challenge: Challenge, in token: Token) throws {
    try perform(
      """
      UPDATE session
      SET code_nonce = \(challenge.nonce), code_prefix = \(challenge.prefix),
          code_expires_at = \(challenge.expiresAt), code_sent_at = \(challenge.sentAt),
          code_tries_left = \(challenge.triesLeft)
      WHERE token_hash = \(token.hash)
      """)
  }

  /// Records a proof, once, and gives the session another token (ASVS 7.2.4).
  ///
  /// - Returns: whether the session was still open
  func prove(_ token: Token, continuingAs successor: Token, at now: Date) throws -> Bool {
    try execute(
      """
      UPDATE session SET token_hash = \(successor.hash), proven_at = \(now), last_used_at = \(now)
      WHERE token_hash = \(token.hash) AND ended_at IS NULL
      """) == 1
  }
}

extension StepUpRow {
  fileprivate init(row: ResultRow) throws {
    self.init(
      account: try Account(row: row), proof: try SessionProof(row: row),
      newest: try Challenge(row: row))
  }
}
