internal import Cryptography
internal import Domain
internal import FoundationEssentials

/// Makes verification codes from challenges, and recognises them.
///
/// A code is derived from the challenge's nonce with the operator's key. None of it is stored, a
/// resend can repeat it, and stealing the database is not enough to try codes out.
struct Codes: Sendable {
  let keys: SecretKeys
  let randomBytes: RandomBytes

  /// What differs between a code by SMS and one by e-mail (D 1).
  struct Terms: Sendable {
    let alphabet: CodeAlphabet
    let lifetimeSeconds: Int
    let tries: Int

    static func sms(_ limits: Limits) -> Terms {
      Terms(
        alphabet: limits.smsAlphabet, lifetimeSeconds: limits.smsCodeLifetimeSeconds,
        tries: limits.smsTriesPerCode)
    }

    static func email(_ limits: Limits) -> Terms {
      Terms(
        alphabet: .unambiguous, lifetimeSeconds: limits.emailCodeLifetimeSeconds,
        tries: limits.emailTriesPerCode)
    }
  }

  func newChallenge(_ terms: Terms, at now: Date) -> Challenge {
    let nonce = randomBytes(32)
    let code = VerificationCode(
      alphabet: terms.alphabet, drawing: keys.sign(nonce, for: .code))
    return Challenge(
      nonce: nonce, prefix: code.prefix,
      expiresAt: now.addingTimeInterval(Double(terms.lifetimeSeconds)), sentAt: now,
      triesLeft: terms.tries)
  }

  /// The code of a challenge, made with one of the keys.
  ///
  /// The key may have been replaced since; the first character shown tells which key it was, or
  /// leaves two codes, which are then equally good.
  func code(of challenge: Challenge, _ alphabet: CodeAlphabet) -> VerificationCode {
    codes(of: challenge, alphabet).first
      ?? VerificationCode(alphabet: alphabet, drawing: keys.sign(challenge.nonce, for: .code))
  }

  /// Whether what somebody typed is the challenge's code, compared in constant time.
  func matches(_ entry: CodeEntry, _ challenge: Challenge, _ alphabet: CodeAlphabet) -> Bool {
    let typed = entry.candidate(prefix: challenge.prefix)
    return codes(of: challenge, alphabet).reduce(false) { isRight, code in
      equalInConstantTime(typed, Array(code.text.utf8)) || isRight
    }
  }

  /// What each key makes of the challenge, if it begins with the character shown.
  private func codes(of challenge: Challenge, _ alphabet: CodeAlphabet) -> [VerificationCode] {
    keys.signatures(of: challenge.nonce, for: .code)
      .map { VerificationCode(alphabet: alphabet, drawing: $0) }
      .filter { $0.prefix == challenge.prefix }
  }
}
