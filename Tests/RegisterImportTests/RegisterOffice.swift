import Accounts
import DatabaseSchema
import Foundation
import Persistence
import PersistenceSQLite
import TestSupport

@testable import RegisterImport

/// An empty database and somebody who imports files into it.
struct RegisterOffice {
  static let customerHeader = "customer_number,old_customer_number,name,sms_number,email,status\n"
  static let policyHeader = "policy_number,customer_number,product,status,valid_from,valid_to\n"

  let store: any Store
  let clock = ManualClock()

  init() async throws {
    store = try await TestStore.migrated()
    _ = try await Schema.belepo.migrate(store, at: clock.now)
  }

  /// Imports lines below the usual header lines; the guards let everything pass unless they are
  /// told otherwise.
  func take(
    customers: String, policies: String = "", options: ImportOptions = .unguarded,
    sizes: ImportSizes = .small, through store: (any Store)? = nil,
    onProgress: @escaping @Sendable (ImportProgress) async -> Void = { _ in }
  ) async throws -> ImportReport {
    try await take(
      files: Array((Self.customerHeader + customers).utf8),
      Array((Self.policyHeader + policies).utf8), options: options, sizes: sizes, through: store,
      onProgress: onProgress)
  }

  func take(
    files customers: [UInt8], _ policies: [UInt8], options: ImportOptions = .unguarded,
    sizes: ImportSizes = .small, through store: (any Store)? = nil,
    rejected: RegisterReplacement.Rejected? = nil,
    onProgress: @escaping @Sendable (ImportProgress) async -> Void = { _ in }
  ) async throws -> ImportReport {
    try await replacement(sizes, through: store).run(
      customers: Self.stream(customers), policies: Self.stream(policies), options: options,
      rejected: rejected, onProgress: onProgress)
  }

  func replacement(
    _ sizes: ImportSizes = .small, through store: (any Store)? = nil
  ) -> RegisterReplacement {
    RegisterReplacement(
      store: store ?? self.store, now: { [clock] in clock.now }, sizes: sizes)
  }

  static func stream(_ bytes: [UInt8]) -> AsyncStream<[UInt8]> {
    var chunks = bytes.chunks(of: 997)[...]
    return AsyncStream { continuation in
      while let chunk = chunks.popFirst() { continuation.yield(chunk) }
      continuation.finish()
    }
  }

  func register() async throws -> VisibleRegister {
    try await store.read { try VisibleRegister($0) }
  }

  /// The rows of all generations, seen or not.
  func storedRows() async throws -> Int {
    try await store.read { transaction in
      let row = try transaction.row(
        """
        SELECT (SELECT COUNT(*) FROM register_customer)
          + (SELECT COUNT(*) FROM register_old_number)
          + (SELECT COUNT(*) FROM register_policy) AS count
        """)
      return try row?.value("count") ?? 0
    }
  }
}

extension ImportOptions {
  /// With guards that nothing stops.
  static var unguarded: ImportOptions {
    var options = ImportOptions()
    options.guards.maxRejectPercent = 100
    options.guards.maxDeletePercent = 100
    options.guards.maxChangePercent = 100
    options.guards.maxOwnerChangePercent = 100
    options.guards.maxEmptiedPercent = 100
    options.guards.maxGarbledPercent = 100
    return options
  }

  func with(_ change: (inout ImportOptions) -> Void) -> ImportOptions {
    var options = self
    change(&options)
    return options
  }
}

extension ImportSizes {
  /// So small that a few hundred rows need many pages, runs and batches.
  static var small: ImportSizes {
    var sizes = ImportSizes()
    sizes.rowsPerBatch = 256
    sizes.rowsPerFirstBatch = 256
    sizes.rest = .zero
    sizes.rowsPerPage = 64
    sizes.bytesPerRun = 4_096
    sizes.rowsInPlace = 2_000
    sizes.scratchFolder = FileManager.default.temporaryDirectory.path
    return sizes
  }

  /// Writes a whole register for every difference.
  static var beside: ImportSizes {
    var sizes = small
    sizes.rowsInPlace = 0
    return sizes
  }
}

/// The register as the portal sees it at one moment.
struct VisibleRegister: Equatable, Sendable {
  var customers: [String] = []
  var oldNumbers: [String] = []
  var policies: [String] = []
  var importedAt: Date?

  var rowCount: Int { customers.count + oldNumbers.count + policies.count }

  init(_ transaction: any Transaction) throws {
    customers = try Self.lines(
      "customer_number || ' ' || name || ' ' || COALESCE(sms_number, '-') || ' '"
        + " || COALESCE(email, '-') || ' ' || status", of: "register_customer", transaction)
    oldNumbers = try Self.lines(
      "old_number || ' ' || customer_number", of: "register_old_number", transaction)
    policies = try Self.lines(
      "policy_number || ' ' || written_number || ' ' || customer_number || ' ' || product"
        + " || ' ' || status || ' ' || COALESCE(valid_from, '-') || ' ' || COALESCE(valid_to, '-')",
      of: "register_policy", transaction)
    importedAt = try transaction.row("SELECT imported_at FROM register_state")?
      .optional("imported_at")
  }

  private static func lines(
    _ line: String, of table: String, _ transaction: any Transaction
  ) throws -> [String] {
    let query = Query(
      stringLiteral: """
        SELECT \(line) AS line FROM \(table)
        WHERE generation = (SELECT generation FROM register_state)
        ORDER BY line
        """)
    return try transaction.rows(query).map { try $0.value("line") }
  }
}
