internal import Domain
internal import Persistence

extension ImportQueries {
  /// Writes rows whose keys are not taken in a register.
  func insert<Row: StoredRow>(
    _ rows: [(key: String, content: [String])], as type: Row.Type, into generation: Int64
  ) throws {
    if rows.isEmpty { return }
    // The last values of customers, their old numbers, have a table of their own.
    let count = Row.columns.count - 1
    try transaction.load(
      rows.map { row in
        [.integer(generation), .text(row.key)]
          + row.content.prefix(count).map { $0.isEmpty ? .null : .text($0) }
      },
      into: Row.table.tableName, columns: ["generation"] + Row.columns)
    let oldNumbers = rows.flatMap { row -> [[SQLValue]] in
      row.content.dropFirst(count).joined().split(separator: " ").map {
        [.integer(generation), .text(String($0)), .text(row.key)]
      }
    }
    if oldNumbers.isEmpty { return }
    try transaction.load(
      oldNumbers, into: RegisterTable.oldNumber.tableName,
      columns: ["generation", "old_number", "customer_number"])
  }

  /// Writes differences into the register in use.
  func apply<Row: StoredRow>(
    _ changes: [RowChange], to type: Row.Type, in generation: Int64
  ) throws {
    let gone = changes.compactMap { change -> String? in
      if case .insertion = change { nil } else { change.key }
    }
    for keys in gone.pieces {
      let keys = Query.list(keys) { "\($0)" }
      if Row.table == .customer {
        try perform(
          """
          DELETE FROM register_old_number
          WHERE generation = \(generation) AND customer_number IN (\(keys))
          """)
      }
      try perform(
        """
        DELETE FROM \(Row.table.name)
        WHERE generation = \(generation) AND \(Row.table.key) IN (\(keys))
        """)
    }
    let rows = changes.compactMap { change -> (key: String, content: [String])? in
      switch change {
      case .insertion(let key, let content), .replacement(let key, let content): (key, content)
      case .removal: nil
      }
    }
    try insert(rows, as: type, into: generation)
  }
}
