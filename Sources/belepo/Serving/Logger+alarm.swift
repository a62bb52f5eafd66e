internal import Accounts
internal import Logging

extension Logger {
  /// Tells an operator what must not wait.
  func raise(_ alarm: Alarm) {
    switch alarm {
    case .smsFailureBudgetSpent(let failures):
      critical(
        "the day's wrong codes are used up; the SMS step is paused",
        metadata: ["event": "sms_failure_budget_spent", "failures": "\(failures)"])
    case .smsBudget(let window, let used, let limit):
      let isSpent = used >= limit
      log(
        level: isSpent ? .critical : .warning,
        isSpent
          ? "the budget of SMS is spent; the SMS step is paused"
          : "much of the budget of SMS is spent",
        metadata: [
          "event": "sms_budget", "window": "\(window.rawValue)", "used": "\(used)",
          "limit": "\(limit)",
        ])
    case .smsConversionLow(let sent, let accepted):
      warning(
        "few of the codes that were sent are typed in: a robot, or messages that do not arrive",
        metadata: [
          "event": "sms_conversion_low", "sent": "\(sent)", "accepted": "\(accepted)",
        ])
    case .loginFailures(let failures):
      critical(
        "many logins fail this hour: somebody may be trying passwords",
        metadata: ["event": "login_failures", "failures": "\(failures)"])
    }
  }
}
