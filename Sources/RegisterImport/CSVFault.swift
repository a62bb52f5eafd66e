/// Why a record of a CSV file cannot be read.
package struct CSVFault: Error, Equatable, Sendable {
  /// The line on which the record begins, counted from 1.
  package let line: Int
  /// The field in which the fault is, counted from 1.
  package let column: Int
  package let reason: Reason

  package enum Reason: Equatable, Sendable {
    /// A quote inside a field that did not begin with one.
    case strayQuote
    /// Something other than a separator or line end after the closing quote.
    case textAfterQuote
    /// The file ended inside quotes.
    case unclosedQuote
    /// A carriage return without a line feed.
    case strayCarriageReturn
    case nul
    /// Bytes that are not text in the file's encoding.
    case encoding
    case fieldTooLong
    case tooManyColumns
  }
}
