package import FoundationEssentials

/// How a customer stands with the SMS step, over all codes and all registrations (D 1).
///
/// A new code never resets the count (NIST SP 800-63B-4, 3.1.3.2), success does. A disabled step
/// stays so until the call centre re-enables it.
package struct SMSStep: Hashable, Sendable {
  package let customer: CustomerNumber
  package private(set) var failuresInARow: Int
  package private(set) var disabledAt: Date?

  package init(customer: CustomerNumber, failuresInARow: Int = 0, disabledAt: Date? = nil) {
    self.customer = customer
    self.failuresInARow = failuresInARow
    self.disabledAt = disabledAt
  }

  package var isDisabled: Bool { disabledAt != nil }

  package mutating func succeeded() {
    failuresInARow = 0
  }

  package mutating func failed(at now: Date, limits: Limits) {
    failuresInARow += 1
    if failuresInARow >= limits.smsFailuresPerCustomer, disabledAt == nil { disabledAt = now }
  }

  /// The call centre has spoken with the customer.
  package mutating func enable() {
    failuresInARow = 0
    disabledAt = nil
  }
}
