package import Domain
package import FoundationEssentials
internal import Wording

/// Messages about passwords, and about accounts that are registered again.
extension Correspondence {
  /// The code that allows a new password to be chosen.
  ///
  /// - Parameter account: `nil` for a letter that is written and torn up
  package func recoveryCode(
    _ code: VerificationCode, to email: EmailAddress, account: Account.ID?, sending: String,
    for customer: CustomerNumber, in language: Language, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: language)
    let until = texts.clock(until: expiresAt, from: now)
    let series = "recovery-code/\(account.map(\.description) ?? "nobody/\(sending)")"
    return Message(
      key: "\(series)/\(sending)", kind: .recoveryCode, channel: .email,
      recipient: email.address, language: language, subject: texts["mail.recoveryCode.subject"],
      text: texts["mail.recoveryCode.text", ["code": code.text, "until": until]],
      customer: customer, notAfter: expiresAt, series: series)
  }

  /// Says by e-mail that an account has a new password.
  ///
  /// - Parameter event: names this change
  package func passwordChanged(_ account: Account, event: String, at now: Date) -> Message {
    let texts = texts(in: account.language)
    return notice(
      .passwordChanged, to: account.email, of: account, event,
      subject: texts["mail.passwordChanged.subject"], text: texts["mail.passwordChanged.text"],
      at: now)
  }

  /// Says the same by SMS, in case somebody else reads the e-mails.
  package func passwordChanged(
    _ account: Account, by number: PhoneNumber, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    let sentence = smsSentence(
      texts["sms.passwordChanged"], short: texts["sms.passwordChanged.ucs2"])
    return notice(.passwordChanged, to: number, of: account, event, sentence, at: now)
  }

  /// Tells an address that the account that had it, but never confirmed it, was registered again
  /// with the code from the SMS (D 4).
  package func registeredAgain(
    _ account: Account, to email: EmailAddress, registration: Registration.ID, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    return notice(
      .registeredAgain, to: email, of: account, "\(registration)",
      subject: texts["mail.registeredAgain.subject"], text: texts["mail.registeredAgain.text"],
      at: now)
  }
}
