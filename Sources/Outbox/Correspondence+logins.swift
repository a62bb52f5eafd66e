package import Domain
package import FoundationEssentials
internal import Wording

/// Logins that the account's owner may want to know of (ASVS 6.3.5).
///
/// Each kind is told once a day at most: who uses many browsers, or is attacked every day, would
/// read the second letter no more carefully than the first.
extension Correspondence {
  /// Somebody logged in with a browser that the account was never used with.
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
