/// Reads a register file from chunks of bytes of any size, line by line.
///
/// A line that cannot be read is a reject, and reading continues with the next one. A file whose
/// header line cannot be used is one reject, and nothing more of it is read.
package struct RegisterReader<Row: RegisterRow>: Sendable {
  private var parser: CSVParser
  private var sorter = Sorter()

  /// - Parameter isDelivery: whether the rows say what they do (``RegisterOperation``)
  package init(encoding: TextEncoding = .utf8, isDelivery: Bool = false) {
    parser = CSVParser(encoding: encoding)
    sorter.encoding = encoding
    sorter.isDelivery = isDelivery
  }

  /// Whether the header line was unusable, so that reading on is pointless.
  package var isRefused: Bool { sorter.state.isRefused }

  /// The reject that shows that people are missing who should be in the file: a quote that is left
  /// open and takes in other rows, or a last line that is cut. Known when the file has been read.
  package var tear: Reject? { sorter.tear }

  /// The header line as the file has it, and what it says.
  var header: (bytes: [UInt8], columns: RegisterHeader<Row.Column>)? { sorter.header }

  /// Reads on, and calls back for each line that ends in this chunk, with its bytes.
  package mutating func read(
    chunk: [UInt8], onLine: (RegisterLine<Row>, ArraySlice<UInt8>) throws -> Void
  ) rethrows {
    if isRefused { return }
    // The callback may not touch self while the parser, a part of it, is running.
    var sorter = sorter
    self.sorter = Sorter()
    defer { self.sorter = sorter }
    try parser.parse(chunk: chunk) { row, bytes in
      if let line = sorter.sort(row, bytes) { try onLine(line, bytes) }
    }
  }

  /// Calls back for the last line, and for a file without any.
  package mutating func finish(
    onLine: (RegisterLine<Row>, ArraySlice<UInt8>) throws -> Void
  ) rethrows {
    if isRefused { return }
    var sorter = sorter
    self.sorter = Sorter()
    defer { self.sorter = sorter }
    try parser.finish { row, bytes in
      if let line = sorter.sort(row, bytes) { try onLine(line, bytes) }
    }
    if let line = sorter.finish() { try onLine(line, []) }
  }
}

extension RegisterReader {
  /// Takes the first record as the header, and makes lines of the others.
  private struct Sorter: Sendable {
    var state = State.beforeHeader
    var encoding = TextEncoding.utf8
    var isDelivery = false
    /// The first quote that was left open, whatever follows it.
    private var openQuote: Reject?
    /// A last line that is short, or that ends with a cell which cannot be read.
    private var cut: Reject?

    var tear: Reject? { openQuote ?? cut }

    enum State {
      case beforeHeader
      case afterHeader(RegisterHeader<Row.Column>, bytes: [UInt8])
      case refused

      var isRefused: Bool {
        if case .refused = self { true } else { false }
      }
    }

    var header: (bytes: [UInt8], columns: RegisterHeader<Row.Column>)? {
      if case .afterHeader(let header, let bytes) = state { (bytes, header) } else { nil }
    }

    mutating func sort(_ row: CSVRow, _ bytes: ArraySlice<UInt8>) -> RegisterLine<Row>? {
      switch state {
      case .beforeHeader: return readHeader(row, bytes)
      case .afterHeader(let header, _):
        let line = read(row, header: header)
        // What follows a line proves that it is whole, but not that its quotes are.
        cut = nil
        switch line {
        case .reject(let reject)?:
          if reject.isOpenQuote { openQuote = openQuote ?? reject }
          if isTorn(row, reject) { cut = reject }
        case .row(let value, let number, let warnings)?:
          guard let fault = doubt(row, bytes, header, warnings) else { break }
          if !warnings.contains(fault) {
            return .row(value, line: number, warnings: warnings + [fault])
          }
          cut = Reject(
            file: Row.file, line: number, column: fault.column, reason: fault.reason)
        case .deletion?, nil: break
        }
        return line
      case .refused: return nil
      }
    }

    mutating func finish() -> RegisterLine<Row>? {
      guard case .beforeHeader = state else { return nil }
      state = .refused
      return reject(1, nil, .noHeader)
    }

    private func isTorn(_ row: CSVRow, _ reject: Reject) -> Bool {
      switch reject.reason {
      case .malformed(.unclosedQuote): true
      case .columnCount(let count, let expected): count < expected
      default: !row.isClosed
      }
    }

    /// What is wrong with the cell at the file's end, or could be: neither a line end nor a quote
    /// says that it is whole.
    private func doubt(
      _ row: CSVRow, _ bytes: ArraySlice<UInt8>, _ header: RegisterHeader<Row.Column>,
      _ warnings: [CellFault]
    ) -> CellFault? {
      let ends: [UInt8] = [0x22, 0x0D]
      guard !row.isClosed, let last = bytes.last, !ends.contains(last),
        let column = header.lastColumn, case .success(let fields) = row.fields
      else { return nil }
      let cell = fields.last?.trimmed ?? ""
      if let unread = warnings.first(where: { $0.column == column.rawValue }), !cell.saysNone {
        return unread
      }
      let isWhole = Row.closedColumns.contains(column) && !cell.isEmpty
      return isWhole ? nil : CellFault(column.rawValue, .noLineEnd)
    }

    private mutating func readHeader(
      _ row: CSVRow, _ bytes: ArraySlice<UInt8>
    ) -> RegisterLine<Row>? {
      do throws(RejectReason) {
        if Self.looksLikeUTF16(bytes) { throw .utf16 }
        if encoding != .utf8, bytes.starts(with: TextEncoding.utf8.byteOrderMark) {
          throw .utf8Mark(encoding)
        }
        state = .afterHeader(
          try RegisterHeader(Self.names(row), isDelivery: isDelivery), bytes: Array(bytes))
        return nil
      } catch {
        state = .refused
        return reject(row.line, nil, error)
      }
    }

    /// Every other byte of ASCII is NUL there.
    private static func looksLikeUTF16(_ bytes: ArraySlice<UInt8>) -> Bool {
      let bytes = Array(bytes.prefix(64))
      if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
      return bytes.count > 3 && bytes.count { $0 == 0 } * 3 >= bytes.count
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
      let quoted = RejectReason.openQuote(followingLines: row.lineCount - 1)
      switch row.fields {
      // Only quotes keep a record from ending with its line.
      case .failure(let fault) where row.lineCount > 1 && fault.reason != .unclosedQuote:
        return reject(row.line, header.name(ofColumn: fault.column), quoted)
      case .failure(let fault):
        return reject(row.line, header.name(ofColumn: fault.column), .malformed(fault.reason))
      // Spreadsheets leave lines of separators below the last row.
      case .success(let fields) where fields.allSatisfy(\.isEmpty):
        return nil
      case .success(let fields) where row.lineCount > 1 && Self.takesInRows(fields, header):
        return reject(row.line, nil, quoted)
      case .success(let fields) where fields.count != header.count:
        return reject(row.line, nil, .columnCount(fields.count, expected: header.count))
      case .success(let fields):
        do throws(CellFault) {
          let cells = RegisterCells(fields, header: header)
          switch try header.operation(of: fields) {
          case .delete: return .deletion(key: try Row.key(of: cells), line: row.line)
          case .upsert:
            var warnings: [CellFault] = []
            let value = try Row(cells, warnings: &warnings)
            return .row(value, line: row.line, warnings: warnings)
          }
        } catch {
          return reject(row.line, error.column, error.reason)
        }
      }
    }

    /// Whether a cell with line ends holds other rows: a quote that was left open in a column, and
    /// one in the same column of a later row, look like a cell with all that is between them.
    private static func takesInRows(
      _ fields: [String], _ header: RegisterHeader<Row.Column>
    ) -> Bool {
      if fields.count != header.count { return true }
      let separators: [UInt8] = [0x2C, 0x3B]
      return Row.Column.allCases.contains { column in
        guard let place = header.position(of: column), fields.indices.contains(place) else {
          return false
        }
        let bytes = Array(fields[place].utf8)
        let lineEnds = bytes.count { $0 == 0x0A }
        return lineEnds > 0
          && separators.contains { separator in
            bytes.count { $0 == separator } >= lineEnds * (header.count - 1)
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

extension String {
  /// Whether somebody has written that there is nothing. It is no value, but no remainder of a cut
  /// one either: no mobile number begins like this, and hardly an address.
  fileprivate var saysNone: Bool { ["-", "nincs"].contains(lowercased()) }
}
