internal import Accounts
internal import Logging

extension Alarm {
  /// The event of its line in the log, by which it is counted too.
  var event: String {
    switch self {
    case .smsFailureBudgetSpent: "sms_failure_budget_spent"
    case .smsBudget: "sms_budget"
    case .smsConversionLow: "sms_conversion_low"
    case .loginFailures: "login_failures"
    case .limitReached: "limit_reached"
    case .sealsOverdue: "seals_overdue"
    case .networkLimit: "network_limit"
    case .codeGuessing: "code_guessing"
    }
  }

  /// Which of several things the event was about; the same words as in the log.
  var kind: String {
    switch self {
    case .smsBudget(let window, _, _): window.rawValue
    case .limitReached(let kind, _): kind
    case .networkLimit(let kind, _, _): kind.rawValue
    case .smsFailureBudgetSpent, .smsConversionLow, .loginFailures, .sealsOverdue, .codeGuessing:
      ""
    }
  }
}

extension Logger {
  /// Tells an operator about something that must not wait.
  func raise(_ alarm: Alarm) {
    switch alarm {
    case .smsFailureBudgetSpent(let failures):
      critical(
        "the day's wrong codes are used up; the SMS step is paused",
        metadata: ["event": "sms_failure_budget_spent", "failures": .stringConvertible(failures)])
    case .smsBudget(let window, let used, let limit):
      let isSpent = used >= limit
      log(
        level: isSpent ? .critical : .warning,
        isSpent
          ? "the budget of SMS is spent; the SMS step is paused"
          : "much of the budget of SMS is spent",
        metadata: [
          "event": "sms_budget", "window": "\(window.rawValue)", "used": .stringConvertible(used),
          "limit": .stringConvertible(limit),
        ])
    case .smsConversionLow(let sent, let accepted):
      warning(
        "few of the codes that were sent are typed in: a robot, or messages that do not arrive",
        metadata: [
          "event": "sms_conversion_low", "sent": .stringConvertible(sent),
          "accepted": .stringConvertible(accepted),
        ])
    case .loginFailures(let failures):
      critical(
        "many logins fail this hour: somebody may be trying passwords",
        metadata: ["event": "login_failures", "failures": .stringConvertible(failures)])
    case .limitReached(let kind, let detail):
      notice(
        "somebody has reached a limit",
        metadata: ["event": "limit_reached", "limit": "\(kind)", "detail": "\(detail)"])
    case .sealsOverdue(let rows):
      critical(
        "rows of the ledger or the audit trail are not sealed: belepo audit verify",
        metadata: ["event": "seals_overdue", "rows": .stringConvertible(rows)])
    case .networkLimit(let kind, let used, let limit):
      let isSpent = used >= limit
      log(
        level: isSpent ? .critical : .warning,
        isSpent
          ? "one network has cost as many SMS or wrong codes as it may in a day"
          : "one network has cost half of the SMS or wrong codes that it may in a day",
        metadata: [
          "event": "network_limit", "kind": "\(kind.rawValue)", "used": .stringConvertible(used),
          "limit": .stringConvertible(limit),
        ])
    case .codeGuessing(let failures):
      critical(
        "many wrong e-mailed codes for one user name today: somebody may be guessing",
        metadata: ["event": "code_guessing", "failures": .stringConvertible(failures)])
    }
  }
}
