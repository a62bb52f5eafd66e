/// Reads a register file from chunks of bytes of any size, line by line.
///
/// A line that cannot be read is a reject and the next one is read. A file whose header line cannot
/// be used is one reject, and nothing more of it is read.
package struct RegisterReader<Row: RegisterRow>: Sendable {
  private var parser: CSVParser
  private var sorter = Sorter()

  package init(encoding: TextEncoding = .utf8) {
    parser = CSVParser(encoding: encoding)
  }

  /// Whether the header line was unusable, so that reading on is pointless.
  package var isRefused: Bool { sorter.state.isRefused }

  /// Reads on, and calls back for each line that ends in this chunk.
  package mutating func read(
    chunk: [UInt8], onLine: (RegisterLine<Row>) throws -> Void
  ) rethrows {
    if isRefused { return }
    // The callback may not touch self while the parser, a part of it, is at work.
    var sorter = sorter
    defer { self.sorter = sorter }
    try parser.parse(chunk: chunk) { row in
      if let line = sorter.sort(row) { try onLine(line) }
    }
  }

  /// Calls back for the last line, and for a file that had none.
  package mutating func finish(onLine: (RegisterLine<Row>) throws -> Void) rethrows {
    var sorter = sorter
    defer { self.sorter = sorter }
    try parser.finish { row in
      if let line = sorter.sort(row) { try onLine(line) }
    }
    if let line = sorter.finish() { try onLine(line) }
  }
}

extension RegisterReader {
  /// Takes the first record for the header, and makes lines of the others.
  private struct Sorter: Sendable {
    var state = State.beforeHeader

    enum State {
      case beforeHeader
      case afterHeader(RegisterHeader<Row.Column>)
      case refused

      var isRefused: Bool {
        if case .refused = self { true } else { false }
      }
    }

    mutating func sort(_ row: CSVRow) -> RegisterLine<Row>? {
      switch state {
      case .beforeHeader: readHeader(row)
      case .afterHeader(let header): read(row, header: header)
      case .refused: nil
      }
    }

    mutating func finish() -> RegisterLine<Row>? {
      guard case .beforeHeader = state else { return nil }
      state = .refused
      return reject(1, nil, .noHeader)
    }

    private mutating func readHeader(_ row: CSVRow) -> RegisterLine<Row>? {
      do throws(RejectReason) {
        state = .afterHeader(try RegisterHeader(Self.names(row)))
        return nil
      } catch {
        state = .refused
        return reject(row.line, nil, error)
      }
    }

    private static func names(_ row: CSVRow) throws(RejectReason) -> [String] {
      switch row.fields {
      case .success(let names): return names
      case .failure(let fault): throw .malformed(fault.reason)
      }
    }

    private func read(
      _ row: CSVRow, header: RegisterHeader<Row.Column>
    ) -> RegisterLine<Row>? {
      switch row.fields {
      case .failure(let fault):
        return reject(row.line, header.name(ofColumn: fault.column), .malformed(fault.reason))
      // Spreadsheets leave lines of separators below the last row.
      case .success(let fields) where fields.allSatisfy(\.isEmpty):
        return nil
      case .success(let fields) where fields.count != header.count:
        return reject(row.line, nil, .columnCount(fields.count, expected: header.count))
      case .success(let fields):
        do throws(CellFault) {
          return .row(try Row(RegisterCells(fields, header: header)), line: row.line)
        } catch {
          return reject(row.line, error.column, error.reason)
        }
      }
    }

    private func reject(
      _ line: Int, _ column: String?, _ reason: RejectReason
    ) -> RegisterLine<Row> {
      .reject(Reject(file: Row.file, line: line, column: column, reason: reason))
    }
  }
}
