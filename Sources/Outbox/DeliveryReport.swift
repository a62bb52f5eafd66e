/// A gateway's report as its request says it: about which message, with which secret, and how that
/// message stands.
package struct DeliveryReport: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    case delivered
    case undeliverable
    /// On its way; nothing to tell the customer.
    case underWay

    /// Reads Kannel's numbers (1 delivered, 2 failed, 4 buffered, 8 accepted, 16 rejected) and the
    /// words of other providers.
    package init?(_ text: String) {
      switch text.lowercased() {
      case "1", "delivered": self = .delivered
      case "2", "16", "failed", "undeliverable", "rejected": self = .undeliverable
      case "4", "8", "buffered", "accepted", "sent": self = .underWay
      default: return nil
      }
    }
  }

  package let message: Int64
  package let secret: String
  package let state: State

  /// - Parameters:
  ///   - message: its number, as our address of it says it
  ///   - secret: of that address
  ///   - state: what the gateway has put behind it
  package init?(message: String?, secret: String?, state: String?) {
    guard let message, let number = Int64(message), String(number) == message, let secret,
      let state = state.flatMap(State.init)
    else { return nil }
    (self.message, self.secret, self.state) = (number, secret, state)
  }
}
