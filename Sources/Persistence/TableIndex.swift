/// An index of a table, as a step of the schema's history makes it.
package struct TableIndex: Equatable, Sendable {
  package let name: String
  /// The statement that makes it, unless somebody else just has.
  package let creation: String

  /// - Parameter statement: nil is made of any whose words are not `CREATE INDEX name ON table (…)`
  package init?(_ statement: Substring, on table: String) {
    let words = statement.split(maxSplits: 5, whereSeparator: \.isWhitespace).map { String($0) }
    guard words.count == 6, words[0] == "CREATE", words[1] == "INDEX", words[3] == "ON",
      words[4] == table
    else { return nil }
    name = words[2]
    creation = "CREATE INDEX IF NOT EXISTS" + statement.dropFirst("CREATE INDEX".count)
  }
}
