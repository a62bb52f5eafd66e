internal import Persistence

/// Compares the rows of a file with those of the register in use.
struct RowComparison<Row: StoredRow>: Sendable {
  let store: any Store
  let generation: Int64
  let sizes: ImportSizes

  struct Result: Sendable {
    var report: FileReport
    /// The differences; nil if they are too many to be held.
    var changes: [RowChange]? = []
    /// Numbers that several rows have which cannot all be meant.
    var contested: SortedNumbers
    /// Those that were contested and that a delivery has. Some of them may be contested again.
    var settled: SortedNumbers

    init(_ report: FileReport, _ sizes: ImportSizes) {
      self.report = report
      contested = SortedNumbers(sizes)
      settled = SortedNumbers(sizes)
    }
  }

  /// A whole register: both in the order of their keys, and what the file lacks is removed.
  ///
  /// - Parameters:
  ///   - orphans: the lines of rows whose customer is unknown
  ///   - onKey: called with the key of each row of the new register, in order
  func run(
    _ file: ReadFile<Row>, without orphans: LineSet,
    onKey: (String) throws -> Void,
    onProgress: (Int) async throws -> Void
  ) async throws -> Result {
    var result = Result(file.report, sizes)
    var accepted = try AcceptedRecords(file.records, without: orphans)
    var present = PresentRows<Row>(store, generation: generation, sizes: sizes)
    var count = 0
    while let record = try accepted.next(onReject: { record, refusal in
      try reject(record, refusal, file, &result)
    }) {
      try onKey(record.key)
      count += 1
      if count.isMultiple(of: sizes.rowsPerBatch) {
        try Task.checkCancellation()
        try await onProgress(count)
      }
      while let row = try await present.head, row.key < record.key {
        present.dropHead()
        remove(row.key, &result)
      }
      if let row = try await present.head, row.key == record.key {
        present.dropHead()
        take(record, over: row.content, &result)
      } else {
        take(record, over: nil, &result)
      }
    }
    while let row = try await present.head {
      present.dropHead()
      remove(row.key, &result)
    }
    result.report.orderRejects()
    return result
  }

  /// A delivery: each of its rows is looked up, and all others stay as they are.
  func runDelivery(
    _ file: ReadFile<Row>, without orphans: LineSet,
    onProgress: (Int) async throws -> Void
  ) async throws -> Result {
    var result = Result(file.report, sizes)
    var accepted = try AcceptedRecords(file.records, without: orphans)
    var count = 0
    while true {
      var batch: [SortedRecord] = []
      while batch.count < Self.rowsPerLookUp,
        let record = try accepted.next(onReject: { record, refusal in
          try reject(record, refusal, file, &result)
        })
      {
        batch.append(record)
      }
      if batch.isEmpty { break }
      try Task.checkCancellation()
      let keys = batch.map(\.key)
      let present = try await PresentRows<Row>.rows(
        of: keys[...], in: store, generation: generation)
      let contested = try await contestedNumbers(among: keys)
      for record in batch {
        let row = present[record.key]
        if contested.contains(record.key) { try result.settled.insert(record.key) }
        switch (record.operation, row) {
        case (.upsert, _): take(record, over: row, &result)
        case (.delete, _?): remove(record.key, &result)
        case (.delete, nil): result.report.unchanged += 1
        }
      }
      count += batch.count
      try await onProgress(count)
    }
    result.report.orderRejects()
    return result
  }

  /// Those that are contested at present.
  private func contestedNumbers(among keys: [String]) async throws -> Set<String> {
    let generation = generation
    return try await store.read {
      try $0.imports.contested(among: keys, Row.self, in: generation)
    }
  }

  /// As many as a statement is prepared for (``Swift/Array/pieces``).
  private static var rowsPerLookUp: Int { 512 }

  private func reject(
    _ record: SortedRecord, _ refusal: AcceptedRecords.Refusal, _ file: ReadFile<Row>,
    _ result: inout Result
  ) throws {
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
      if isContested { try result.contested.insert(record.key) }
      reject = Reject(
        file: Row.file, line: record.line, column: Row.key.rawValue, reason: Row.repeatedKey)
    }
    result.report.add(reject)
    try file.rejected?.add(
      cells: Row.cells(key: record.key, content: RowContent.values(record.content)),
      record.operation, reject)
  }

  private func remove(_ key: String, _ result: inout Result) {
    result.report.removed += 1
    note(.removal(key: key), &result)
  }

  /// - Parameter present: the row with the same key in the register
  private func take(_ record: SortedRecord, over present: String?, _ result: inout Result) {
    guard let present else {
      result.report.new += 1
      note(.insertion(key: record.key, content: RowContent.values(record.content)), &result)
      return
    }
    let filledNow = RowContent.filled(record.content)
    if RowContent.isSame(record.content, present) {
      result.report.unchanged += 1
      count(before: filledNow, now: filledNow, &result)
      return
    }
    result.report.changed += 1
    let before = Array(present.utf8)
    count(before: RowContent.filled(before), now: filledNow, &result)
    let (old, values) = (RowContent.values(before), RowContent.values(record.content))
    if hasChanged(Row.phoneColumn, from: old, to: values) { result.report.changedPhones += 1 }
    if hasChanged(Row.ownerColumn, from: old, to: values) { result.report.changedOwners += 1 }
    note(.replacement(key: record.key, content: values), &result)
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

  private func count(before: UInt32, now: UInt32, _ result: inout Result) {
    if Row.ownerColumn != nil { result.report.owners += 1 }
    for column in Row.optionalColumns {
      guard let place = Row.place(of: column), before & (1 << UInt32(place)) != 0 else { continue }
      let isEmptied = now & (1 << UInt32(place)) == 0
      result.report.cells[column.rawValue, default: .init()].filled += 1
      if isEmptied { result.report.cells[column.rawValue, default: .init()].emptied += 1 }
      if column == Row.phoneColumn { result.report.phones += 1 }
    }
  }

  /// - Parameter change: made only as long as differences are held
  private func note(_ change: @autoclosure () -> RowChange, _ result: inout Result) {
    guard let count = result.changes?.count else { return }
    if count < sizes.rowsInPlace { result.changes?.append(change()) } else { result.changes = nil }
  }
}
