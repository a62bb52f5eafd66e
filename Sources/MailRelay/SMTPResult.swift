internal import Outbox

/// How a conversation with the relay ended.
struct SMTPResult: Sendable {
  /// libcurl's words, when it did not end well.
  let failure: String?
  /// The relay's last reply code; 0 when there was none.
  let code: Int
  /// The last command that was sent; empty before the first.
  let command: String
  /// The relay's last line.
  let answer: String
  let isLetterSent: Bool

  init(failure: String?, trace: SMTPTrace) {
    self.failure = failure
    code = trace.code
    command = trace.command
    answer = trace.answer
    isLetterSent = trace.isLetterSent
  }

  /// - Throws: what a dispatcher has to know when the relay has not certainly taken the letter.
  func check() throws(Gateway.Refusal) {
    guard let failure else { return }
    // A refusal of the recipient or of the letter is about this message (RFC 5321, 4.2.1); one of
    // the greeting, of TLS, of the login or of our own address is about us, and somebody will mend
    // it.
    let isAboutMessage = command == "RCPT" || command == "DATA"
    switch code {
    case 500..<600 where isAboutMessage: throw .permanent("SMTP \(answer)")
    case 400..<600: throw .temporary("SMTP \(answer)")
    default: break
    }
    let words = answer.isEmpty ? failure : "\(failure); last heard: \(answer)"
    if isLetterSent { throw .unknown(words) }
    throw .temporary(words)
  }
}
