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

/// The records of a file that become rows: one for each key, and none for an unknown customer.
struct AcceptedRecords {
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

  /// - Parameter onReject: called for each record that does not become a row
  mutating func next(
    onReject: (SortedRecord, Refusal) throws -> Void = { _, _ in }
  ) throws -> SortedRecord? {
    while let record = try reader.next() {
      if orphans.contains(record.line) {
        try onReject(record, .orphan)
      } else if let last, record.key == last.key {
        // The first line with a key gets it.
        try onReject(record, .repeats(last))
      } else {
        last = record
        return record
      }
    }
    return nil
  }

  /// The next ones that become rows.
  mutating func next(atMost count: Int) throws -> [SortedRecord] {
    var records: [SortedRecord] = []
    while records.count < count, let record = try next() { records.append(record) }
    return records
  }
}
