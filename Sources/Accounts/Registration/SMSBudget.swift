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
    guard let alarms = alarms(after: try transaction.counts.increase(counts, at: now)) else {
      throw Spent()
    }
    return alarms
  }

  /// What counts a message, for whoever counts something else in the same statement.
  var counts: [EventCount] { Window.allCases.map { count($0) } }

  /// - Parameter used: after a message was counted
  /// - Returns: alarms for the operator; `nil` when it was one too many
  func alarms(after used: [EventCount: Int]) -> [Alarm]? {
    let windows = Window.allCases.map { ($0, used: used[count($0), default: 0]) }
    guard windows.allSatisfy({ $0.used <= limit($0.0) }) else { return nil }
    return windows.flatMap { alarms($0.0, used: $0.used) }
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
