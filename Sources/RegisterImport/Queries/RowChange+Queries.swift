internal import Domain
internal import Persistence

extension ImportQueries {
  /// Writes rows whose keys are not taken in their generation.
  func insert<Row: StoredRow>(_ records: PackedRecords<Row>) throws {
    try transaction.load(records.rows, into: Row.table.tableName)
    try transaction.load(records.oldNumbers, into: RegisterTable.oldNumber.tableName)
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
    var records = PackedRecords<Row>(of: generation)
    for change in changes {
      switch change {
      case .insertion(let key, let content), .replacement(let key, let content):
        records.append(key: key, content: content)
      case .removal: break
      }
    }
    try insert(records)
  }
}
