internal import Domain
internal import FoundationEssentials
internal import Persistence

/// One person's data, section by section, each a list of rows with named values.
typealias DataExport = [String: [[String: ExportedValue]]]

/// A value as the person reads it.
enum ExportedValue: Encodable {
  case text(String)
  case number(Int64)
  case truth(Bool)
  case nothing

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    case .truth(let truth): try container.encode(truth)
    case .nothing: try container.encodeNil()
    }
  }
}

/// What a column holds.
private enum Form {
  case text
  case number
  case truth
  case instant
}

extension Transaction {
  /// Everything of one person that is here, without hashes and secrets.
  func export(of customer: CustomerNumber, at now: Date) throws -> DataExport {
    let number = customer.text
    let accounts = try accounts(everOf: customer)
    let list = Query.joined(
      accounts.isEmpty ? ["\(Int64(-1))"] : accounts.map { "\($0)" }, separator: ", ")
    return [
      "export": [
        [
          "customer_number": .text(number), "made_at": .text(now.ISO8601Format()),
        ]
      ],
      "accounts": try section(
        """
        SELECT id, email_shown AS user_name, language, created_at, email_confirmed_at, closed_at
        FROM account WHERE id IN (\(list)) ORDER BY id
        """,
        [
          ("id", .number), ("user_name", .text), ("language", .text), ("created_at", .instant),
          ("email_confirmed_at", .instant), ("closed_at", .instant),
        ]),
      "declarations": try section(
        """
        SELECT declaration.account_id, declaration.kind, declaration.is_accepted,
               declaration.channel, declaration.declared_at, declaration.version,
               declared_text.language, declared_text.body AS text
        FROM declaration
        JOIN declared_text
          ON declared_text.version = declaration.version AND declared_text.kind = declaration.kind
        WHERE declaration.account_id IN (\(list)) ORDER BY declaration.id
        """,
        [
          ("account_id", .number), ("kind", .text), ("is_accepted", .truth), ("channel", .text),
          ("declared_at", .instant), ("version", .text), ("language", .text), ("text", .text),
        ]),
      "sessions": try section(
        """
        SELECT created_at, last_used_at, ended_at FROM session
        WHERE account_id IN (\(list)) ORDER BY created_at
        """, [("created_at", .instant), ("last_used_at", .instant), ("ended_at", .instant)]),
      "requests": try section(
        """
        SELECT kind, asked_at, done_at FROM data_request
        WHERE account_id IN (\(list)) ORDER BY id
        """, [("kind", .text), ("asked_at", .instant), ("done_at", .instant)]),
    ].merging(try traces(of: number)) { $1 }
  }

  /// What names the customer number itself.
  private func traces(of number: String) throws -> DataExport {
    [
      "messages": try section(
        """
        SELECT kind, channel, recipient, language, subject, state, created_at, sent_at
        FROM message WHERE customer_number = \(number) ORDER BY id
        """,
        [
          ("kind", .text), ("channel", .text), ("recipient", .text), ("language", .text),
          ("subject", .text), ("state", .text), ("created_at", .instant), ("sent_at", .instant),
        ]),
      "registrations": try section(
        """
        SELECT case_number, language, step, started_at, expires_at, email
        FROM registration WHERE customer_number = \(number) ORDER BY id
        """,
        [
          ("case_number", .text), ("language", .text), ("step", .text), ("started_at", .instant),
          ("expires_at", .instant), ("email", .text),
        ]),
      "audit": try section(
        """
        SELECT at, kind, detail, registration_id, account_id
        FROM audit_event WHERE customer_number = \(number) ORDER BY id
        """,
        [
          ("at", .instant), ("kind", .text), ("detail", .text), ("registration_id", .number),
          ("account_id", .number),
        ]),
    ]
  }

  private func section(
    _ query: Query, _ columns: [(name: String, form: Form)]
  ) throws -> [[String: ExportedValue]] {
    try rows(query).map { row in
      var values: [String: ExportedValue] = [:]
      for column in columns { values[column.name] = try value(column.form, column.name, in: row) }
      return values
    }
  }

  private func value(_ form: Form, _ name: String, in row: ResultRow) throws -> ExportedValue {
    switch form {
    case .text: try row.optional(name).map(ExportedValue.text) ?? .nothing
    case .number: try row.optional(name).map(ExportedValue.number) ?? .nothing
    case .truth: try row.optional(name).map(ExportedValue.truth) ?? .nothing
    case .instant:
      try row.optional(name, as: Date.self).map { .text($0.ISO8601Format()) } ?? .nothing
    }
  }

  // MARK: Masked

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
