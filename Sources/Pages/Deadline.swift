package import FoundationEssentials
internal import Wording

/// When what runs in a browser ends if nothing is done; every page says it (WCAG 2.2.1).
package struct Deadline: Hashable, Sendable {
  package enum Subject: Hashable, Sendable {
    case session
    case registration
  }

  package let subject: Subject
  package let at: Date
  package let secondsLeft: Int
  /// Whether «Folytatom» moves it.
  package let mayBeExtended: Bool

  package init(of subject: Subject, at: Date, secondsLeft: Int, mayBeExtended: Bool) {
    self.subject = subject
    self.at = at
    self.secondsLeft = secondsLeft
    self.mayBeExtended = mayBeExtended
  }
}

/// A deadline as the layout shows it.
package struct DeadlineLine: Hashable, Sendable {
  /// As a clock shows it; right also where no script runs.
  let until: String
  /// For the script, which warns before the end.
  let seconds: String
  let isSession: Bool
  let isRegistration: Bool
  let mayBeExtended: Bool

  static let none = DeadlineLine(
    until: "", seconds: "", isSession: false, isRegistration: false, mayBeExtended: false)
}

extension DeadlineLine {
  init(_ deadline: Deadline, _ texts: Texts) {
    self.init(
      until: texts.clock(at: deadline.at, inSeconds: deadline.secondsLeft),
      seconds: String(deadline.secondsLeft), isSession: deadline.subject == .session,
      isRegistration: deadline.subject == .registration, mayBeExtended: deadline.mayBeExtended)
  }
}
