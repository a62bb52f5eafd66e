internal import Outbox

/// How a conversation with the relay ended.
struct SMTPResult: Sendable {
  /// libcurl's words, when it did not end well.
  let failure: String?
  /// The relay's last reply code; 0 when there was none.
  let code: Int
  /// The last command that was sent; empty before the first.
  let command: String
  /// The relay's last line in numbers alone, such as `SMTP 550 5.1.1`; empty when there was none.
  ///
  /// Its words often repeat whom the letter is for, or the subject; a problem is kept for longer
  /// than the letter, and shown.
  let reply: String
  let isLetterSent: Bool

  init(failure: String?, trace: SMTPTrace) {
    self.failure = failure
    code = trace.code
    command = trace.command
    reply = SMTPResult.numbers(in: trace.answer)
    isLetterSent = trace.isLetterSent
  }

  /// The reply code, and the enhanced one behind it if there is one (RFC 3463).
  private static func numbers(in answer: String) -> String {
    guard let code = Int(answer.prefix(3)) else { return "" }
    let enhanced = answer.dropFirst(4).prefix { $0 != " " }
    let parts = enhanced.split(separator: ".", omittingEmptySubsequences: false)
    let isEnhanced =
      parts.count == 3
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count)
          && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      }
    return isEnhanced ? "SMTP \(code) \(enhanced)" : "SMTP \(code)"
  }

  /// - Throws: what a dispatcher has to know when the relay has not certainly taken the letter.
  func check() throws(Gateway.Refusal) {
    guard let failure else { return }
    // A refusal of the recipient or of the letter is about this message (RFC 5321, 4.2.1); one of
    // the greeting, of TLS, of the login or of our own address is about us, and somebody will mend
    // it.
    let isAboutMessage = command == "RCPT" || command == "DATA"
    switch code {
    case 500..<600 where isAboutMessage: throw .permanent(reply + step)
    case 400..<600: throw .temporary(reply + step)
    default: break
    }
    let words = reply.isEmpty ? failure : "\(failure); last heard: \(reply)"
    if isLetterSent { throw .unknown(words) }
    throw .temporary(words)
  }

  /// What the reply was about. A command that is none of these may be a piece of our password.
  private var step: String {
    switch command {
    case "AUTH": " to the login"
    case "MAIL": " to our sender"
    case "RCPT": " to the recipient"
    case "DATA": " to the letter"
    default: ""
    }
  }
}
