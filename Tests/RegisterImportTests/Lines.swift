import RegisterImport

/// What came of a whole register file, read in small chunks.
struct Lines<Row: RegisterRow> {
  var rows: [Row] = []
  var rejects: [Reject] = []
  var warnings: [CellFault] = []
  var tear: Reject?

  init(reading bytes: [UInt8], _ encoding: TextEncoding) {
    var reader = RegisterReader<Row>(encoding: encoding)
    for chunk in bytes.chunks(of: 11) { reader.read(chunk: chunk) { line, _ in add(line) } }
    reader.finish { line, _ in add(line) }
    tear = reader.tear
  }

  private mutating func add(_ line: RegisterLine<Row>) {
    switch line {
    case .row(let row, _, let found):
      rows.append(row)
      warnings += found
    case .deletion: break
    case .reject(let reject): rejects.append(reject)
    }
  }
}
