/// The result of one line of a register file.
package enum RegisterLine<Row: RegisterRow>: Equatable, Sendable {
  /// - Parameter warnings: the optional cells that could not be read and are empty now
  case row(Row, line: Int, warnings: [CellFault] = [])
  /// The row of a delivery that deletes a number.
  case deletion(key: String, line: Int)
  case reject(Reject)
}
