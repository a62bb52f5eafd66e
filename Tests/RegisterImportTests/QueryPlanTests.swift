import Accounts
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

@testable import RegisterImport

/// What keeps the last batch of a long file as fast as the first.
struct QueryPlanTests {
  @Test func `a row is compared by looking up its whole key`() async throws {
    // SQLite tells its plan without rows; PostgreSQL's depends on how many there are.
    let store = try SQLiteStore.inMemory()
    _ = try await Schema.belepo.migrate(store, at: ManualClock().now)
    let generations = Generations(present: 1, fresh: 2)
    for query in [
      CustomerRow.comparison(of: ["A1B2C34", "1234567"], in: generations),
      PolicyRow.comparison(of: ["LA20231", "UT20261"], in: generations),
    ] {
      let steps = try await store.read { transaction in
        try transaction.rows("EXPLAIN QUERY PLAN \(query)")
          .map { try $0.value("detail", as: String.self) }
      }
      let lookUps = steps.filter { step in
        ["present", "fresh", "number"].contains { step.contains(" \($0) ") }
      }
      #expect(lookUps.count >= 3)
      for step in lookUps {
        #expect(step.hasPrefix("SEARCH"))
        #expect(step.contains("(generation=? AND "))
      }
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
