internal import Synchronization

/// How much was sent to the database: an operator watches it and a benchmark measures it.
package final class Traffic: Sendable {
  package struct Count: Hashable, Sendable {
    /// Statements, including the beginnings and ends of transactions.
    package var statements = 0
    package var roundTrips = 0

    package init(statements: Int = 0, roundTrips: Int = 0) {
      self.statements = statements
      self.roundTrips = roundTrips
    }
  }

  private let count = Mutex(Count())

  package init() {}

  package var total: Count { count.withLock { $0 } }

  func add(_ more: Count) {
    count.withLock { count in
      count.statements += more.statements
      count.roundTrips += more.roundTrips
    }
  }
}
