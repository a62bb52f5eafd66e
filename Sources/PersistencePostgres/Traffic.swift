internal import Synchronization

/// How much was said to the database: what an operator watches and a benchmark measures.
package final class Traffic: Sendable {
  package struct Count: Hashable, Sendable {
    /// Statements, the beginnings and ends of transactions among them.
    package var statements = 0
    package var roundTrips = 0
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
