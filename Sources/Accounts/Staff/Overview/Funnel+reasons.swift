internal import Domain
package import Wording

extension Funnel {
  /// Those that anybody met in either week.
  package var reasons: [Reason] {
    Reason.allCases.filter { total($0) + totalBefore($0) > 0 }
  }

  package func total(_ reason: Reason) -> Int { days.reduce(0) { $0 + $1[reason] } }
  package func totalBefore(_ reason: Reason) -> Int { before.reduce(0) { $0 + $1[reason] } }
}

extension Funnel.Day {
  /// How many registrations, or for a message how many customers, met it on that day.
  package subscript(_ reason: Funnel.Reason) -> Int { reasons[reason] ?? 0 }
}

extension Funnel.Reason {
  /// - Parameter stop: the kind of a row of the trail; a mismatch has its reason in the detail
  init?(stop: String) {
    switch AuditEvent.Kind(rawValue: stop) {
    case .smsLimit?: self = .smsLimit
    case .smsCodeWrong?: self = .smsCodeWrong
    case .smsStepDisabled?: self = .smsStepDisabled
    case .emailTaken?: self = .emailTaken
    default: return nil
    }
  }

  package func words(in texts: Texts) -> String {
    switch self {
    case .mismatch(let mismatch):
      CaseFinding.mismatch(mismatch, lastDigits: nil).reason(in: texts)
    case .smsLimit: texts[AuditEvent.Kind.smsLimit.sentence]
    case .smsRefused: CaseFinding.smsRefused.reason(in: texts)
    case .smsTooLate: CaseFinding.smsTooLate.reason(in: texts)
    case .smsCodeWrong: texts[AuditEvent.Kind.smsCodeWrong.sentence]
    case .smsStepDisabled: texts[AuditEvent.Kind.smsStepDisabled.sentence]
    case .emailTaken: texts["funnel.emailTaken"]
    }
  }
}
