/// A record of a CSV file, readable or not.
package struct CSVRow: Equatable, Sendable {
  /// The line on which the record begins, counted from 1.
  package let line: Int
  package let fields: Result<[String], CSVFault>
  /// How many lines it is of: more than one if quotes hold line ends.
  package var lineCount = 1
  /// Whether a line end follows; only a file's last record may lack it.
  package var isClosed = true

  package init(
    line: Int, fields: Result<[String], CSVFault>, lineCount: Int = 1, isClosed: Bool = true
  ) {
    self.line = line
    self.fields = fields
    self.lineCount = lineCount
    self.isClosed = isClosed
  }
}
