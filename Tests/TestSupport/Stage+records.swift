package import Domain
package import Persistence

/// What a story left in the books.
extension Stage {
  /// One line of the audit trail, as the call centre reads it.
  package struct Record: Hashable, Sendable, CustomStringConvertible {
    package let kind: String
    package let detail: String?
    package let customer: String?
    package let registration: Registration.ID?
    package let account: Account.ID?

    package init(
      kind: String, detail: String? = nil, customer: String? = nil,
      registration: Registration.ID? = nil,
      account: Account.ID? = nil
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

  /// How often something was counted of people whom nobody knows.
  package func counted(_ kind: String) async throws -> Int {
    try await number(
      """
      SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) AS number FROM anonymous_event
      WHERE kind = \(kind)
      """) ?? 0
  }

  /// What was counted last of people whom nobody knows, of one kind.
  package func lastCounted(_ kind: String) async throws -> Record? {
    try await store.read { transaction in
      try transaction.row(
        """
        SELECT kind, detail, registration_id FROM anonymous_event
        WHERE kind = \(kind) ORDER BY last_at DESC LIMIT 1
        """
      ).map { row in
        Record(
          kind: try row.value("kind"), detail: try row.optional("detail"),
          registration: try row.optional("registration_id"))
      }
    }
  }

  /// One number out of the database.
  package func number(_ query: Query) async throws -> Int? {
    try await store.read { transaction in
      guard let row = try transaction.row(query) else { return nil }
      return try row.optional("number")
    }
  }
}
