/// What the rows of a file differ in from those of the register in use.
struct RowComparison<Row: StoredRow>: Sendable {
  var report: FileReport
  /// The differences; nil if they are too many to be held.
  var changes: [RowChange]? = []
  /// Numbers that several rows have which cannot all be meant.
  private(set) var contested: SortedNumbers
  /// Those that were contested and that a delivery has. Some of them may be contested again.
  private(set) var settled: SortedNumbers
  private let rejected: RejectedRows<Row>?
  private let rowsInPlace: Int

  init(of file: ReadFile<Row>, _ sizes: ImportSizes) {
    report = file.report
    rejected = file.rejected
    rowsInPlace = sizes.rowsInPlace
    contested = SortedNumbers(sizes)
    settled = SortedNumbers(sizes)
  }

  /// A record of the file that becomes no row.
  mutating func reject(_ record: SortedRecord, _ refusal: AcceptedRecords.Refusal) throws {
    let reject: Reject
    switch refusal {
    case .orphan:
      reject = Reject(
        file: Row.file, line: record.line, column: Row.ownerColumn?.rawValue,
        reason: .unknownCustomer)
    case .repeats(let first):
      let isContested =
        !first.isDeletion && !record.isDeletion
        && Row.conflicts(first.content, record.content)
      if isContested { try contested.insert(record.key) }
      reject = Reject(
        file: Row.file, line: record.line, column: Row.key.rawValue, reason: Row.repeatedKey)
    }
    report.add(reject)
    try rejected?.add(
      cells: Row.cells(key: record.key, content: RowContent.values(record.content)),
      record.operation, reject)
  }

  /// A row of the register that goes.
  mutating func remove(_ key: String) {
    report.removed += 1
    note(.removal(key: key))
  }

  /// A row of the file.
  ///
  /// - Parameter present: the row with the same key in the register
  mutating func take(_ record: SortedRecord, over present: String?) {
    guard let present else {
      report.new += 1
      note(.insertion(key: record.key, content: record.content))
      return
    }
    let filledNow = RowContent.filled(record.content)
    if RowContent.isSame(record.content, present) {
      report.unchanged += 1
      count(before: filledNow, now: filledNow)
      return
    }
    report.changed += 1
    let before = Array(present.utf8)
    count(before: RowContent.filled(before), now: filledNow)
    let (old, values) = (RowContent.values(before), RowContent.values(record.content))
    if hasChanged(Row.phoneColumn, from: old, to: values) { report.changedPhones += 1 }
    if hasChanged(Row.ownerColumn, from: old, to: values) { report.changedOwners += 1 }
    note(.replacement(key: record.key, content: record.content))
  }

  /// A row of a delivery.
  ///
  /// - Parameter wasContested: whether its number has been nobody's in particular
  mutating func apply(
    _ record: SortedRecord, over present: String?, wasContested: Bool
  ) throws {
    if wasContested { try settled.insert(record.key) }
    switch (record.operation, present) {
    case (.upsert, _): take(record, over: present)
    case (.delete, _?): remove(record.key)
    case (.delete, nil): report.unchanged += 1
    }
  }

  /// Whether a value that was there is another one now, or none.
  private func hasChanged(
    _ column: Row.Column?, from old: [String], to values: [String]
  ) -> Bool {
    guard let place = column.flatMap(Row.place(of:)), old.indices.contains(place),
      values.indices.contains(place)
    else { return false }
    return !old[place].isEmpty && old[place] != values[place]
  }

  private mutating func count(before: UInt32, now: UInt32) {
    if Row.ownerColumn != nil { report.owners += 1 }
    for column in Row.optionalColumns {
      guard let place = Row.place(of: column), before & (1 << UInt32(place)) != 0 else { continue }
      let isEmptied = now & (1 << UInt32(place)) == 0
      report.cells[column.rawValue, default: .init()].filled += 1
      if isEmptied { report.cells[column.rawValue, default: .init()].emptied += 1 }
      if column == Row.phoneColumn { report.phones += 1 }
    }
  }

  private mutating func note(_ change: RowChange) {
    guard let count = changes?.count else { return }
    if count < rowsInPlace { changes?.append(change) } else { changes = nil }
  }
}
