package import FoundationEssentials

/// A code that was sent, and how often and how long it may still be tried.
///
/// The code itself is not stored: it is derived from the nonce with a key that is not in the
/// database, so that a resend can repeat it and a stolen database reveals nothing.
package struct Challenge: Hashable, Sendable {
  /// Unguessable and unique; 32 bytes.
  package let nonce: [UInt8]
  /// The first character, which the page shows (J4). It says which of two messages is meant.
  package let prefix: String
  package let expiresAt: Date
  /// When it was last sent.
  package private(set) var sentAt: Date
  package private(set) var triesLeft: Int

  package init(nonce: [UInt8], prefix: String, expiresAt: Date, sentAt: Date, triesLeft: Int) {
    self.nonce = nonce
    self.prefix = prefix
    self.expiresAt = expiresAt
    self.sentAt = sentAt
    self.triesLeft = triesLeft
  }

  /// The result of a try.
  package enum Outcome: Hashable, Sendable {
    case accepted
    /// With no try left, the code is dead.
    case wrong(triesLeft: Int)
    /// The code has expired.
    case expired
    /// All its tries were used up before; even the right code is refused now.
    case spent
  }

  /// A code was entered.
  ///
  /// The try is counted first, whatever its result (R6). A code is no longer accepted at the exact
  /// instant at which it expires.
  package mutating func `try`(matches: Bool, at now: Date) -> Outcome {
    guard now < expiresAt else { return .expired }
    guard triesLeft > 0 else { return .spent }
    triesLeft -= 1
    return matches ? .accepted : .wrong(triesLeft: triesLeft)
  }

  /// What a resend has to do (D 2).
  package enum Resend: Hashable, Sendable {
    /// The last message may still be on its way.
    case tooSoon(secondsLeft: Int)
    /// The same code is sent again: a late message stays valid.
    case same
    /// A new code replaces this one.
    case new
  }

  package func resend(at now: Date, limits: Limits) -> Resend {
    let waited = now.timeIntervalSince(sentAt)
    let pause = Double(limits.resendAfterSeconds)
    // A clock that was set back must not make anybody wait longer than the pause.
    if waited < pause, waited >= 0 {
      return .tooSoon(secondsLeft: max(1, Int((pause - waited).rounded(.up))))
    }
    let life = expiresAt.timeIntervalSince(now)
    return triesLeft > 0 && life >= Double(limits.sameCodeForSeconds) ? .same : .new
  }

  /// How long the customer has to wait before asking again; 0 if not at all.
  package func secondsUntilResend(at now: Date, limits: Limits) -> Int {
    switch resend(at: now, limits: limits) {
    case .tooSoon(let secondsLeft): secondsLeft
    case .same, .new: 0
    }
  }

  package mutating func wasSent(at now: Date) {
    sentAt = now
  }
}
