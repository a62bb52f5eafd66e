package import Domain
package import FoundationEssentials
internal import Wording

/// What is written about passwords, and about accounts that are registered again.
extension Correspondence {
  /// The code that opens the way to a new password.
  ///
  /// - Parameter account: `nil` for a letter that is written and torn up
  package func recoveryCode(
    _ code: VerificationCode, to email: EmailAddress, account: Int64?, sending: String,
    for customer: CustomerNumber, in language: Language, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: language)
    let life = texts.time(atMost: Int(expiresAt.timeIntervalSince(now)))
    let series = "recovery-code/\(account.map { String($0) } ?? "nobody/\(sending)")"
    return Message(
      key: "\(series)/\(sending)", kind: .recoveryCode, channel: .email,
      recipient: email.address, language: language, subject: texts["mail.recoveryCode.subject"],
      text: texts["mail.recoveryCode.text", ["code": code.text, "life": life]],
      customer: customer, notAfter: expiresAt, series: series)
  }

  /// Tells by e-mail that an account has a new password.
  ///
  /// - Parameter event: names the one change
  package func passwordChanged(_ account: Account, event: String, at now: Date) -> Message {
    let texts = texts(in: account.language)
    return notice(
      .passwordChanged, to: account.email, of: account, event,
      subject: texts["mail.passwordChanged.subject"], text: texts["mail.passwordChanged.text"],
      at: now)
  }

  /// Tells the same by SMS, in case somebody else reads the e-mails.
  package func passwordChanged(
    _ account: Account, by number: PhoneNumber, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    let sentence = smsSentence(
      texts["sms.passwordChanged"], short: texts["sms.passwordChanged.ucs2"])
    return notice(.passwordChanged, to: number, of: account, event, sentence, at: now)
  }

  /// Tells an address that the account which had it, and never confirmed it, was registered again
  /// with the code from the SMS (D 4).
  package func registeredAgain(
    _ account: Account, to email: EmailAddress, registration: Int64, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    return notice(
      .registeredAgain, to: email, of: account, "\(registration)",
      subject: texts["mail.registeredAgain.subject"], text: texts["mail.registeredAgain.text"],
      at: now)
  }
}
