internal import Domain
internal import FoundationEssentials
package import Outbox

/// An SMS as gateways receive it, checked once more before it is sent.
struct SMS: Sendable {
  let id: Message.ID
  let key: String
  /// E.164, as in the register.
  let number: String
  let text: String
  /// How many minutes it is worth delivering, at least one.
  let minutes: Int
  let isUrgent: Bool

  /// - Throws: `permanent` when the queued message is not a valid SMS; a gateway must not take it
  ///   for another message, or for another number.
  init(_ delivery: Gateway.Delivery, at now: Date) throws(Gateway.Refusal) {
    guard let number = try? PhoneNumber(delivery.recipient), number.e164 == delivery.recipient
    else {
      throw .permanent("the recipient is no telephone number")
    }
    let hasControls = delivery.text.unicodeScalars.contains {
      $0.properties.generalCategory == .control && $0 != "\n"
    }
    guard !hasControls, !delivery.text.isEmpty else {
      throw .permanent("the text is no text of an SMS")
    }
    id = delivery.id
    key = delivery.key
    self.number = number.e164
    text = delivery.text
    let seconds = delivery.notAfter.timeIntervalSince(now)
    // A week is more than any network keeps one.
    minutes = max(1, Int(min(seconds, 7 * 86_400) / 60))
    isUrgent = delivery.kind.holdsSecret
  }
}

/// Where to report on a message; without it no reports are requested.
package typealias ReportAddress = @Sendable (_ message: Message.ID) -> String?
