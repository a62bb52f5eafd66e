internal import Domain
internal import FoundationEssentials
internal import Persistence

/// How many code messages all customers together may cause in an hour and in a day: what a robot
/// with many addresses can make the insurer pay for (security.md 2.3, attack 18).
package struct SMSBudget: Sendable {
  package enum Window: String, CaseIterable, Sendable {
    case hour
    case day

    fileprivate var seconds: Int {
      switch self {
      case .hour: 3600
      case .day: 86_400
      }
    }
  }

  /// Percents of a budget at which an operator hears of it.
  private static let alarms = [50, 80, 100]

  /// The budget is spent. Thrown, so that the whole decision to send is undone with it.
  struct Spent: Error {}

  private let limits: Limits

  init(limits: Limits) {
    self.limits = limits
  }

  private func limit(_ window: Window) -> Int {
    switch window {
    case .hour: limits.smsPerHour
    case .day: limits.smsPerDay
    }
  }

  /// Counts one message.
  ///
  /// - Returns: what an operator must hear.
  /// - Throws: ``Spent`` when it would be one too many.
  func spend(in transaction: any Transaction, at now: Date) throws -> [Alarm] {
    try Window.allCases.flatMap { window -> [Alarm] in
      let limit = limit(window)
      let used = try transaction.increase(
        EventCount(name: "sms_\(window.rawValue)", key: [], windowSeconds: window.seconds), at: now)
      guard used <= limit else { throw Spent() }
      // Each border is crossed by one message.
      let isBorder = SMSBudget.alarms.contains { used == max(1, limit * $0 / 100) }
      return isBorder ? [.smsBudget(window, used: used, limit: limit)] : []
    }
  }
}
