import Accounts
import Domain
import Foundation
import Persistence
import RegisterImport
import Synchronization
import TestSupport
import Testing

/// What follows from a new register for accounts is part of the import's last transaction (D 12).
@Suite struct FollowingImportTests {
  private static let anna = "A1B2C34,,Kovács Anna,06 30 123 4567,,active\n"
  private static let renumbered = "Z9Y8X76,A1B2C34,Kovács Anna,06 30 123 4567,,active\n"

  private func take(
    _ customers: String, on office: RegisterOffice,
    onReplacement: @escaping RegisterReplacement.OnReplacement
  ) async throws -> ImportReport {
    let replacement = RegisterReplacement(
      store: office.store, now: { office.clock.now }, onReplacement: onReplacement)
    var options = ImportOptions()
    options.forced = Set(ImportGuard.allCases)
    return try await replacement.run(
      customers: RegisterOffice.stream(Array((RegisterOffice.customerHeader + customers).utf8)),
      policies: RegisterOffice.stream(Array(RegisterOffice.policyHeader.utf8)),
      options: options)
  }

  @Test func `it sees the new register, and what it breaks leaves the old one in use`()
    async throws
  {
    let office = try await RegisterOffice()
    let seen = Mutex<[String]>([])
    _ = try await take(Self.anna, on: office) { transaction, _, _ in
      let register = try VisibleRegister(transaction)
      seen.withLock { $0 = register.customers }
    }
    #expect(seen.withLock { $0.count } == 1)
    struct Broken: Error {}
    await #expect(throws: Broken.self) {
      try await take(Self.renumbered, on: office) { _, _, _ in throw Broken() }
    }
    #expect(try await office.register().customers.first?.hasPrefix("A1B2C34") == true)
  }

  @Test func `an account moves with its customer's number in a real import`() async throws {
    let office = try await RegisterOffice()
    _ = try await take(Self.anna, on: office) { try $0.accountsFollowRegister(after: $1, at: $2) }
    try await office.store.write { transaction in
      try transaction.perform(
        """
        INSERT INTO registration
          (case_number, opening_key, token_hash, language, started_at, expires_at, step,
           customer_number, sms_sent, taken_emails)
        VALUES ('K7M2-4XQP', \([UInt8](repeating: 1, count: 32)),
                \([UInt8](repeating: 2, count: 32)), 'hu', 0, 0, 'finished', 'A1B2C34', 1, 0)
        """)
      try transaction.perform(
        """
        INSERT INTO account
          (customer_number, email, email_shown, password_hash, language, registration_id,
           created_at, code_nonce, code_prefix, code_expires_at, code_sent_at, code_tries_left)
        SELECT 'A1B2C34', 'anna@pelda.hu', 'anna@pelda.hu', 'x', 'hu', id, 0,
               \([UInt8](repeating: 3, count: 32)), 'K', 0, 0, 0
        FROM registration
        """)
    }
    let report = try await take(Self.renumbered, on: office) {
      try $0.accountsFollowRegister(after: $1, at: $2)
    }
    #expect(report.outcome == .replaced)
    let number = try await office.store.read {
      try $0.row("SELECT customer_number FROM account")?.value("customer_number", as: String.self)
    }
    #expect(number == "Z9Y8X76")
  }
}
