internal import Persistence

/// The indexes of customers and policies, apart from those of their keys.
extension ImportQueries {
  /// Old numbers are few, and come in the order of their index.
  private static let tables: [RegisterTable] = [.customer, .policy]

  /// Drops the indexes of empty tables. Dropping those of many rows would be a transaction of any
  /// size, and where the insurer's service is asked, somebody may use them.
  func dropIndexes(of schema: Schema) throws {
    for table in Self.tables {
      if try row("SELECT generation FROM \(table.name) LIMIT 1") != nil { continue }
      for index in schema.indexes(on: table.tableName.description, for: dialect) {
        try transaction.run(script: "DROP INDEX IF EXISTS \(index.name)")
      }
    }
  }

  func missingIndexes(of schema: Schema) throws -> [TableIndex] {
    try Self.tables.flatMap { table -> [TableIndex] in
      try schema.indexes(on: table.tableName.description, for: dialect).filter { index in
        try row(
          """
          SELECT COUNT(*) AS indexes
          FROM \(Query.Differing(
            sqlite: "sqlite_master WHERE type = 'index' AND name",
            postgres: "pg_indexes WHERE schemaname = current_schema() AND indexname::text"
          )) = \(index.name)
          """
        )?.value("indexes", as: Int.self) == 0
      }
    }
  }

  func build(_ index: TableIndex) throws {
    try transaction.allowLongStatements()
    if dialect == .postgres { try transaction.run(script: "SET LOCAL lock_timeout = 0") }
    try transaction.run(script: index.creation)
  }
}
