internal import Cryptography
internal import Domain
internal import FoundationEssentials

/// What came of «Új kódot kérek».
package enum CodeResendOutcome: Hashable, Sendable {
  case sent(isNewCode: Bool)
  case tooSoon(secondsLeft: Int)
  /// Too many messages today.
  case tooMany
  /// No code is awaited: it has been entered or has expired, or there was none.
  case notAwaited
}

extension Challenge {
  /// Names one sending of the code: the message's key is derived from it, so that one sending is
  /// one message.
  func sending(at now: Date) -> String {
    "\(hexadecimal(nonce.prefix(8)))/\(Int(now.timeIntervalSince1970))"
  }

  /// Decides what a click on «Új kódot kérek» does, and does it.
  ///
  /// - Parameters:
  ///   - mark: the ``SendingMark`` of the page on which it was pressed
  ///   - new: replaces a code that cannot be sent once more
  ///   - maySend: whether a limit allows it; called only when a message would go out
  ///   - send: keeps the challenge and queues its message
  func resend(
    mark: String, drawing new: @autoclosure () -> Challenge, at now: Date, limits: Limits,
    maySend: () throws -> Bool, send: (_ challenge: Challenge, _ isNewCode: Bool) throws -> Void
  ) rethrows -> CodeResendOutcome {
    if case .sending(let isNewCode) = SendingMark.missed(by: mark, self, at: now, limits: limits) {
      return .sent(isNewCode: isNewCode)
    }
    let isNewCode: Bool
    switch resend(at: now, limits: limits) {
    case .tooSoon(let secondsLeft): return .tooSoon(secondsLeft: secondsLeft)
    case .same: isNewCode = false
    case .new: isNewCode = true
    }
    guard try maySend() else { return .tooMany }
    var sent = self
    if isNewCode { sent = new() } else { sent.wasSent(at: now) }
    try send(sent, isNewCode)
    return .sent(isNewCode: isNewCode)
  }
}
