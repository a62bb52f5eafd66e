package import Domain
package import FoundationEssentials
package import Persistence

extension Transaction {
  package var handOvers: HandOverQueries { HandOverQueries(transaction: self) }
}

/// The queue of changes for the back office.
package struct HandOverQueries: TransactionPart {
  package let transaction: any Transaction

  /// Puts a change into the queue for the back office, in the transaction that makes it (R4): the
  /// register is the insurer's, and the portal never writes it (R12).
  package func add(
    _ kind: HandOverKind, of account: Account.ID, from old: String?, to new: String?, at now: Date
  ) throws {
    try perform(
      """
      INSERT INTO handover (account_id, customer_number, kind, old_value, new_value, at)
      SELECT id, customer_number, \(kind.rawValue), \(old), \(new), \(now)
      FROM account WHERE id = \(account)
      """)
  }

  /// Hands over a changed answer; what every user must accept is not news.
  func add(
    _ declaration: Declaration, before: Bool?, of account: Account, at now: Date
  ) throws {
    let kind: HandOverKind
    switch declaration.kind {
    case .marketing: kind = .marketing
    case .dataProcessing: kind = .dataProcessing
    case .contract, .notice: return
    }
    func word(_ isAccepted: Bool) -> String { isAccepted ? "yes" : "no" }
    try add(
      kind, of: account.id, from: before.map(word), to: word(declaration.isAccepted), at: now)
  }

  /// Hands over the end of a contract, under the number that the account had.
  func addEnd(of account: Account, at now: Date) throws {
    try perform(
      """
      INSERT INTO handover (account_id, customer_number, kind, at)
      VALUES (\(account.id), \(account.customer.text),
              \(HandOverKind.contractEnded.rawValue), \(now))
      """)
  }

  // MARK: Batches

  func claim(atMost count: Int) throws -> [HandOverBatches.Row.ID] {
    try transaction.rows(
      """
      SELECT id FROM handover WHERE batch IS NULL
      ORDER BY id
      LIMIT \(count)
      \(Query.Differing.skippingRowLock)
      """
    ).map { try $0.value("id") }
  }

  func put(
    _ ids: [HandOverBatches.Row.ID], intoBatch batch: HandOverBatches.Batch.ID, at now: Date
  ) throws {
    // A statement takes a limited number of values.
    for start in stride(from: 0, to: ids.count, by: 500) {
      let some = ids[start..<min(start + 500, ids.count)].map { id -> Query in "\(id)" }
      try perform(
        """
        UPDATE handover SET batch = \(batch), exported_at = \(now)
        WHERE batch IS NULL AND id IN (\(Query.joined(some, separator: ", ")))
        """)
    }
  }

  func rows(inBatch batch: HandOverBatches.Batch.ID) throws -> [HandOverBatches.Row] {
    try transaction.rows(
      """
      SELECT id, customer_number, kind, old_value, new_value, at FROM handover
      WHERE batch = \(batch)
      ORDER BY id
      """
    ).map { row in
      HandOverBatches.Row(
        id: try row.value("id"), customer: try row.value("customer_number"),
        kind: try row.value("kind"), old: try row.optional("old_value"),
        new: try row.optional("new_value"), at: try row.value("at"))
    }
  }

  func standing(ofBatch batch: HandOverBatches.Batch.ID) throws -> (
    acknowledgedAt: Date?, rows: Int
  )? {
    let row = try row(
      """
      SELECT COUNT(*) AS batch_rows, MAX(acknowledged_at) AS acknowledged_at FROM handover
      WHERE batch = \(batch)
      """)
    guard let row, let rows = try row.optional("batch_rows", as: Int.self), rows > 0 else {
      return nil
    }
    return (try row.optional("acknowledged_at"), rows)
  }

  /// Acknowledges a batch, once.
  ///
  /// - Returns: how many rows it has; 0 when there was nothing to acknowledge.
  func acknowledge(inBatch batch: HandOverBatches.Batch.ID, at now: Date) throws -> Int {
    try execute(
      """
      UPDATE handover SET acknowledged_at = \(now)
      WHERE batch = \(batch) AND acknowledged_at IS NULL
      """)
  }

  func waiting() throws -> Int {
    try row("SELECT COUNT(*) AS waiting FROM handover WHERE batch IS NULL")?
      .value("waiting") ?? 0
  }

  func openBatches() throws -> [HandOverBatches.Status.Open] {
    try transaction.rows(
      """
      SELECT batch, COUNT(*) AS batch_rows, MIN(exported_at) AS exported_at FROM handover
      WHERE batch IS NOT NULL AND acknowledged_at IS NULL
      GROUP BY batch
      ORDER BY batch
      LIMIT 1000
      """
    ).map { row in
      HandOverBatches.Status.Open(
        id: try row.value("batch"), rows: try row.value("batch_rows"),
        exportedAt: try row.value("exported_at"))
    }
  }

  /// Deletes what the back office acknowledged long ago.
  func delete(acknowledgedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try deleteOldest(of: "handover", by: "acknowledged_at", before: cutoff, atMost: count)
  }
}
