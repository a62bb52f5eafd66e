package import Domain
internal import FoundationEssentials

/// How a code stands that went to an e-mail address, for the page where it is typed.
package struct EmailCodeStanding: Hashable, Sendable {
  /// Where the code went.
  package let email: EmailAddress
  package let codePrefix: String
  package let triesLeft: Int
  /// How long the code can still be typed; 0 when its time is over.
  package let secondsLeft: Int
  package let resendInSeconds: Int
  package let mark: SendingMark

  /// - Parameter end: when its time is over, if that is not the end of its own life
  init(
    _ challenge: Challenge, sentTo email: EmailAddress, ending end: Date? = nil, at now: Date,
    limits: Limits
  ) {
    self.email = email
    codePrefix = challenge.prefix
    triesLeft = challenge.triesLeft
    let left = (end ?? challenge.expiresAt).timeIntervalSince(now)
    secondsLeft = max(0, Int(left.rounded(.up)))
    resendInSeconds = challenge.secondsUntilResend(at: now, limits: limits)
    mark = SendingMark(challenge)
  }

  /// Whether a code can be typed at all, or only a new one asked for.
  package var isLive: Bool { secondsLeft > 0 && triesLeft > 0 }
}
