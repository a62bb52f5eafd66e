package import Domain
package import FoundationEssentials
internal import Wording

/// What proves once more that somebody in the portal is the account's owner (ASVS 7.5.3).
extension Correspondence {
  /// - Parameters:
  ///   - series: ``Message/stepUpSeries(of:in:)`` of the session
  ///   - sending: one sending of a code, which is one message
  package func stepUpCode(
    _ code: VerificationCode, to number: PhoneNumber, series: String, sending: String,
    for customer: CustomerNumber, in language: Language, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: language)
    let life = Correspondence.minutes(in: expiresAt.timeIntervalSince(now))
    return Message(
      key: "\(series)/\(sending)", kind: .stepUpCode, channel: .sms, recipient: number.e164,
      language: language, subject: "",
      text: smsText(
        with: code, texts["sms.stepUp", ["code": code.text, "minutes": life]],
        short: texts["sms.stepUp.ucs2", ["code": code.text, "minutes": life]]),
      customer: customer, notAfter: Correspondence.lastUse(of: expiresAt, at: now),
      series: series)
  }
}
