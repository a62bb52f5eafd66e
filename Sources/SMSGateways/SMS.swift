internal import Domain
internal import FoundationEssentials
internal import Outbox

/// An SMS as gateways are told of it, checked once more on its way out of the house.
struct SMS: Sendable {
  let id: Int64
  let key: String
  /// E.164, as the register has it.
  let number: String
  let text: String
  /// Minutes for which it is worth delivering, at least one.
  let minutes: Int
  let isUrgent: Bool

  /// - Throws: `permanent` when the queue holds what is no SMS; it must not become another message,
  ///   to another number, in a gateway's eyes.
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

/// Where reports of a message are to be sent; nobody asks for them without it.
package typealias ReportAddress = @Sendable (_ message: Int64) -> String?
