/// A row of a register file on its way through the sorting.
struct SortedRecord: Equatable, Sendable {
  /// What the rows are ordered by; only ASCII.
  let key: String
  /// Its line in the file, which orders rows with the same key.
  let line: Int
  /// The row's other values, as ``RowContent`` joins them.
  let content: [UInt8]

  var isDeletion: Bool { RowContent.isDeletion(content) }
  var operation: RegisterOperation { isDeletion ? .delete : .upsert }
}

extension SortedRecord {
  /// The numbers before key and content: the length of each, and the line.
  static let headSize = 2 + 4 + 8

  static func < (one: SortedRecord, other: SortedRecord) -> Bool {
    one.key == other.key ? one.line < other.line : one.key < other.key
  }

  /// The size of the record that begins at a place, if its head is there.
  static func size(in bytes: [UInt8], at place: Int) -> Int? {
    guard bytes.count - place >= headSize else { return nil }
    return headSize + number(bytes, place, 2) + number(bytes, place + 2, 4)
  }

  /// Whether one of two records comes before the other, without reading them.
  static func precedes(in bytes: [UInt8], _ one: Int, _ other: Int) -> Bool {
    let (size, otherSize) = (number(bytes, one, 2), number(bytes, other, 2))
    for index in headSize..<headSize + min(size, otherSize) {
      let (byte, otherByte) = (bytes[one + index], bytes[other + index])
      if byte != otherByte { return byte < otherByte }
    }
    if size != otherSize { return size < otherSize }
    return number(bytes, one + 6, 8) < number(bytes, other + 6, 8)
  }

  /// - Parameter bytes: they must hold the whole record.
  init(reading bytes: [UInt8], at place: Int) {
    let keyStart = place + Self.headSize
    let contentStart = keyStart + Self.number(bytes, place, 2)
    key = String(decoding: bytes[keyStart..<contentStart], as: UTF8.self)
    line = Self.number(bytes, place + 6, 8)
    content = Array(bytes[contentStart..<contentStart + Self.number(bytes, place + 2, 4)])
  }

  /// Appends a record.
  static func append(key: String, line: Int, content: [String], to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: headSize))
    append(key, to: &bytes)
    let keySize = bytes.count - start - headSize
    for (place, value) in content.enumerated() {
      if place > 0 { bytes.append(RowContent.separator) }
      append(value, to: &bytes)
    }
    store(keySize, 2, at: start, in: &bytes)
    store(bytes.count - start - headSize - keySize, 4, at: start + 2, in: &bytes)
    store(line, 8, at: start + 6, in: &bytes)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  private static func store(_ number: Int, _ size: Int, at place: Int, in bytes: inout [UInt8]) {
    for index in 0..<size {
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
    }
  }

  private static func number(_ bytes: [UInt8], _ place: Int, _ size: Int) -> Int {
    var number = 0
    for index in 0..<size { number |= Int(bytes[place + index]) << (8 * index) }
    return number
  }
}
