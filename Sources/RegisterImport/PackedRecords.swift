internal import Persistence

/// Rows of a register on their way into the tables of a generation.
struct PackedRecords<Row: StoredRow>: Sendable {
  private(set) var rows = PackedRows(columns: ["generation"] + Row.columns)
  /// The last of customers' values has a table of its own.
  private(set) var oldNumbers = PackedRows(columns: ["generation", "old_number", "customer_number"])
  private let generation: Int64

  var count: Int { rows.count }

  init(of generation: Int64) {
    self.generation = generation
  }

  /// - Parameters:
  ///   - key: none that the generation has
  ///   - content: as ``RowContent`` joins it
  mutating func append(key: String, content: [UInt8]) {
    rows.append(.integer(generation))
    rows.append(text: key.utf8)
    var rest = content[...]
    for _ in Row.columns.dropFirst() {
      let value = rest.prefix { $0 != RowContent.separator }
      if value.isEmpty { rows.append(.null) } else { rows.append(text: value) }
      rest = rest.dropFirst(value.count + 1)
    }
    for number in rest.split(separator: UInt8(ascii: " ")) {
      oldNumbers.append(.integer(generation))
      oldNumbers.append(text: number)
      oldNumbers.append(text: key.utf8)
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
