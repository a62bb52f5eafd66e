/// The files that a register import consists of.
package enum RegisterFile: String, CaseIterable, Sendable {
  case customers = "customers.csv"
  case policies = "policies.csv"
}
