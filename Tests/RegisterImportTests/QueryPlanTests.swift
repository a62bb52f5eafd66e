import Accounts
import DatabaseSchema
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

@testable import RegisterImport

/// What keeps the last batch of a long file as fast as the first.
struct QueryPlanTests {
  @Test func `the register is read page by page along its keys`() async throws {
    // SQLite tells its plan without rows; PostgreSQL's depends on how many there are.
    let store = try SQLiteStore.inMemory()
    _ = try await Schema.belepo.migrate(store, at: ManualClock().now)
    for query in [
      PresentRows<CustomerRow>.page(of: 1, after: "1234567", limit: 64),
      PresentRows<PolicyRow>.page(of: 1, after: "LA20231", limit: 64),
      try #require(
        PresentRows<CustomerRow>.appendices(of: 1, after: "1234567", through: "A1B2C34")),
      PresentRows<CustomerRow>.rows(of: 1, ["1234567", "A1B2C34"]),
      try #require(PresentRows<CustomerRow>.appendices(of: 1, ["1234567", "A1B2C34"])),
    ] {
      let steps = try await store.read { transaction in
        try transaction.rows("EXPLAIN QUERY PLAN \(query)")
          .map { try $0.value("detail", as: String.self) }
      }
      // One search, and no sorting.
      #expect(steps.count == 1, "\(steps)")
      #expect(steps.allSatisfy { $0.hasPrefix("SEARCH") && $0.contains("(generation=? AND ") })
    }
  }

  @Test(arguments: [
    (0, []), (1, [1]), (3, [2, 1]), (512, [512]), (513, [512, 1]),
    (1_535, [512, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1]),
  ])
  func `lists of any length are cut into pieces of ten lengths`(count: Int, lengths: [Int]) {
    let list = Array(0..<count)
    #expect(list.pieces.map(\.count) == lengths)
    #expect(list.pieces.flatMap { $0 } == list)
  }
}
