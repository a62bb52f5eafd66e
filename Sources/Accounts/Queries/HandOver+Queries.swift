internal import FoundationEssentials
internal import Persistence

/// The queue of changes for the back office.
extension Transaction {
  func claimHandOvers(atMost count: Int) throws -> [Int64] {
    try rows(
      """
      SELECT id FROM handover WHERE batch IS NULL
      ORDER BY id
      LIMIT \(count)
      \(Query.Differing.skippingRowLock)
      """
    ).map { try $0.value("id") }
  }

  func putHandOvers(_ ids: [Int64], intoBatch number: Int64, at now: Date) throws {
    // An engine takes only so many values at once.
    for start in stride(from: 0, to: ids.count, by: 500) {
      let some = ids[start..<min(start + 500, ids.count)].map { id -> Query in "\(id)" }
      try perform(
        """
        UPDATE handover SET batch = \(number), exported_at = \(now)
        WHERE batch IS NULL AND id IN (\(Query.joined(some, separator: ", ")))
        """)
    }
  }

  func handOvers(inBatch number: Int64) throws -> [HandOverDesk.Row] {
    try rows(
      """
      SELECT id, customer_number, kind, old_value, new_value, at FROM handover
      WHERE batch = \(number)
      ORDER BY id
      """
    ).map { row in
      HandOverDesk.Row(
        id: try row.value("id"), customer: try row.value("customer_number"),
        kind: try row.value("kind"), old: try row.optional("old_value"),
        new: try row.optional("new_value"), at: try row.value("at"))
    }
  }

  func standing(ofBatch number: Int64) throws -> (acknowledgedAt: Date?, rows: Int)? {
    let row = try row(
      """
      SELECT COUNT(*) AS batch_rows, MAX(acknowledged_at) AS acknowledged_at FROM handover
      WHERE batch = \(number)
      """)
    guard let row, let rows = try row.optional("batch_rows", as: Int.self), rows > 0 else {
      return nil
    }
    return (try row.optional("acknowledged_at"), rows)
  }

  /// Acknowledges a batch, once.
  ///
  /// - Returns: how many rows it has; 0 when there was nothing to acknowledge.
  func acknowledgeHandOvers(inBatch number: Int64, at now: Date) throws -> Int {
    try execute(
      """
      UPDATE handover SET acknowledged_at = \(now)
      WHERE batch = \(number) AND acknowledged_at IS NULL
      """)
  }

  func waitingHandOvers() throws -> Int {
    try row("SELECT COUNT(*) AS waiting FROM handover WHERE batch IS NULL")?
      .value("waiting") ?? 0
  }

  func openBatches() throws -> [HandOverDesk.Status.Open] {
    try rows(
      """
      SELECT batch, COUNT(*) AS batch_rows, MIN(exported_at) AS exported_at FROM handover
      WHERE batch IS NOT NULL AND acknowledged_at IS NULL
      GROUP BY batch
      ORDER BY batch
      LIMIT 1000
      """
    ).map { row in
      HandOverDesk.Status.Open(
        number: try row.value("batch"), rows: try row.value("batch_rows"),
        exportedAt: try row.value("exported_at"))
    }
  }

  /// Deletes what the back office has had for long.
  func deleteHandOvers(acknowledgedBefore cutoff: Date, atMost count: Int) throws -> Int {
    try execute(
      """
      DELETE FROM handover
      WHERE id IN (
        SELECT id FROM handover
        WHERE acknowledged_at < \(cutoff)
        ORDER BY acknowledged_at
        LIMIT \(count)
      )
      """)
  }
}
