/// Lines of a register file that go into the database together.
struct LineBatch<Row: RegisterRow>: Sendable {
  let rows: [NumberedRow<Row>]
  let rejects: [Reject]

  var count: Int { rows.count + rejects.count }

  init(_ lines: some Sequence<RegisterLine<Row>>) {
    var rows: [NumberedRow<Row>] = []
    var rejects: [Reject] = []
    for line in lines {
      switch line {
      case .row(let row, let number): rows.append(NumberedRow(row: row, line: number))
      case .reject(let reject): rejects.append(reject)
      }
    }
    self.rows = rows
    self.rejects = rejects
  }
}

/// A row, and the line on which it begins.
struct NumberedRow<Row: RegisterRow>: Sendable {
  let row: Row
  let line: Int

  func reject(_ column: Row.Column, _ reason: RejectReason) -> Reject {
    Reject(file: Row.file, line: line, column: column.rawValue, reason: reason)
  }
}

/// What came of a batch.
struct TakenBatch: Sendable {
  let new: Int
  let changed: Int
  let unchanged: Int
  /// In the order of their lines.
  let rejects: [Reject]
}
