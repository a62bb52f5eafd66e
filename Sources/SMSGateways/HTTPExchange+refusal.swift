internal import Outbox
internal import OutgoingHTTP

extension HTTPExchange.Answer {
  /// What a status means: with 2xx the message was taken; with 4xx, except those about time and
  /// load, it never will be; with the rest another try may succeed.
  ///
  /// - Throws: what a dispatcher has to know when it was not taken.
  func checkStatus() throws(Gateway.Refusal) {
    switch status {
    case 200..<300: return
    case 408, 425, 429: throw .temporary("HTTP \(status)", retryAfterSeconds: retryAfterSeconds)
    case 400..<500: throw .permanent("HTTP \(status) \(words)")
    case 300..<400: throw .temporary("HTTP \(status): redirects are not followed")
    default:
      throw .temporary("HTTP \(status) \(words)", retryAfterSeconds: retryAfterSeconds)
    }
  }

  /// The beginning of the gateway's answer.
  private var words: String { String(decoding: body.prefix(120), as: UTF8.self) }
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
