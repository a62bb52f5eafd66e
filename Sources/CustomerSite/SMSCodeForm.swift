internal import Accounts
internal import Domain
internal import Pages
internal import Wording

/// What pages with a code by SMS show: where it went, its field, and how to get another.
struct SMSCodeForm: Sendable {
  let maskedNumber: String
  let codePrefix: String
  /// Until when the code is valid, as a clock shows it.
  let until: String
  /// Whether the code can be entered at all, or only a new one requested.
  let isLive: Bool
  let isNumeric: Bool
  /// What the network reported about the message; empty while it is on its way.
  let arrival: String
  let hasArrival: Bool
  /// Whether more may be reported while the code is valid.
  let isAwaited: Bool
  let isFailed: Bool
  let field: Field
  let wait: ResendWait
  let mustWait: Bool
  let mark: String
  /// Whether another message is offered.
  var mayResend = true
}

extension SMSCodeForm {
  /// - Parameter mistake: what was wrong with what was typed
  init(
    _ standing: SMSCodeStanding, _ texts: Texts, alphabet: CodeAlphabet, mistake: String?
  ) {
    self.init(
      maskedNumber: standing.maskedNumber, codePrefix: standing.codePrefix,
      until: texts.clock(
        at: standing.expiresAt, inSeconds: max(0, standing.minutesLeft * 60)),
      isLive: standing.isLive, isNumeric: alphabet == .digits,
      arrival: texts.sentence(for: standing.arrival),
      hasArrival: standing.arrival != .onItsWay,
      isAwaited: standing.isLive && [.onItsWay, .delayed].contains(standing.arrival),
      isFailed: [.undeliverable, .notSent].contains(standing.arrival),
      field: Field(error: mistake),
      wait: ResendWait(
        until: texts.clock(from: standing.resendAt, inSeconds: standing.resendInSeconds),
        seconds: standing.resendInSeconds, texts),
      mustWait: standing.resendInSeconds > 0, mark: standing.mark.text,
      mayResend: standing.mayBeSentAgain)
  }
}

extension Texts {
  /// What is known about the message, for a customer who is waiting for it.
  fileprivate func sentence(for arrival: SMSCodeStanding.Arrival) -> String {
    switch arrival {
    case .onItsWay: ""
    case .delayed: self["code.arrival.delayed"]
    case .arrived: self["code.arrival.arrived"]
    case .undeliverable: self["code.arrival.undeliverable"]
    case .notSent: self["code.arrival.notSent"]
    }
  }
}
