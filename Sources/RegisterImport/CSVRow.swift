/// A record of a CSV file, readable or not.
package struct CSVRow: Equatable, Sendable {
  /// The line on which the record begins, counted from 1.
  package let line: Int
  package let fields: Result<[String], CSVFault>
}
