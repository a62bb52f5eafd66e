internal import Cryptography
internal import Domain
internal import FoundationEssentials

/// The sending of a code after which a page was made.
///
/// The page's form carries it. A form that comes back with an older mark is the same click twice,
/// or another tab: what it asks for has been done.
package struct SendingMark: Hashable, Sendable {
  package let text: String

  init(_ challenge: Challenge) {
    let milliseconds = Int64((challenge.sentAt.timeIntervalSince1970 * 1000).rounded())
    text = "\(SendingMark.code(challenge)).\(milliseconds)"
  }

  /// Names a code without revealing any of it.
  private static func code(_ challenge: Challenge) -> String {
    hexadecimal(sha256(challenge.nonce).prefix(4))
  }

  /// What was sent since a form was made.
  enum Missed: Hashable, Sendable {
    /// Nothing, or nothing recent: a page that is minutes old and pressed again asks for something
    /// new.
    case nothing
    /// The code that the form knows, once more, or another one.
    case sending(isNewCode: Bool)
  }

  /// What a form with this mark missed since it was made.
  ///
  /// - Parameter mark: what the form carried; empty when it carried nothing
  static func missed(
    by mark: String, _ challenge: Challenge, at now: Date, limits: Limits
  ) -> Missed {
    if mark.isEmpty || mark == SendingMark(challenge).text { return .nothing }
    if challenge.secondsUntilResend(at: now, limits: limits) == 0 { return .nothing }
    return .sending(isNewCode: !mark.utf8.starts(with: code(challenge).utf8))
  }
}
