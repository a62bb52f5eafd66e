internal import Domain
internal import Persistence

extension Transaction {
  /// Writes a batch into the fresh register and compares it with the present one.
  func take<Row: StoredRow>(
    _ batch: LineBatch<Row>, into generations: Generations
  ) throws -> TakenBatch {
    var rejects = batch.rejects
    let owned = try withoutOrphans(batch.rows, in: generations.fresh, &rejects)
    let taken = try insert(owned, into: generations.fresh, &rejects)
    for appendix in Row.appendices(of: taken, into: generations.fresh) { try perform(appendix) }

    var (kept, unchanged) = (0, 0)
    for keys in taken.map(\.key).pieces {
      for row in try rows(Row.comparison(of: keys, in: generations)) {
        kept += try row.value("kept")
        unchanged += try row.value("unchanged")
      }
    }
    return TakenBatch(
      new: taken.count - kept, changed: kept - unchanged, unchanged: unchanged,
      rejects: rejects.sorted { $0.line < $1.line })
  }

  /// The rows whose customers were taken over; the others become rejects.
  private func withoutOrphans<Row: StoredRow>(
    _ rows: [NumberedRow<Row>], in generation: Int64, _ rejects: inout [Reject]
  ) throws -> [NumberedRow<Row>] {
    guard let column = Row.owner else { return rows }
    var known: Set<String> = []
    for owners in Array(Set(rows.compactMap(\.row.owner?.text))).pieces {
      let found = try self.rows(
        """
        SELECT column1 AS customer_number FROM \(Query.wanted(owners))
        WHERE (
          SELECT COUNT(*) FROM register_customer
          WHERE generation = \(generation) AND customer_number = wanted.column1
        ) = 1
        """)
      for row in found { known.insert(try row.value("customer_number")) }
    }

    return rows.filter { row in
      if let owner = row.row.owner, known.contains(owner.text) { return true }
      rejects.append(row.reject(column, .unknownCustomer))
      return false
    }
  }

  /// Writes rows; one whose key an earlier line has taken becomes a reject.
  ///
  /// - Returns: the rows that were written.
  private func insert<Row: StoredRow>(
    _ rows: [NumberedRow<Row>], into generation: Int64, _ rejects: inout [Reject]
  ) throws -> [Row] {
    var keys =
      dialect == .postgres
      ? try keysOfCopied(rows, into: generation) : try keysOfInserted(rows, into: generation)
    return rows.compactMap { row in
      // The first line with a key has it; both engines write rows in the order of their list.
      if keys.remove(row.row.key) != nil { return row.row }
      rejects.append(row.reject(Row.key, Row.repeatedKey))
      return nil
    }
  }

  private func keysOfInserted<Row: StoredRow>(
    _ rows: [NumberedRow<Row>], into generation: Int64
  ) throws -> Set<String> {
    var keys: Set<String> = []
    for piece in rows.map(\.row).pieces {
      for row in try self.rows(Row.insertion(of: piece, into: generation)) {
        keys.insert(try row.value("key"))
      }
    }
    return keys
  }

  /// PostgreSQL takes rows quickest by `COPY`, which knows no conflicts; so they go by way of a
  /// table that is gone with the transaction.
  private func keysOfCopied<Row: StoredRow>(
    _ rows: [NumberedRow<Row>], into generation: Int64
  ) throws -> Set<String> {
    guard !rows.isEmpty else { return [] }
    try perform(Row.incoming)
    try load(
      rows.map { [.integer(Int64($0.line))] + $0.row.values(in: generation) }, into: "incoming",
      columns: ["line"] + Row.columns)
    return Set(try self.rows(Row.copiedInsertion).map { try $0.value("key") })
  }
}
