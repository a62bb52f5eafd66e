internal import Domain
package import FoundationEssentials
package import Persistence

/// Gives the back office what customers changed, in batches, each change once (R12).
package struct HandOverDesk: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  /// Rows of a batch at most, so that one fits into memory and into a spreadsheet.
  package static let largestBatch = 10_000

  package struct Row: Sendable {
    package let id: Int64
    package let customer: String
    package let kind: String
    package let old: String?
    package let new: String?
    package let at: Date
  }

  package struct Batch: Sendable {
    /// The number of its first row, so that no two batches share one.
    package let number: Int64
    package let rows: [Row]
  }

  /// Takes what waits into a new batch, the oldest first.
  ///
  /// Whoever exports at the same moment gets other rows.
  ///
  /// - Returns: `nil` when nothing waits.
  package func export() async throws -> Batch? {
    let now = now()
    return try await store.write { transaction in
      let ids = try transaction.claimHandOvers(atMost: Self.largestBatch)
      guard let number = ids.first else { return nil }
      try transaction.putHandOvers(ids, intoBatch: number, at: now)
      return Batch(number: number, rows: try transaction.handOvers(inBatch: number))
    }
  }

  package enum Reprint: Sendable {
    case printed(Batch)
    case unknown
    /// The back office has it; what it holds is not given away again.
    case acknowledged
  }

  /// A batch once more, until it is acknowledged.
  package func export(batch number: Int64) async throws -> Reprint {
    try await store.read { transaction in
      guard let standing = try transaction.standing(ofBatch: number) else { return .unknown }
      guard standing.acknowledgedAt == nil else { return .acknowledged }
      return .printed(Batch(number: number, rows: try transaction.handOvers(inBatch: number)))
    }
  }

  package enum Acknowledgement: Hashable, Sendable {
    case acknowledged(rows: Int)
    case wasAcknowledged
    case unknown
  }

  /// The back office has the batch in its books.
  package func acknowledge(batch number: Int64) async throws -> Acknowledgement {
    let now = now()
    return try await store.write { transaction in
      let rows = try transaction.acknowledgeHandOvers(inBatch: number, at: now)
      if rows > 0 { return .acknowledged(rows: rows) }
      return try transaction.standing(ofBatch: number) == nil ? .unknown : .wasAcknowledged
    }
  }

  package struct Status: Sendable {
    /// Changes in no batch yet.
    package let waiting: Int
    /// Batches that were printed and not acknowledged, the oldest first.
    package let open: [Open]

    package struct Open: Sendable {
      package let number: Int64
      package let rows: Int
      package let exportedAt: Date
    }
  }

  package func status() async throws -> Status {
    try await store.read { transaction in
      Status(
        waiting: try transaction.waitingHandOvers(), open: try transaction.openBatches())
    }
  }
}
