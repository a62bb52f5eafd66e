import DatabaseSchema
import Foundation
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

/// The schema as a whole: what it looks like, and what it refuses by itself.
struct SchemaTests {
  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("schema.sql")

  @Test func `schema.sql is what the migrations make`() async throws {
    let store = try SQLiteStore.inMemory()
    _ = try await Schema.belepo.migrate(store, at: MigrationTests.now)
    let statements = try await store.read { transaction in
      try transaction.rows(
        """
        SELECT sql FROM sqlite_master
        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
        ORDER BY tbl_name, CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name
        """
      ).map { try $0.value("sql", as: String.self) }
    }
    let schema = statements.map { $0 + ";\n" }.joined(separator: "\n")
    if ProcessInfo.processInfo.environment["BELEPO_UPDATE"] != nil {
      try schema.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let stored = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(stored == schema, "run this test with BELEPO_UPDATE=1 and read the difference")
  }

  // MARK: Append-only

  @Test(arguments: [
    "UPDATE declaration SET is_accepted = 1 - is_accepted", "DELETE FROM declaration",
    "UPDATE audit_event SET kind = 'nothing'", "DELETE FROM audit_event",
    "UPDATE audit_event SET at = at WHERE id = 1",
    "INSERT OR REPLACE INTO audit_event (id, at, kind) VALUES (1, 0, 'nothing')",
  ])
  func `what was said and done stays said and done`(statement: String) async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    let before = try await stage.contents()
    await #expect(throws: (any Error).self) {
      try await stage.store.write { _ = try $0.execute(Query(stringLiteral: statement)) }
    }
    #expect(try await stage.contents() == before)
  }

  // MARK: Rows that cannot be

  private static let columnsOfAccount = """
    password_hash, language, registration_id, created_at, NULL, code_nonce, code_prefix,
    code_expires_at, code_sent_at, code_tries_left, NULL, NULL
    """

  static let impossibleRegistrations: [String] = [
    """
    UPDATE registration SET step = 'phone', code_nonce = NULL, code_prefix = NULL,
      code_expires_at = NULL, code_sent_at = NULL, code_tries_left = NULL
    """,
    "UPDATE registration SET step = 'somewhere'",
    "UPDATE registration SET step = 'identification'",
    "UPDATE registration SET step = 'email', customer_number = NULL",
    "UPDATE registration SET step = 'stopped'",
    "UPDATE registration SET stop = 'taken_emails'",
    "UPDATE registration SET stop = 'boredom', step = 'stopped'",
    "UPDATE registration SET step = 'password'",
    "UPDATE registration SET email = 'anna@pelda.hu'",
    "UPDATE registration SET code_prefix = NULL",
    "UPDATE registration SET code_tries_left = -1",
    "UPDATE registration SET sms_sent = -1",
    "UPDATE registration SET language = 'de'",
    "UPDATE registration SET expires_at = 'holnap'",
    "DELETE FROM registration",
  ]

  static let impossibleAccounts: [String] = [
    // A second account for an address, and for a customer
    "INSERT INTO account SELECT NULL, '9999999', email, email_shown, \(columnsOfAccount) FROM account",
    "INSERT INTO account SELECT NULL, customer_number, 'x@y.hu', 'x@y.hu', \(columnsOfAccount) FROM account",
    "UPDATE account SET registration_id = 99",
    "UPDATE account SET code_tries_left = -1",
    "UPDATE account SET password_hash = NULL",
    "DELETE FROM account",
    // A declaration of a text that nobody has kept, and one that is neither yes nor no
    """
    INSERT INTO declaration (account_id, kind, version, is_accepted, channel, declared_at)
    VALUES (1, 'marketing', 'nowhere', 1, 'registration', 0)
    """,
    """
    INSERT INTO declaration (account_id, kind, version, is_accepted, channel, declared_at)
    SELECT 1, kind, version, 2, 'registration', 0 FROM declared_text
    """,
    "DELETE FROM declared_text",
  ]

  static let impossibleMessages: [String] = [
    "UPDATE message SET state = 'leased', body = 'x'",
    "UPDATE message SET lease_token = X'00'",
    "UPDATE message SET state = 'queued', body = NULL",
    "UPDATE message SET channel = 'pigeon'",
    "UPDATE message SET key = 'the same'",
  ]

  static let impossibleCounts: [String] = [
    "INSERT INTO sms_step VALUES ('1234567', -1, NULL)",
    "INSERT INTO event_count VALUES ('x', X'', 0, -1)",
    "INSERT INTO login_throttle VALUES (X'', -1, 0)",
  ]

  static let impossibleCustomers: [String] = [
    "INSERT INTO register_customer VALUES (0, '123', 'Kis Pál', NULL, NULL, 'active')",
    "INSERT INTO register_customer VALUES (0, '7654321', 'Kis Pál', '0630', NULL, 'active')",
    "INSERT INTO register_customer VALUES (0, '7654321', 'Kis Pál', NULL, NULL, 'unwell')",
    "INSERT INTO register_customer VALUES (0, '1234567', 'Kis Pál', NULL, NULL, 'active')",
    "INSERT INTO register_state VALUES (2, 0, NULL, 0, NULL)",
    "UPDATE register_state SET generation = newest_generation + 1",
  ]

  @Test(
    arguments: impossibleRegistrations + impossibleAccounts + impossibleMessages
      + impossibleCounts + impossibleCustomers)
  func `a row that cannot be is refused`(statement: String) async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    _ = try await stage.post()
    let before = try await stage.contents()
    await #expect(throws: (any Error).self) {
      try await stage.store.write { _ = try $0.execute(Query(stringLiteral: statement)) }
    }
    #expect(try await stage.contents() == before)
  }
}
