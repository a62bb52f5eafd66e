internal import Domain
internal import Persistence

/// Rows of a register on their way into the tables of a generation.
struct PackedRecords<Row: StoredRow>: Sendable {
  private(set) var rows: PackedRows
  /// The last of customers' values has a table of its own.
  private(set) var oldNumbers = PackedRows(columns: ["generation", "old_number", "customer_number"])
  private let generation: Int64
  private let namePlace = Row.nameKey.flatMap { Row.place(of: $0.of) }

  var count: Int { rows.count }

  init(of generation: Int64) {
    self.generation = generation
    rows = PackedRows(
      columns: ["generation"] + Row.columns + [Row.nameKey?.column].compactMap(\.self))
  }

  /// - Parameters:
  ///   - key: none that the generation has
  ///   - content: as ``RowContent`` joins it
  mutating func append(key: String, content: [UInt8]) {
    rows.append(.integer(generation))
    rows.append(text: key)
    var rest = content[...]
    var nameKey: [UInt8]?
    for place in 0..<Row.columns.count - 1 {
      let value = rest.prefix { $0 != RowContent.separator }
      if value.isEmpty { rows.append(.null) } else { rows.append(text: value) }
      if place == namePlace { nameKey = NameKey.stored(of: value) }
      rest = rest.dropFirst(value.count + 1)
    }
    if let nameKey { rows.append(text: nameKey[...]) }
    for number in rest.split(separator: UInt8(ascii: " ")) {
      oldNumbers.append(.integer(generation))
      oldNumbers.append(text: number)
      oldNumbers.append(text: key)
    }
  }

  /// Appends the next records, as long as there are not so many.
  mutating func fill(
    upTo size: Int, from records: inout some OrderedRecords
  ) async throws {
    while count < size, let record = try await records.next() {
      append(key: record.key, content: record.content)
    }
  }
}
