internal import Domain
internal import FoundationEssentials
internal import Persistence

/// How many code messages all customers together may cause in an hour and in a day: the most that a
/// robot with many addresses can make the insurer pay for (attack 18).
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

  /// Percentages of a budget at which an operator is alerted.
  private static let alarms = [50, 80, 100]

  /// The budget is spent. Thrown, to undo the whole decision to send.
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
  /// - Returns: alarms for the operator.
  /// - Throws: ``Spent`` when it would be one too many.
  func spend(in transaction: any Transaction, at now: Date) throws -> [Alarm] {
    guard let alarms = try count(in: transaction, at: now) else { throw Spent() }
    return alarms
  }

  /// Counts one notice, if there is room for it; one that may not be sent undoes nothing.
  ///
  /// - Returns: alarms for the operator; `nil` when the budget is spent
  func spendOnNotice(in transaction: any Transaction, at now: Date) throws -> [Alarm]? {
    if let alarms = try count(in: transaction, at: now) { return alarms }
    for window in Window.allCases { try transaction.counts.decrease(count(window), at: now) }
    return nil
  }

  private func count(in transaction: any Transaction, at now: Date) throws -> [Alarm]? {
    let windows = Window.allCases
    let used = try zip(windows, transaction.counts.increase(windows.map(count), at: now))
    guard used.allSatisfy({ $1 <= limit($0) }) else { return nil }
    return used.flatMap { alarms($0, used: $1) }
  }

  private func count(_ window: Window) -> EventCount {
    EventCount(name: "sms_\(window.rawValue)", key: [], windowSeconds: window.seconds)
  }

  private func alarms(_ window: Window, used: Int) -> [Alarm] {
    let limit = limit(window)
    // Exactly one message crosses each threshold.
    let isBorder = SMSBudget.alarms.contains { used == max(1, limit * $0 / 100) }
    return isBorder ? [.smsBudget(window, used: used, limit: limit)] : []
  }
}
