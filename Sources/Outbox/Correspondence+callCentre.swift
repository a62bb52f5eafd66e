package import Domain
package import FoundationEssentials
internal import Wording

/// What a customer is told when the call centre has done something for them, so that the owner
/// notices if it was somebody else who called.
extension Correspondence {
  /// To the phone that gets codes again, whether or not its owner has an account.
  ///
  /// - Parameter event: names this time, and not the customer
  package func smsStepEnabled(
    to number: PhoneNumber, of customer: CustomerNumber, in language: Language, event: String,
    at now: Date
  ) -> Message {
    let texts = texts(in: language)
    return Message(
      key: "\(Message.Kind.smsStepEnabled.rawValue)/\(event)", kind: .smsStepEnabled,
      channel: .sms, recipient: number.e164, language: language, subject: "",
      text: smsSentence(texts["sms.smsStepEnabled"], short: texts["sms.smsStepEnabled.ucs2"]),
      customer: customer, notAfter: now.addingTimeInterval(Self.daySeconds))
  }

  /// - Parameter event: names this time
  package func sessionsEnded(_ owner: Account, event: String, at now: Date) -> Message {
    let texts = texts(in: owner.language)
    return notice(
      .sessionsEnded, to: owner.email, of: owner, event,
      subject: texts["mail.sessionsEnded.subject"], text: texts["mail.sessionsEnded.text"],
      at: now)
  }

  /// - Parameters:
  ///   - reason: in words that staff have written for the customer, in one paragraph
  ///   - event: names the request
  package func dataRequestDeclined(
    _ owner: Account, because reason: String, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: owner.language)
    return notice(
      .dataRequestDeclined, to: owner.email, of: owner, event,
      subject: texts["mail.dataRequestDeclined.subject"],
      text: texts["mail.dataRequestDeclined.text", ["reason": reason]], at: now)
  }
}
