package import Domain
package import FoundationEssentials
internal import Wording

/// What proves to an agent that the caller has the customer's phone.
extension Correspondence {
  /// - Parameter opening: the look at the case that the code belongs to, and how many came before
  package func callerCode(
    _ code: VerificationCode, to number: PhoneNumber, opening: String, for customer: CustomerNumber,
    in language: Language, expiring expiresAt: Date
  ) -> Message {
    let texts = texts(in: language)
    return Message(
      key: "caller-code/\(opening)", kind: .callerCode, channel: .sms, recipient: number.e164,
      language: language, subject: "",
      text: smsSentence(
        texts["sms.callerCode", ["code": code.text]],
        short: texts["sms.callerCode.ucs2", ["code": code.text]]),
      customer: customer, notAfter: expiresAt)
  }
}
