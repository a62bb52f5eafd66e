/// A line of a register file that was not imported, and why.
///
/// It never quotes the cell: reports are sent by mail, cells are personal.
package struct Reject: Equatable, Sendable, CustomStringConvertible {
  package let file: RegisterFile
  /// The line on which the record begins, counted from 1.
  package let line: Int
  /// The name of the column, where one is to blame.
  package let column: String?
  package let reason: RejectReason

  /// Whether following rows have vanished in it.
  var isOpenQuote: Bool {
    if case .openQuote = reason { true } else { false }
  }

  package var description: String {
    let place = [file.rawValue, "line \(line)", column].compactMap { $0 }
    return place.joined(separator: ", ") + ": " + reason.sentence
  }
}
