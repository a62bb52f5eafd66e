/// Reads CSV of RFC 4180 from chunks of bytes of any size.
///
/// It holds one record at a time, however long the file, and a record that breaks a limit is not
/// held at all: the rest of it is read past. Whatever a file may hold, the answer is a row or a
/// fault, and reading goes on with the next record.
///
/// Fields are separated by commas or semicolons, whichever the first record has. Lines end with LF
/// or CR LF; empty ones are skipped.
package struct CSVParser: Sendable {
  /// In bytes. An address, the longest thing in a register, takes a tenth of it.
  package static let longestField = 4096
  package static let mostColumns = 64

  private let encoding: TextEncoding
  /// Bytes of the file's beginning until there are enough to tell a byte order mark.
  private var beginning: [UInt8]? = []
  private var separator: UInt8?
  private var state = State.fieldStart

  private var line = 1
  private var firstLine = 1
  private var isBlank = true
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var fault: CSVFault?

  package init(encoding: TextEncoding = .utf8) {
    self.encoding = encoding
  }

  /// Reads on, and calls back for each record that ends in this chunk.
  ///
  /// If the callback throws, the rest of the chunk is lost: read no further with this parser.
  package mutating func parse(
    chunk: [UInt8], onRow: (CSVRow) throws -> Void
  ) rethrows {
    for byte in withoutByteOrderMark(chunk) {
      if let row = take(byte) { try onRow(row) }
    }
  }

  /// Calls back for the last record, if no line end closed it.
  package mutating func finish(onRow: (CSVRow) throws -> Void) rethrows {
    let rest = beginning ?? []
    beginning = nil
    try parse(chunk: rest, onRow: onRow)
    if state == .quoted {
      fault = CSVFault(
        line: firstLine, column: fault?.column ?? fields.count + 1, reason: .unclosedQuote)
    }
    if let row = endRecord() { try onRow(row) }
  }

  private mutating func withoutByteOrderMark(_ chunk: [UInt8]) -> ArraySlice<UInt8> {
    guard let held = beginning else { return chunk[...] }
    let bytes = held + chunk
    let mark = encoding.byteOrderMark
    guard bytes.count >= mark.count else {
      beginning = bytes
      return []
    }
    beginning = nil
    return bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
  }
}

extension CSVParser {
  private enum State {
    case fieldStart
    case unquoted
    case quoted
    /// After a quote inside quotes, which either closes them or is the first of two.
    case afterQuote
    /// After a carriage return outside quotes, which a line feed has to follow.
    case carriageReturn
  }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let comma = UInt8(ascii: ",")
  private static let semicolon = UInt8(ascii: ";")

  private mutating func take(_ byte: UInt8) -> CSVRow? {
    if byte == Self.lineFeed {
      line += 1
    } else if byte != Self.carriageReturn {
      isBlank = false
    }

    switch state {
    case .fieldStart where byte == Self.quote:
      state = .quoted
    case .quoted where byte == Self.quote:
      state = .afterQuote
    case .quoted:
      append(byte)
    case .afterQuote where byte == Self.quote:
      append(byte)
      state = .quoted
    case .carriageReturn where byte != Self.lineFeed:
      note(.strayCarriageReturn)
      return takeOutsideQuotes(byte)
    case .fieldStart, .unquoted, .afterQuote, .carriageReturn:
      return takeOutsideQuotes(byte)
    }
    return nil
  }

  private mutating func takeOutsideQuotes(_ byte: UInt8) -> CSVRow? {
    switch byte {
    case Self.lineFeed:
      return endRecord()
    case Self.carriageReturn:
      state = .carriageReturn
    case _ where isSeparator(byte):
      endField()
      state = .fieldStart
    case _ where state == .afterQuote:
      note(.textAfterQuote)
      state = .unquoted
    case Self.quote:
      note(.strayQuote)
      state = .unquoted
    default:
      append(byte)
      state = .unquoted
    }
    return nil
  }

  private mutating func isSeparator(_ byte: UInt8) -> Bool {
    if let separator { return byte == separator }
    guard byte == Self.comma || byte == Self.semicolon else { return false }
    separator = byte
    return true
  }

  private mutating func append(_ byte: UInt8) {
    guard fault == nil else { return }
    if byte == 0 {
      note(.nul)
    } else if field.count == Self.longestField {
      note(.fieldTooLong)
    } else {
      field.append(byte)
    }
  }

  private mutating func endField() {
    guard fault == nil else { return }
    if fields.count == Self.mostColumns {
      note(.tooManyColumns)
    } else if let text = encoding.decode(field) {
      fields.append(text)
    } else {
      note(.encoding)
    }
    field.removeAll(keepingCapacity: true)
  }

  private mutating func endRecord() -> CSVRow? {
    defer {
      state = .fieldStart
      firstLine = line
      isBlank = true
      field.removeAll(keepingCapacity: true)
      fields.removeAll(keepingCapacity: true)
      fault = nil
    }
    guard !isBlank || fault != nil else { return nil }
    endField()
    separator = separator ?? Self.comma
    return CSVRow(line: firstLine, fields: fault.map { .failure($0) } ?? .success(fields))
  }

  /// Keeps the first fault of a record; those after it are mostly its consequences.
  private mutating func note(_ reason: CSVFault.Reason) {
    guard fault == nil else { return }
    fault = CSVFault(line: firstLine, column: fields.count + 1, reason: reason)
  }
}
