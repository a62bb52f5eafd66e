internal import Outbox
internal import OutgoingHTTP

extension HTTPExchange.Answer {
  /// Finds a status that is about our access and not about the message: an expired or exchanged
  /// secret, or no credit left. Somebody will mend it, and the next gateway may send meanwhile.
  ///
  /// 403 is not among them, as it may be about one number alone: tried again and again, it would
  /// make the gateway rest for everybody.
  ///
  /// - Throws: what a dispatcher has to know then.
  func checkAccess() throws(Gateway.Refusal) {
    guard [401, 402, 407].contains(status) else { return }
    throw .temporary(
      "\(problem): our access, not the message", retryAfterSeconds: retryAfterSeconds)
  }

  /// What a status means: with 2xx the message was taken; with 4xx, except those about time and
  /// load, it never will be; with the rest another try may succeed.
  ///
  /// - Throws: what a dispatcher has to know when it was not taken.
  func checkStatus() throws(Gateway.Refusal) {
    switch status {
    case 200..<300: return
    case 408, 425, 429: throw .temporary("HTTP \(status)", retryAfterSeconds: retryAfterSeconds)
    case 400..<500: throw .permanent(problem)
    case 300..<400: throw .temporary("HTTP \(status): redirects are not followed")
    default: throw .temporary(problem, retryAfterSeconds: retryAfterSeconds)
    }
  }

  /// The status, and the beginning of the answer.
  ///
  /// A problem is kept for longer than the text, and shown: what repeats our request would tell the
  /// number, the code and our password. Each request has a number with digits in it, so that an
  /// answer without any digit does not repeat it.
  private var problem: String {
    let words = String(decoding: body, as: UTF8.self)
    let hasDigits = words.unicodeScalars.contains { $0.properties.numericType != nil }
    return hasDigits || words.isEmpty ? "HTTP \(status)" : "HTTP \(status) \(words.prefix(120))"
  }
}

extension HTTPExchange.Outcome {
  /// The answer, if there is one.
  func get() throws(Gateway.Refusal) -> HTTPExchange.Answer {
    switch self {
    case .answer(let answer): return answer
    case .notSent(let problem): throw .temporary(problem)
    case .noAnswer(let problem): throw .unknown(problem)
    }
  }
}
