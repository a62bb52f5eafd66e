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

extension RecordQueries {
  /// Everything kept about one person, without hashes and secrets.
  func export(of customer: CustomerNumber, at now: Date) throws -> DataExport {
    let number = customer.text
    let accounts = try accounts(everOf: customer)
    let list = Query.joined(
      accounts.isEmpty ? ["\(-1)"] : accounts.map { "\($0)" }, separator: ", ")
    let sections: [DataExport] = [
      [
        "export": [
          ["customer_number": .text(number), "made_at": .text(now.ISO8601Format())]
        ]
      ],
      try accountRows(of: list), try logins(of: list), try addresses(of: list),
      try traces(of: [number] + earlierNumbers(of: accounts).map(\.text)),
      try registerRows(of: number),
    ]
    return sections.reduce(into: [:]) { $0.merge($1) { $1 } }
  }

  private func accountRows(of accounts: Query) throws -> DataExport {
    [
      "accounts": try section(
        """
        SELECT id, email_shown AS user_name, language, created_at, registered_again_at,
               email_confirmed_at, closed_at
        FROM account WHERE id IN (\(accounts)) ORDER BY id
        """,
        [
          ("id", .number), ("user_name", .text), ("language", .text), ("created_at", .instant),
          ("registered_again_at", .instant), ("email_confirmed_at", .instant),
          ("closed_at", .instant),
        ]),
      "declarations": try section(
        """
        SELECT declaration.account_id, declaration.kind, declaration.is_accepted,
               declaration.channel, declaration.declared_at, declaration.version,
               declared_text.language, declared_text.body AS text
        FROM declaration
        JOIN declared_text
          ON declared_text.version = declaration.version AND declared_text.kind = declaration.kind
        WHERE declaration.account_id IN (\(accounts)) ORDER BY declaration.id
        """,
        [
          ("account_id", .number), ("kind", .text), ("is_accepted", .truth), ("channel", .text),
          ("declared_at", .instant), ("version", .text), ("language", .text), ("text", .text),
        ]),
      "locks": try section(
        """
        SELECT kind, reason, locked_at, ended_at FROM account_lock
        WHERE account_id IN (\(accounts)) ORDER BY id
        """,
        [
          ("kind", .text), ("reason", .text), ("locked_at", .instant), ("ended_at", .instant),
        ]),
      "earlier_customer_numbers": try section(
        """
        SELECT old_customer_number AS customer_number, at FROM renumbering
        WHERE account_id IN (\(accounts)) ORDER BY at
        """, [("customer_number", .text), ("at", .instant)]),
      "requests": try section(
        """
        SELECT kind, asked_at, done_at FROM data_request
        WHERE account_id IN (\(accounts)) ORDER BY id
        """, [("kind", .text), ("asked_at", .instant), ("done_at", .instant)]),
    ]
  }

  private func logins(of accounts: Query) throws -> DataExport {
    [
      "sessions": try section(
        """
        SELECT device, is_new_browser, created_at, last_used_at, proven_at, ended_at FROM session
        WHERE account_id IN (\(accounts)) ORDER BY created_at
        """,
        [
          ("device", .text), ("is_new_browser", .truth), ("created_at", .instant),
          ("last_used_at", .instant), ("proven_at", .instant), ("ended_at", .instant),
        ]),
      "known_devices": try section(
        """
        SELECT last_seen_at FROM known_device
        WHERE account_id IN (\(accounts)) ORDER BY last_seen_at
        """, [("last_seen_at", .instant)]),
      "recoveries": try section(
        """
        SELECT email, code_sent_at AS sent_at, used_at FROM recovery
        WHERE account_id IN (\(accounts)) ORDER BY id
        """, [("email", .text), ("sent_at", .instant), ("used_at", .instant)]),
    ]
  }

  private func addresses(of accounts: Query) throws -> DataExport {
    [
      "correspondence_address": try section(
        """
        SELECT email_shown AS email, confirmed_at FROM correspondence_address
        WHERE account_id IN (\(accounts)) ORDER BY account_id
        """, [("email", .text), ("confirmed_at", .instant)]),
      "address_changes": try section(
        """
        SELECT purpose, email_shown AS email, code_sent_at AS sent_at, confirmed_at
        FROM address_change
        WHERE account_id IN (\(accounts)) ORDER BY account_id, purpose
        """,
        [
          ("purpose", .text), ("email", .text), ("sent_at", .instant), ("confirmed_at", .instant),
        ]),
      "former_user_names": try section(
        """
        SELECT old_email_shown AS email, code_sent_at AS changed_at, restored_at FROM address_undo
        WHERE account_id IN (\(accounts)) ORDER BY id
        """, [("email", .text), ("changed_at", .instant), ("restored_at", .instant)]),
    ]
  }

  /// What the insurer's register says about the customer, as of the last import.
  private func registerRows(of number: String) throws -> DataExport {
    let isCurrent: Query = "generation = \(Query.registerInUse)"
    return [
      "register": try section(
        """
        SELECT name, sms_number AS mobile_number, email, status FROM register_customer
        WHERE \(isCurrent) AND customer_number = \(number)
        """,
        [("name", .text), ("mobile_number", .text), ("email", .text), ("status", .text)]),
      "policies": try section(
        """
        SELECT written_number AS policy_number, product, status, valid_from, valid_to
        FROM register_policy
        WHERE \(isCurrent) AND customer_number = \(number) ORDER BY policy_number
        """,
        [
          ("policy_number", .text), ("product", .text), ("status", .text), ("valid_from", .text),
          ("valid_to", .text),
        ]),
    ]
  }

  /// Rows that contain the customer number itself.
  private func traces(of numbers: [String]) throws -> DataExport {
    let list = Query.joined(numbers.map { "\($0)" }, separator: ", ")
    return [
      "messages": try section(
        """
        SELECT kind, channel, recipient, language, subject, state, created_at, sent_at
        FROM message WHERE customer_number IN (\(list)) ORDER BY id
        """,
        [
          ("kind", .text), ("channel", .text), ("recipient", .text), ("language", .text),
          ("subject", .text), ("state", .text), ("created_at", .instant), ("sent_at", .instant),
        ]),
      "handed_over": try section(
        """
        SELECT kind, old_value, new_value, at, exported_at, acknowledged_at FROM handover
        WHERE customer_number IN (\(list)) ORDER BY id
        """,
        [
          ("kind", .text), ("old_value", .text), ("new_value", .text), ("at", .instant),
          ("exported_at", .instant), ("acknowledged_at", .instant),
        ]),
      "registrations": try section(
        """
        SELECT case_number, language, step, started_at, expires_at, email
        FROM registration WHERE customer_number IN (\(list)) ORDER BY id
        """,
        [
          ("case_number", .text), ("language", .text), ("step", .text), ("started_at", .instant),
          ("expires_at", .instant), ("email", .text),
        ]),
      "audit": try section(
        """
        SELECT at, kind, registration_id, account_id,
          CASE WHEN detail LIKE \(StaffAct.mark + "%") THEN 'staff' ELSE detail END AS detail
        FROM audit_event WHERE customer_number IN (\(list)) ORDER BY id
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
}
