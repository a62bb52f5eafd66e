/// What came of one line of a register file.
package enum RegisterLine<Row: RegisterRow>: Equatable, Sendable {
  case row(Row, line: Int)
  case reject(Reject)
}
