/// What is wrong with one cell of a register file.
package struct CellFault: Error, Equatable, Sendable {
  package let column: String
  package let reason: RejectReason

  init(_ column: String, _ reason: RejectReason) {
    self.column = column
    self.reason = reason
  }
}
