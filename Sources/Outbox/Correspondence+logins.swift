package import Domain
package import FoundationEssentials
internal import Wording

/// Logins that the account's owner may want to know about (ASVS 6.3.5).
///
/// Each kind is reported at most once a day: somebody who uses many browsers, or is attacked every
/// day, would read the second letter no more carefully than the first.
extension Correspondence {
  /// Somebody logged in with a browser that was new to the account.
  package func loginFromNewDevice(
    _ device: Device, to owner: Account, at now: Date
  ) -> Message {
    let texts = texts(in: owner.language)
    return letter(
      .loginNewDevice, subject: texts["mail.loginNewDevice.subject"],
      text: texts[
        "mail.loginNewDevice.text",
        ["time": texts.instant(now), "device": texts.device(device)]],
      to: owner, at: now)
  }

  /// Somebody logged in after several wrong passwords in a row.
  package func loginAfterFailures(
    _ failures: Int, with device: Device, to owner: Account, at now: Date
  ) -> Message {
    let texts = texts(in: owner.language)
    return letter(
      .loginAfterFailures, subject: texts["mail.loginAfterFailures.subject"],
      text: texts[
        "mail.loginAfterFailures.text",
        [
          "time": texts.instant(now), "device": texts.device(device),
          "failures": String(failures),
        ]],
      to: owner, at: now)
  }

  /// The code that a login needs besides the password while an account is under attack (D 13).
  ///
  /// - Parameter account: `nil` for a letter that is written and torn up
  package func loginCode(
    _ code: VerificationCode, to email: EmailAddress, account: Account.ID?, sending: String,
    for customer: CustomerNumber, in language: Language, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: language)
    let until = texts.clock(until: expiresAt, from: now)
    let series = "login-code/\(account.map(\.description) ?? "nobody/\(sending)")"
    return Message(
      key: "\(series)/\(sending)", kind: .loginCode, channel: .email, recipient: email.address,
      language: language, subject: texts["mail.loginCode.subject"],
      text: texts["mail.loginCode.text", ["code": code.text, "until": until]],
      customer: customer, notAfter: expiresAt, series: series)
  }

  private func letter(
    _ kind: Message.Kind, subject: String, text: String, to owner: Account, at now: Date
  ) -> Message {
    let day = Int(now.timeIntervalSince1970) / 86_400
    return Message(
      key: "\(kind.rawValue)/\(owner.id)/\(day)", kind: kind, channel: .email,
      recipient: owner.email.address, language: owner.language, subject: subject, text: text,
      customer: owner.customer, notAfter: now.addingTimeInterval(Self.daySeconds))
  }
}
