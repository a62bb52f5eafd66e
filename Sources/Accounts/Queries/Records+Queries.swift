internal import Domain
internal import FoundationEssentials
internal import Persistence

/// An account as staff may see it: masked.
extension Transaction {
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
    return try rows.flatMap { try facts(of: $0, customer) }
  }

  private func facts(of row: ResultRow, _ customer: CustomerNumber) throws -> [String] {
    let id: Int64 = try row.value("id")
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
    for kind in DeclarationKind.allCases {
      guard let entry = try newestDeclaration(kind, of: id) else { continue }
      lines.append(
        "declaration      \(kind.rawValue) \(entry.isAccepted ? "yes" : "no") "
          + "\(entry.declaredAt.ISO8601Format()) \(entry.text.version.prefix(12))")
    }
    for request in try openDataRequests(of: id) {
      lines.append(
        "open request     \(request.kind.rawValue) \(request.askedAt.ISO8601Format())")
    }
    return lines
  }
}
