internal import Persistence

/// Everything that the database holds, to be compared before and after.
extension Stage {
  /// The rows of every table, as text.
  ///
  /// - Parameter columns: `table.column` of what may change
  package func contents(except columns: Set<String> = []) async throws -> [String: [String]] {
    try await store.read { transaction in
      var contents: [String: [String]] = [:]
      let tables = try transaction.rows(
        """
        SELECT \(Query.Differing(
          sqlite: "name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
          postgres: "tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
        ))
        """)
      for row in tables {
        let table: String = try row.value("name")
        contents[table] = try transaction.lines(of: table, except: columns)
      }
      return contents
    }
  }

  /// How many rows a table has.
  package func count(_ table: String) async throws -> Int {
    try await contents()[table]?.count ?? 0
  }

  /// An import of an empty register.
  package func emptyTheRegister() async throws {
    try await store.write { transaction in
      try transaction.perform("DELETE FROM register_policy")
      try transaction.perform("DELETE FROM register_customer")
    }
  }

  /// The register learns another name for somebody.
  package func rename(_ person: Cast, to name: String) async throws {
    _ = try await store.write { transaction in
      try transaction.execute(
        "UPDATE register_customer SET name = \(name) WHERE customer_number = \(person.number)")
    }
  }
}

extension Transaction {
  fileprivate func lines(of table: String, except columns: Set<String>) throws -> [String] {
    let names = try columnNames(of: table).filter { !columns.contains("\(table).\($0)") }
    let line = names.map { dialect == .sqlite ? "quote(\($0))" : "quote_nullable(\($0)::text)" }
      .joined(separator: " || ' ' || ")
    return try rows(Query(stringLiteral: "SELECT \(line) AS line FROM \(table) ORDER BY line"))
      .map { row -> String in try row.value("line") }
  }

  private func columnNames(of table: String) throws -> [String] {
    let question =
      dialect == .sqlite
      ? "SELECT name FROM pragma_table_info('\(table)')"
      : """
      SELECT column_name::text AS name FROM information_schema.columns
      WHERE table_schema = current_schema() AND table_name = '\(table)' ORDER BY ordinal_position
      """
    return try rows(Query(stringLiteral: question)).map { try $0.value("name") }
  }
}
