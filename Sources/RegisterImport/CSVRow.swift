/// A record of a CSV file, readable or not.
package struct CSVRow: Equatable, Sendable {
  /// The line on which the record begins, counted from 1.
  package let line: Int
  package let fields: Result<[String], CSVFault>
  /// Whether a line end follows; only a file's last record may lack it.
  package var isClosed = true

  package init(line: Int, fields: Result<[String], CSVFault>, isClosed: Bool = true) {
    self.line = line
    self.fields = fields
    self.isClosed = isClosed
  }
}
