package import FoundationEssentials

/// A code that was sent, and how often and how long it may still be tried.
///
/// The code itself is nowhere: it is derived from the nonce with a key that is not in the database,
/// so that a resend can repeat it and a stolen database tells nothing.
package struct Challenge: Hashable, Sendable {
  /// Unguessable and unique; 32 bytes.
  package let nonce: [UInt8]
  /// The first character, which the page shows (J4). It says which of two messages is meant.
  package let prefix: String
  package let expiresAt: Date
  /// When it was sent last.
  package private(set) var sentAt: Date
  package private(set) var triesLeft: Int

  package init(nonce: [UInt8], prefix: String, expiresAt: Date, sentAt: Date, triesLeft: Int) {
    self.nonce = nonce
    self.prefix = prefix
    self.expiresAt = expiresAt
    self.sentAt = sentAt
    self.triesLeft = triesLeft
  }

  /// What a try came to.
  package enum Outcome: Hashable, Sendable {
    case accepted
    /// With no try left, the code is dead.
    case wrong(triesLeft: Int)
    /// Its life is over.
    case expired
    /// All its tries were used up before; even the right code is refused now.
    case spent
  }

  /// Somebody typed a code.
  ///
  /// The try is counted first, whatever it comes to (R6). At the very instant of its end a code is
  /// refused.
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
    /// The same code goes out again: the message that is late stays good.
    case same
    /// A new code takes the place of this one.
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

  /// How long the customer still has to wait before asking again; 0 when now is fine.
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
