internal import Accounts
internal import Domain
internal import InternationalDomains
internal import Pages
internal import Wording

/// What pages with an e-mailed code show: where it went, its field, and how to get another.
struct EmailCodeForm: Sendable {
  let email: String
  let mayLandInSpam: Bool
  let codePrefix: String
  /// Until when the code is valid, as a clock shows it.
  let until: String
  /// Whether there is a field to type it into.
  let isLive: Bool
  let field: Field
  let wait: ResendWait
  let mustWait: Bool
  let mark: String
}

extension EmailCodeForm {
  /// - Parameter mistake: what was wrong with what was typed
  init(_ standing: EmailCodeStanding, _ texts: Texts, mistake: String?) {
    self.init(
      email: standing.email.shown, mayLandInSpam: standing.email.mayLandInSpam,
      codePrefix: standing.codePrefix,
      until: texts.clock(at: standing.expiresAt, inSeconds: standing.secondsLeft),
      isLive: standing.isLive, field: Field(error: mistake),
      wait: ResendWait(
        until: texts.clock(from: standing.resendAt, inSeconds: standing.resendInSeconds),
        seconds: standing.resendInSeconds, texts),
      mustWait: standing.resendInSeconds > 0, mark: standing.mark.text)
  }
}

/// How long to wait for another message.
struct ResendWait: Sendable {
  /// When it ends, as a clock shows it.
  let until: String
  /// For the script, which counts down.
  let seconds: String
  /// What the script says meanwhile, with the seconds left as its only number.
  let words: String

  init(until: String, seconds: Int, _ texts: Texts) {
    self.until = until
    self.seconds = String(seconds)
    words = texts["code.resendIn", ["seconds": String(seconds)]]
  }
}
