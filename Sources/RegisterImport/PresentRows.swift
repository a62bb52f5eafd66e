internal import Persistence

/// The rows of the register in use, in the order of their keys, a page at a time.
///
/// Each page is a short read of its own, made while the one before it is compared. A long one would
/// keep the embedded database from copying its log back.
struct PresentRows<Row: StoredRow> {
  struct PresentRow: Sendable {
    let key: String
    let content: String
  }

  private let store: any Store
  private let generation: Int64
  private let limit: Int
  private var page: ArraySlice<PresentRow> = []
  private var next: Task<[PresentRow], any Error>?
  private var isAtEnd = false

  init(_ store: any Store, generation: Int64, sizes: ImportSizes) {
    self.store = store
    self.generation = generation
    limit = sizes.rowsPerPage
  }

  /// The next row, which stays the next one until it is dropped.
  var head: PresentRow? {
    mutating get async throws {
      if page.isEmpty, !isAtEnd { try await turn() }
      return page.first
    }
  }

  mutating func dropHead() {
    page = page.dropFirst()
  }

  private mutating func turn() async throws {
    let rows = try await (next ?? reading(after: "")).value
    page = rows[...]
    isAtEnd = rows.count < limit
    next = isAtEnd ? nil : rows.last.map { reading(after: $0.key) }
  }

  private func reading(after key: String) -> Task<[PresentRow], any Error> {
    let (store, generation, limit) = (store, generation, limit)
    return Task {
      try await store.read { transaction in
        try Self.page(of: generation, after: key, limit: limit, in: transaction)
      }
    }
  }

  private static func page(
    of generation: Int64, after key: String, limit: Int, in transaction: any Transaction
  ) throws -> [PresentRow] {
    let rows = try read(
      page(of: generation, after: key, limit: limit), in: transaction)
    guard let last = rows.last,
      let query = appendices(of: generation, after: key, through: last.key)
    else { return rows }
    return try completed(rows, query, in: transaction)
  }

  /// The rows of some keys, as far as they are there.
  static func rows(
    of keys: ArraySlice<String>, in store: any Store, generation: Int64
  ) async throws -> [String: String] {
    try await store.read { transaction in
      var rows = try read(Self.rows(of: generation, keys), in: transaction)
      if let query = appendices(of: generation, keys) {
        rows = try completed(rows, query, in: transaction)
      }
      return Dictionary(rows.map { ($0.key, $0.content) }) { first, _ in first }
    }
  }

  private static func read(
    _ query: Query, in transaction: any Transaction
  ) throws -> [PresentRow] {
    try transaction.rows(query)
      .map { PresentRow(key: try $0.value("key"), content: try $0.value("content")) }
  }

  private static func completed(
    _ rows: [PresentRow], _ query: Query, in transaction: any Transaction
  ) throws -> [PresentRow] {
    var values: [String: String] = [:]
    for row in try transaction.rows(query) {
      let (key, value): (String, String) = (try row.value("key"), try row.value("value"))
      values[key] = values[key].map { $0 + " " + value } ?? value
    }
    if values.isEmpty { return rows }
    return rows.map { row in
      PresentRow(key: row.key, content: row.content + (values[row.key] ?? ""))
    }
  }
}

extension PresentRows {
  static func page(of generation: Int64, after key: String, limit: Int) -> Query {
    """
    \(Row.selection)
    WHERE generation = \(generation) AND \(Row.table.key) > \(key)
    ORDER BY \(Row.table.key)
    LIMIT \(limit)
    """
  }

  static func appendices(
    of generation: Int64, after key: String, through last: String
  ) -> Query? {
    Row.appendices.map { more in
      """
      \(more.selection)
      WHERE generation = \(generation) AND \(more.key) > \(key) AND \(more.key) <= \(last)
      ORDER BY \(more.key), \(more.value)
      """
    }
  }

  static func rows(of generation: Int64, _ keys: ArraySlice<String>) -> Query {
    """
    \(Row.selection)
    WHERE generation = \(generation)
      AND \(Row.table.key) IN (\(Query.list(keys) { "\($0)" }))
    """
  }

  static func appendices(of generation: Int64, _ keys: ArraySlice<String>) -> Query? {
    Row.appendices.map { more in
      """
      \(more.selection)
      WHERE generation = \(generation) AND \(more.key) IN (\(Query.list(keys) { "\($0)" }))
      ORDER BY \(more.key), \(more.value)
      """
    }
  }
}
