package import FoundationEssentials

/// How a customer stands with the SMS step, over all codes and all registrations (D 1).
///
/// A new code never resets the count (NIST SP 800-63B-4, 3.1.3.2); success does. A disabled step
/// stays disabled until the call centre re-enables it.
package struct SMSStep: Hashable, Sendable {
  package let customer: CustomerNumber
  package private(set) var failuresInARow: Int
  package private(set) var disabledAt: Date?
  /// The day's limit of messages counts none from before; `nil` when the call centre never lifted
  /// it.
  package private(set) var messagesFrom: Date?

  package init(
    customer: CustomerNumber, failuresInARow: Int = 0, disabledAt: Date? = nil,
    messagesFrom: Date? = nil
  ) {
    self.customer = customer
    self.failuresInARow = failuresInARow
    self.disabledAt = disabledAt
    self.messagesFrom = messagesFrom
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

  /// The call centre lets the customer ask for as many messages as on a new day. Wrong codes stay
  /// counted: a limit that is lifted gives nobody another guess.
  package mutating func liftMessageLimit(at now: Date) {
    messagesFrom = now
  }

  /// Since when messages count towards the day's limit (D 2).
  package func messagesCount(at now: Date) -> Date {
    let day = now.addingTimeInterval(-86_400)
    return max(day, messagesFrom ?? day)
  }
}
