package import FoundationEssentials

/// How fast somebody may guess the password of one user name.
///
/// After a few failures each further one doubles the pause, up to a minute, and while it lasts the
/// password alone opens nothing: a code by e-mail is asked for besides (D 13, ASVS 6.1.1). User
/// names without an account are throttled in the same way, so that a pause reveals nothing.
package struct LoginThrottle: Hashable, Sendable {
  package private(set) var failuresInARow: Int
  package private(set) var lastFailureAt: Date

  package init(failuresInARow: Int = 0, lastFailureAt: Date = .distantPast) {
    self.failuresInARow = failuresInARow
    self.lastFailureAt = lastFailureAt
  }

  /// The end of the present pause.
  package func opensAt(limits: Limits) -> Date {
    lastFailureAt.addingTimeInterval(Double(delaySeconds(limits)))
  }

  package func isOpen(at now: Date, limits: Limits) -> Bool {
    // A clock that was set back must not lengthen the pause.
    now >= opensAt(limits: limits) || now < lastFailureAt
  }

  package func delaySeconds(_ limits: Limits) -> Int {
    let counted = failuresInARow - limits.loginFailuresWithoutDelay
    guard counted > 0 else { return 0 }
    // Sixteen doublings exceed any maximum; more would only risk an overflow.
    return min(1 << min(counted - 1, 16), limits.loginDelaySecondsMax)
  }

  package mutating func failed(at now: Date) {
    failuresInARow = min(failuresInARow + 1, 1_000_000)
    lastFailureAt = now
  }

  /// The try that was counted was not made after all.
  package mutating func takeBack() {
    failuresInARow = max(0, failuresInARow - 1)
  }
}
