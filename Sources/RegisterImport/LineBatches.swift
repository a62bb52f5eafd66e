/// The lines of a register file, some hundred at a time, however long the file is.
struct LineBatches<Row: RegisterRow, Chunks: AsyncSequence> where Chunks.Element == [UInt8] {
  private var chunks: Chunks.AsyncIterator
  private var reader: RegisterReader<Row>
  /// Lines that were read and not handed out yet.
  private var lines: [RegisterLine<Row>] = []
  private var isAtEnd = false

  init(_ chunks: Chunks, encoding: TextEncoding) {
    self.chunks = chunks.makeAsyncIterator()
    reader = RegisterReader(encoding: encoding)
  }

  /// Reads the beginning, and with it the header line.
  ///
  /// - Returns: the one reject of a file whose header line cannot be used.
  mutating func readHeader() async throws -> Reject? {
    while lines.isEmpty, !isAtEnd { try await readChunk() }
    guard reader.isRefused, case .reject(let reject) = lines.first else { return nil }
    return reject
  }

  /// The next lines, or nil after the last.
  mutating func next() async throws -> LineBatch<Row>? {
    while lines.count < ImportLimits.linesPerBatch, !isAtEnd { try await readChunk() }
    if lines.isEmpty { return nil }
    let batch = LineBatch(lines.prefix(ImportLimits.linesPerBatch))
    lines.removeFirst(batch.count)
    return batch
  }

  private mutating func readChunk() async throws {
    // The reader's callback may not touch self while the reader, a part of it, is at work.
    var read: [RegisterLine<Row>] = []
    if let chunk = try await chunks.next(isolation: #isolation) {
      reader.read(chunk: chunk) { read.append($0) }
    } else {
      isAtEnd = true
      reader.finish { read.append($0) }
    }
    lines += read
  }
}
