internal import Accounts
internal import Domain
internal import InternationalDomains
internal import Pages
internal import Wording

/// What the pages of an e-mailed code show of it: where it went, its field, and how to get another.
struct EmailCodeForm: Sendable {
  let email: String
  let mayLandInSpam: Bool
  let codePrefix: String
  /// How long the code is still good, in words.
  let life: String
  /// Whether there is a field to type it into.
  let isLive: Bool
  let field: Field
  let resendIn: String
  let mustWait: Bool
  let mark: String
}

extension EmailCodeForm {
  /// - Parameter mistake: what was wrong with what was typed
  init(_ standing: EmailCodeStanding, _ texts: Texts, mistake: String?) {
    self.init(
      email: standing.email.shown, mayLandInSpam: standing.email.mayLandInSpam,
      codePrefix: standing.codePrefix, life: texts.time(atMost: standing.secondsLeft),
      isLive: standing.isLive, field: Field(error: mistake),
      resendIn: texts.resendIn(seconds: standing.resendInSeconds),
      mustWait: standing.resendInSeconds > 0, mark: standing.mark.text)
  }
}
