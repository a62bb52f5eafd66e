package import Domain
package import FoundationEssentials

/// How a code sent to an e-mail address stands, for the page where it is entered.
package struct EmailCodeStanding: Hashable, Sendable {
  /// Where the code went.
  package let email: EmailAddress
  package let codePrefix: String
  package let triesLeft: Int
  /// How long the code can still be entered; 0 when it has expired.
  package let secondsLeft: Int
  package let expiresAt: Date
  package let resendInSeconds: Int
  package let resendAt: Date
  package let mark: SendingMark

  /// - Parameter end: when it expires, if that is not the end of its own life
  init(
    _ challenge: Challenge, sentTo email: EmailAddress, ending end: Date? = nil, at now: Date,
    limits: Limits
  ) {
    self.email = email
    codePrefix = challenge.prefix
    triesLeft = challenge.triesLeft
    expiresAt = end ?? challenge.expiresAt
    secondsLeft = max(0, Int(expiresAt.timeIntervalSince(now).rounded(.up)))
    resendInSeconds = challenge.secondsUntilResend(at: now, limits: limits)
    resendAt = now.addingTimeInterval(Double(resendInSeconds))
    mark = SendingMark(challenge)
  }

  /// Whether the code can be entered at all, or only a new one requested.
  package var isLive: Bool { secondsLeft > 0 && triesLeft > 0 }
}
