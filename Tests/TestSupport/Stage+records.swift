package import Persistence

/// What a story left in the books.
extension Stage {
  /// One line of the audit trail, as the call centre reads it.
  package struct Record: Hashable, Sendable, CustomStringConvertible {
    package let kind: String
    package let detail: String?
    package let customer: String?
    package let registration: Int64?
    package let account: Int64?

    package init(
      kind: String, detail: String? = nil, customer: String? = nil, registration: Int64? = nil,
      account: Int64? = nil
    ) {
      self.kind = kind
      self.detail = detail
      self.customer = customer
      self.registration = registration
      self.account = account
    }

    package var description: String {
      [kind, detail, customer].compactMap(\.self).joined(separator: " ")
    }
  }

  /// The audit trail, the oldest first.
  package func audit() async throws -> [Record] {
    try await store.read { transaction in
      try transaction.rows(
        """
        SELECT kind, detail, customer_number, registration_id, account_id FROM audit_event
        ORDER BY id
        """
      ).map { row in
        Record(
          kind: try row.value("kind"), detail: try row.optional("detail"),
          customer: try row.optional("customer_number"),
          registration: try row.optional("registration_id"),
          account: try row.optional("account_id"))
      }
    }
  }

  /// How often something stands in the audit trail.
  package func audited(_ kind: String) async throws -> Int {
    try await audit().count { $0.kind == kind }
  }

  /// One number out of the database.
  package func number(_ query: Query) async throws -> Int? {
    try await store.read { transaction in
      guard let row = try transaction.row(query) else { return nil }
      return try row.optional("number")
    }
  }
}
