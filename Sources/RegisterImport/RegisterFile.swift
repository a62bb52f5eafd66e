/// The files of which a register import is made.
package enum RegisterFile: String, CaseIterable, Sendable {
  case customers = "customers.csv"
  case policies = "policies.csv"
}
