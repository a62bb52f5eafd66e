package import Domain
package import FoundationEssentials
package import Persistence

/// Gives the back office what customers changed, in batches, each change once (R12).
package struct HandOverBatches: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date
  private let act: StaffAct

  package init(store: any Store, now: @escaping @Sendable () -> Date, act: StaffAct) {
    self.store = store
    self.now = now
    self.act = act
  }

  /// The most rows in a batch, so that it fits into memory and into a spreadsheet.
  package static let largestBatch = 10_000

  package struct Row: Sendable {
    package typealias ID = Identity<Row>

    package let id: ID
    package let customer: String
    package let kind: String
    package let old: String?
    package let new: String?
    package let at: Date
  }

  package struct Batch: Sendable {
    package typealias ID = Identity<Batch>

    /// The number of its first row, so that no two batches share one.
    package let id: ID
    package let rows: [Row]
  }

  /// Puts waiting changes into a new batch, oldest first.
  ///
  /// Another export at the same moment gets other rows.
  ///
  /// - Returns: `nil` when nothing is waiting.
  package func export() async throws -> Batch? {
    let now = now()
    return try await store.write { transaction in
      let ids = try transaction.handOvers.claim(atMost: Self.largestBatch)
      guard let first = ids.first else { return nil }
      let id = Batch.ID(rawValue: first.rawValue)
      try transaction.handOvers.put(ids, intoBatch: id, at: now)
      try record(.handedOver, id, in: transaction, at: now)
      return Batch(id: id, rows: try transaction.handOvers.rows(inBatch: id))
    }
  }

  private func record(
    _ kind: AuditEvent.Kind, _ batch: Batch.ID, in transaction: any Transaction, at now: Date
  ) throws {
    try transaction.record(AuditEvent(kind: kind, detail: act.detail("batch \(batch)")), at: now)
  }

  package enum Reprint: Sendable {
    case printed(Batch)
    case unknown
    /// The back office has it; its changes are not handed over again.
    case acknowledged
  }

  /// Gives out a batch again, until it is acknowledged.
  package func export(batch id: Batch.ID) async throws -> Reprint {
    let now = now()
    return try await store.write { transaction in
      guard let standing = try transaction.handOvers.standing(ofBatch: id) else { return .unknown }
      guard standing.acknowledgedAt == nil else { return .acknowledged }
      try record(.handedOver, id, in: transaction, at: now)
      return .printed(Batch(id: id, rows: try transaction.handOvers.rows(inBatch: id)))
    }
  }

  package enum Acknowledgement: Hashable, Sendable {
    case acknowledged(rows: Int)
    case wasAcknowledged
    case unknown
  }

  /// The back office has entered the batch in its books.
  package func acknowledge(batch id: Batch.ID) async throws -> Acknowledgement {
    let now = now()
    return try await store.write { transaction in
      let rows = try transaction.handOvers.acknowledge(inBatch: id, at: now)
      if rows > 0 {
        try record(.handOverAcknowledged, id, in: transaction, at: now)
        return .acknowledged(rows: rows)
      }
      return try transaction.handOvers.standing(ofBatch: id) == nil ? .unknown : .wasAcknowledged
    }
  }

  package struct Status: Sendable {
    /// Changes that are not in a batch yet.
    package let waiting: Int
    /// Batches that were given out and not acknowledged, oldest first.
    package let open: [Open]

    package struct Open: Sendable {
      package let id: Batch.ID
      package let rows: Int
      package let exportedAt: Date
    }
  }

  package func status() async throws -> Status {
    try await store.read { transaction in
      Status(
        waiting: try transaction.handOvers.waiting(), open: try transaction.handOvers.openBatches())
    }
  }
}
