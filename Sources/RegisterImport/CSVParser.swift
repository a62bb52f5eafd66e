/// Reads CSV of RFC 4180 from chunks of bytes of any size.
///
/// It holds one record at a time, however long the file is, and a record that breaks a limit is not
/// held at all: its rest is skipped. Whatever a file contains, the result is a row or a fault, and
/// reading continues with the next record.
///
/// Fields are separated by commas or semicolons, whichever the first record has. Lines end with LF
/// or CR LF; empty ones are skipped.
package struct CSVParser: Sendable {
  /// In bytes. An address, the longest thing in a register, takes a tenth of it.
  package static let longestField = 4096
  package static let mostColumns = 64
  /// In bytes; of a longer record, only so much is kept to be shown.
  package static let longestRecord = 65_536

  private let encoding: TextEncoding
  /// The file's first bytes, until there are enough to recognise a byte order mark.
  private var beginning: [UInt8]? = []
  private var separator: UInt8?
  private var state = State.fieldStart

  private var line = 1
  private var firstLine = 1
  private var isBlank = true
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var fault: CSVFault?
  /// The bytes of a record that did not fit into one chunk, or needs a closer look.
  private var record: [UInt8] = []

  package init(encoding: TextEncoding = .utf8) {
    self.encoding = encoding
  }

  /// Reads on, and calls back for each record that ends in this chunk, with its bytes.
  ///
  /// If the callback throws, the rest of the chunk is lost: read no further with this parser.
  package mutating func parse(
    chunk: [UInt8], onRow: (CSVRow, ArraySlice<UInt8>) throws -> Void
  ) rethrows {
    let bytes = withoutByteOrderMark(chunk)
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let end = bytes[place...].firstIndex(of: Self.lineFeed)
      if let end, isBetweenRecords, let row = plainRow(bytes[place..<end]) {
        if let row { try onRow(row, bytes[place..<end]) }
        place = end + 1
        continue
      }
      let next = end.map { $0 + 1 } ?? bytes.endIndex
      for byte in bytes[place..<next] {
        keep(byte)
        if let row = take(byte) {
          try onRow(row, record.dropLast(byte == Self.lineFeed ? 1 : 0))
        }
        if isBetweenRecords { record.removeAll(keepingCapacity: true) }
      }
      place = next
    }
  }

  /// Calls back for the last record, if no line end closed it.
  package mutating func finish(onRow: (CSVRow, ArraySlice<UInt8>) throws -> Void) rethrows {
    let rest = beginning ?? []
    beginning = nil
    try parse(chunk: rest, onRow: onRow)
    if state == .quoted {
      fault = CSVFault(
        line: firstLine, column: fault?.column ?? fields.count + 1, reason: .unclosedQuote)
    }
    if let row = endRecord(isClosed: false) { try onRow(row, record[...]) }
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

  /// Whether the next byte begins a record.
  private var isBetweenRecords: Bool {
    state == .fieldStart && fields.isEmpty && fault == nil && isBlank
  }

  /// The record of a line without quotes, which nearly all lines are; inner nil for an empty line.
  ///
  /// - Returns: nil if the line needs to be read byte by byte
  private mutating func plainRow(_ line: ArraySlice<UInt8>) -> CSVRow?? {
    guard let separator else { return nil }
    let line = line.last == Self.carriageReturn ? line.dropLast() : line
    var isPlain = true
    var count = 1
    for byte in line {
      if byte == separator { count += 1 }
      if byte < 0x20 || byte == Self.quote { isPlain = false }
    }
    guard isPlain, count <= Self.mostColumns, line.count <= Self.longestField else { return nil }
    let number = self.line
    self.line += 1
    firstLine = self.line
    if line.isEmpty { return .some(nil) }

    var fields: [String] = []
    fields.reserveCapacity(count)
    var start = line.startIndex
    while fields.count < count {
      let end = line[start...].firstIndex(of: separator) ?? line.endIndex
      guard let text = encoding.decode(line[start..<end]) else {
        let fault = CSVFault(line: number, column: fields.count + 1, reason: .encoding)
        return CSVRow(line: number, fields: .failure(fault))
      }
      fields.append(text)
      start = end + 1
    }
    return CSVRow(line: number, fields: .success(fields))
  }

  private mutating func keep(_ byte: UInt8) {
    if record.count < Self.longestRecord { record.append(byte) }
  }

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
    } else if let text = encoding.decode(field[...]) {
      fields.append(text)
    } else {
      note(.encoding)
    }
    field.removeAll(keepingCapacity: true)
  }

  private mutating func endRecord(isClosed: Bool = true) -> CSVRow? {
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
    return CSVRow(
      line: firstLine, fields: fault.map { .failure($0) } ?? .success(fields),
      lineCount: line - firstLine + (isClosed ? 0 : 1), isClosed: isClosed)
  }

  /// Keeps the first fault of a record; later ones are mostly its consequences.
  private mutating func note(_ reason: CSVFault.Reason) {
    guard fault == nil else { return }
    fault = CSVFault(line: firstLine, column: fields.count + 1, reason: reason)
  }
}
