/// A register file that was read to its end.
struct ReadFile<Row: StoredRow>: Sendable {
  /// Whether the header line could be used; otherwise the report has its one reject.
  let isUsable: Bool
  let records: SortedRecords
  /// The customers that the rows belong to, for rows that belong to one.
  let owners: SortedRecords
  var report: FileReport
  let tear: Reject?
  let rejected: RejectedRows<Row>?
}

/// Records in the order of their keys, one at a time.
protocol OrderedRecords: Sendable {
  mutating func next() async throws -> SortedRecord?
}

/// The records of a file that become rows: one for each key, and none for an unknown customer.
struct AcceptedRecords: OrderedRecords {
  private var reader: SortedRecords.Reader
  private let orphans: LineSet
  private var last: SortedRecord?

  /// - Parameter orphans: the lines of rows whose customer is unknown
  init(_ records: SortedRecords, without orphans: LineSet) throws(FileFault) {
    reader = try records.makeReader()
    self.orphans = orphans
  }

  /// Why a record does not become a row.
  enum Refusal {
    /// Its customer is unknown.
    case orphan
    /// An earlier line has the number.
    case repeats(SortedRecord)
  }

  enum Verdict {
    case accepted(SortedRecord)
    case refused(SortedRecord, Refusal)
  }

  mutating func nextVerdict() throws(FileFault) -> Verdict? {
    guard let record = try reader.next() else { return nil }
    if orphans.contains(record.line) { return .refused(record, .orphan) }
    // The first line with a key gets it.
    if let last, record.key == last.key { return .refused(record, .repeats(last)) }
    last = record
    return .accepted(record)
  }

  mutating func next() throws(FileFault) -> SortedRecord? {
    while let verdict = try nextVerdict() {
      if case .accepted(let record) = verdict { return record }
    }
    return nil
  }
}
