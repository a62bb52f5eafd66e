internal import Persistence

/// The open transaction of a session.
struct PostgresTransaction: Transaction {
  let session: Session

  var dialect: Dialect { .postgres }

  func rows(_ query: Query) throws -> [ResultRow] {
    try session.run(query).rows
  }

  func execute(_ query: Query) throws -> Int {
    try session.run(query).changedRows
  }

  func perform(_ query: Query) throws {
    try session.queue(query)
  }

  func run(script: String) throws {
    try session.run(script: script)
  }

  func allowLongStatements() throws {
    try session.allowLongStatements()
  }

  func load(_ rows: PackedRows, into table: StaticString) throws {
    if rows.count > 0 { try session.copy(rows, into: table.description) }
  }
}
