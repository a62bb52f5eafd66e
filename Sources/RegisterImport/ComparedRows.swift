internal import Persistence

/// The rows of a whole register's file in the order of their keys, each compared with the register
/// in use before it is handed on. What the file lacks is removed.
struct ComparedRows<Row: StoredRow>: OrderedRecords {
  /// Whole when the last row has been handed on.
  private(set) var comparison: RowComparison<Row>
  /// Whose customer is not among these rows, if they are customers.
  private(set) var orphans: Orphans?
  private var accepted: AcceptedRecords
  private var present: PresentRows<Row>

  /// - Parameters:
  ///   - lines: those of rows whose customer is unknown
  ///   - orphans: the rows of the other file, if these are the customers they belong to
  init(
    _ file: ReadFile<Row>, without lines: LineSet = LineSet(), finding orphans: Orphans? = nil,
    besideThoseOf generation: Int64, in store: any Store, _ sizes: ImportSizes
  ) throws(FileFault) {
    comparison = RowComparison(of: file, sizes)
    accepted = try AcceptedRecords(file.records, without: lines)
    present = PresentRows(store, generation: generation, sizes: sizes)
    self.orphans = orphans
  }

  mutating func next() async throws -> SortedRecord? {
    while let verdict = try accepted.nextVerdict() {
      switch verdict {
      case .refused(let record, let refusal): try comparison.reject(record, refusal)
      case .accepted(let record):
        try orphans?.pass(record.key)
        comparison.take(record, over: try await present(upTo: record.key))
        return record
      }
    }
    while let row = try await present.head {
      present.dropHead()
      comparison.remove(row.key)
    }
    try orphans?.finish()
    comparison.report.orderRejects()
    return nil
  }

  /// The register's row with a key; those before it go.
  private mutating func present(upTo key: String) async throws -> String? {
    while let row = try await present.head, row.key <= key {
      present.dropHead()
      if row.key == key { return row.content }
      comparison.remove(row.key)
    }
    return nil
  }
}
