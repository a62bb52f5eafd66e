package import Domain
package import FoundationEssentials

/// One SMS or e-mail that is to leave the house.
package struct Message: Hashable, Sendable {
  package enum Channel: String, CaseIterable, Sendable {
    case sms
    case email
  }

  /// What a message is about; operators count and search by it.
  package enum Kind: String, CaseIterable, Sendable {
    case smsCode = "sms_code"
    case emailCode = "email_code"
    case registered
    case contract
    case emailTaken = "email_taken"

    /// Codes go before notices: somebody is waiting for them.
    var priority: Int {
      switch self {
      case .smsCode: 0
      case .emailCode: 1
      case .registered, .contract, .emailTaken: 2
      }
    }
  }

  /// The business event, once for each: a second message with the same key is not queued. It is the
  /// gateway's idempotency key and the e-mail's `Message-ID`.
  package let key: String
  package let kind: Kind
  package let channel: Channel
  /// An E.164 number or an e-mail address, from the register or the account, never from a request
  /// (R7).
  package let recipient: String
  package let language: Language
  /// Empty for an SMS.
  package let subject: String
  package let text: String
  /// Whom it concerns, for the limits of a day.
  package let customer: CustomerNumber
  /// After this instant it would be useless or misleading, and is not sent.
  package let notAfter: Date

  package init(
    key: String, kind: Kind, channel: Channel, recipient: String, language: Language,
    subject: String, text: String, customer: CustomerNumber, notAfter: Date
  ) {
    self.key = key
    self.kind = kind
    self.channel = channel
    self.recipient = recipient
    self.language = language
    self.subject = subject
    self.text = text
    self.customer = customer
    self.notAfter = notAfter
  }
}
