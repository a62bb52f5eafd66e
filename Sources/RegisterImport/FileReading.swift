internal import Cryptography
internal import Domain

/// Reads a register file to its end: its rows into sorted records, everything else into a report.
///
/// It knows nothing of the chunks but how to get the next. With a type for each source the
/// compiler would make no code for each kind of row, and reading would take half as long again.
struct FileReading<Row: StoredRow>: Sendable {
  private let beginning: @Sendable () -> () async throws -> [UInt8]?
  let options: ImportOptions
  let sizes: ImportSizes
  let rejectedRows: RejectedRows<Row>?
  /// Called after each chunk.
  let onProgress: @Sendable (ImportProgress) async throws -> Void

  init<Chunks: AsyncSequence & Sendable>(
    _ chunks: Chunks, _ options: ImportOptions, _ sizes: ImportSizes,
    rejectedRows: RejectedRows<Row>?,
    onProgress: @escaping @Sendable (ImportProgress) async throws -> Void
  ) where Chunks.Element == [UInt8] {
    beginning = {
      var iterator = chunks.makeAsyncIterator()
      return { try await iterator.next(isolation: #isolation) }
    }
    self.options = options
    self.sizes = sizes
    self.rejectedRows = rejectedRows
    self.onProgress = onProgress
  }

  func read() async throws -> ReadFile<Row> {
    var reader = RegisterReader<Row>(
      encoding: options.encoding, isDelivery: options.kind.isDelivery)
    var intake = Intake<Row>(sizes, options.encoding, keepsRejected: rejectedRows != nil)
    var (hash, bytes) = (SHA256Stream(), 0)
    let next = beginning()
    while let chunk = try await next() {
      try Task.checkCancellation()
      hash.add(chunk)
      bytes += chunk.count
      try reader.read(chunk: chunk) { try intake.take($0, $1) }
      if reader.isRefused { return try intake.file(of: reader, rejectedRows) }
      try intake.writeRejected(reader, rejectedRows)
      try await onProgress(
        ImportProgress(
          stage: .reading, file: Row.file, lines: intake.report.lines, bytes: bytes))
    }
    try reader.finish { try intake.take($0, $1) }
    try intake.writeRejected(reader, rejectedRows)
    intake.report.hash = hexadecimal(hash.finish())
    return try intake.file(of: reader, rejectedRows)
  }
}

/// What has been read of a file.
private struct Intake<Row: StoredRow> {
  var report = FileReport()
  private var records: RecordSorter
  private var owners: RecordSorter
  private let keepsRejected: Bool
  private var rejected: [(bytes: [UInt8], reject: Reject)] = []
  private var hasBegun = false

  init(_ sizes: ImportSizes, _ encoding: TextEncoding, keepsRejected: Bool) {
    records = RecordSorter(sizes)
    owners = RecordSorter(sizes)
    self.keepsRejected = keepsRejected
    report.encoding = encoding
  }

  mutating func take(_ line: RegisterLine<Row>, _ bytes: ArraySlice<UInt8>) throws {
    report.lines += 1
    switch line {
    case .row(let row, let number, let warnings):
      let content = row.content
      try records.add(key: row.key, line: number, content: content)
      countPhone(in: content, warnings)
      countTexts(in: content)
      if let owner = row.owner { try owners.add(key: owner.text, line: number, content: []) }
      for warning in warnings {
        report.add(
          warning: Reject(
            file: Row.file, line: number, column: warning.column, reason: warning.reason))
      }
    case .deletion(let key, let number):
      try records.add(key: key, line: number, content: [RowContent.deletion])
    case .reject(let reject):
      report.add(reject)
      if keepsRejected { rejected.append((Array(bytes), reject)) }
    }
  }

  private mutating func countPhone(in content: [String], _ warnings: [CellFault]) {
    guard let column = Row.phoneColumn, let place = Row.place(of: column) else { return }
    let unread = warnings.first { $0.column == column.rawValue && $0.reason != .noLineEnd }
    if let warning = unread {
      report.filledPhones += 1
      report.addUnreadPhone(warning.reason)
    } else if content.dropFirst(place).first?.isEmpty == false {
      report.filledPhones += 1
    }
  }

  private mutating func countTexts(in content: [String]) {
    for column in Row.textColumns {
      guard let place = Row.place(of: column), content.indices.contains(place),
        !content[place].utf8.allSatisfy({ $0 < 0x80 })
      else { continue }
      report.accentedTexts += 1
      if GarbledText.isIn(content[place]) { report.garbledTexts += 1 }
    }
  }

  mutating func writeRejected(
    _ reader: RegisterReader<Row>, _ rejectedRows: RejectedRows<Row>?
  ) throws {
    guard let rejectedRows, let header = reader.header else { return }
    if !hasBegun { try rejectedRows.begin(header) }
    hasBegun = true
    for (bytes, reject) in rejected { try rejectedRows.add(bytes[...], reject) }
    rejected = []
  }

  consuming func file(
    of reader: RegisterReader<Row>, _ rejectedRows: RejectedRows<Row>?
  ) throws -> ReadFile<Row> {
    ReadFile(
      isUsable: !reader.isRefused, records: try records.sorted(), owners: try owners.sorted(),
      report: report, tear: reader.tear, rejected: rejectedRows)
  }
}
