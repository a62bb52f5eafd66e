internal import Cryptography
internal import Domain
internal import FoundationEssentials

/// Which sending of a code a page was made after.
///
/// The page's form carries it. A form that comes back with an older mark is the same click twice,
/// or another tab: what it asks for has been done.
package struct SendingMark: Hashable, Sendable {
  package let text: String

  init(_ challenge: Challenge) {
    let milliseconds = Int64((challenge.sentAt.timeIntervalSince1970 * 1000).rounded())
    text = "\(SendingMark.code(challenge)).\(milliseconds)"
  }

  /// Names a code without telling anything of it.
  private static func code(_ challenge: Challenge) -> String {
    hexadecimal(sha256(challenge.nonce).prefix(4))
  }

  /// What a form with this mark missed since it was made.
  ///
  /// - Parameter mark: what the form carried; empty when it carried nothing
  /// - Returns: whether a new code was sent meanwhile, or `nil` when nothing was sent lately: a
  ///   page of minutes ago that is pressed again asks for something new
  static func missed(
    by mark: String, _ challenge: Challenge, at now: Date, limits: Limits
  ) -> Bool? {
    if mark.isEmpty || mark == SendingMark(challenge).text { return nil }
    if challenge.secondsUntilResend(at: now, limits: limits) == 0 { return nil }
    return !mark.utf8.starts(with: code(challenge).utf8)
  }
}
