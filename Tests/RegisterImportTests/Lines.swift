import RegisterImport

/// What came of a whole register file, read in small chunks.
struct Lines<Row: RegisterRow> {
  var rows: [Row] = []
  var rejects: [Reject] = []

  init(reading bytes: [UInt8], _ encoding: TextEncoding) {
    var reader = RegisterReader<Row>(encoding: encoding)
    for chunk in bytes.chunks(of: 11) { reader.read(chunk: chunk) { add($0) } }
    reader.finish { add($0) }
  }

  private mutating func add(_ line: RegisterLine<Row>) {
    switch line {
    case .row(let row, _): rows.append(row)
    case .reject(let reject): rejects.append(reject)
    }
  }
}
