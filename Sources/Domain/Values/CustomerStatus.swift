/// A customer's status with the insurer, in the register's own words.
package enum CustomerStatus: String, CaseIterable, Sendable, Codable {
  case active
  case blocked
  case deceased
  case closed
}
