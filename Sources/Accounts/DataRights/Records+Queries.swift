internal import Domain
internal import FoundationEssentials
internal import Persistence

/// An account as staff may see it: masked.
extension RecordQueries {
  /// One fact a line.
  func summary(of customer: CustomerNumber) throws -> [String] {
    let rows = try rows(
      """
      SELECT id, email_shown, language, created_at, email_confirmed_at, closed_at,
        (SELECT COUNT(*) FROM session
         WHERE session.account_id = account.id AND session.ended_at IS NULL) AS sessions
      FROM account
      WHERE customer_number = \(customer.text) OR former_customer_number = \(customer.text)
      ORDER BY id
      """)
    return try rows.flatMap { try facts(of: $0, customer) } + smsStep(of: customer)
  }

  /// How the customer stands with the SMS step, also before there is an account (D 1).
  private func smsStep(of customer: CustomerNumber) throws -> [String] {
    let row = try row(
      """
      SELECT failures_in_a_row, disabled_at FROM sms_step
      WHERE customer_number = \(customer.text)
      """)
    guard let row else { return [] }
    let failures = try row.value("failures_in_a_row", as: Int.self)
    guard let disabledAt = try row.optional("disabled_at", as: Date.self) else {
      return failures == 0 ? [] : ["SMS step         wrong codes in a row: \(failures)"]
    }
    return ["SMS step         disabled \(disabledAt.ISO8601Format())"]
  }

  /// What the register and staff say about an account, if it has not ended.
  private func standing(of id: Account.ID) throws -> [String] {
    guard let account = try transaction.accounts.credentials(of: id)?.account else { return [] }
    var lines = ["register         \(account.standing.owner.rawValue)"]
    if let lock = try transaction.accountLocks.inForce(on: id) {
      lines.append(
        "locked           \(lock.kind.rawValue) \(lock.lockedAt.ISO8601Format()) "
          + "by \(lock.lockedBy): \(lock.reason)")
    }
    return lines
  }

  private func facts(of row: ResultRow, _ customer: CustomerNumber) throws -> [String] {
    let id: Account.ID = try row.value("id")
    func instant(_ column: String) throws -> String {
      try row.optional(column, as: Date.self)?.ISO8601Format() ?? "no"
    }
    let email = try? EmailAddress(try row.value("email_shown"))
    var lines = [
      "account          \(id)",
      "customer number  \(customer.masked)",
      "user name        \(email?.masked ?? "none")",
      "language         \(try row.value("language", as: String.self))",
      "created          \(try instant("created_at"))",
      "confirmed        \(try instant("email_confirmed_at"))",
      "ended            \(try instant("closed_at"))",
      "sessions         \(try row.value("sessions", as: Int.self))",
    ]
    lines += try standing(of: id)
    for kind in DeclarationKind.allCases {
      guard let entry = try transaction.declarations.newest(kind, of: id) else { continue }
      lines.append(
        "declaration      \(kind.rawValue) \(entry.isAccepted ? "yes" : "no") "
          + "\(entry.declaredAt.ISO8601Format()) \(entry.text.version.prefix(12))")
    }
    for request in try transaction.dataRequests.open(of: id) {
      lines.append(
        "open request     \(request.kind.rawValue) \(request.askedAt.ISO8601Format())")
    }
    return lines
  }
}
