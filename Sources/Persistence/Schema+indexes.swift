extension Schema {
  /// The indexes that the steps leave on a table, apart from those that its rules need.
  ///
  /// The last step that makes an index tells what it is.
  package func indexes(on table: String, for dialect: Dialect) -> [TableIndex] {
    var indexes: [TableIndex] = []
    for migration in migrations {
      for text in migration.script(for: dialect).split(separator: ";") {
        let statement = text.drop(while: \.isWhitespace)
        if statement.hasPrefix("DROP INDEX") {
          let name = statement.split(whereSeparator: \.isWhitespace).last.map { String($0) }
          indexes.removeAll { $0.name == name }
        } else if let index = TableIndex(statement, on: table) {
          indexes.append(index)
        }
      }
    }
    return indexes
  }
}
