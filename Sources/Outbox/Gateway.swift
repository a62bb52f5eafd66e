/// The way out for one channel: an SMS gateway or a mail server.
///
/// The seam between the outbox and the world; `belepo` puts the real ones in, tests theirs.
package struct Gateway: Sendable {
  /// What a gateway is handed.
  package struct Delivery: Hashable, Sendable {
    package let key: String
    package let recipient: String
    package let subject: String
    package let text: String
  }

  /// Why a gateway did not take a message.
  package enum Refusal: Error, Hashable, Sendable {
    /// Worth another try: out of reach, overloaded, a fault of its own.
    case temporary(String)
    /// It will never take this message.
    case permanent(String)
  }

  /// Hands a message over; returning means that the gateway has taken it.
  package let send: @Sendable (Delivery) async throws(Refusal) -> Void

  package init(send: @escaping @Sendable (Delivery) async throws(Refusal) -> Void) {
    self.send = send
  }
}

/// The ways out of the house.
package struct Gateways: Sendable {
  package let sms: Gateway
  package let email: Gateway

  package init(sms: Gateway, email: Gateway) {
    self.sms = sms
    self.email = email
  }

  func gateway(for channel: Message.Channel) -> Gateway {
    switch channel {
    case .sms: sms
    case .email: email
    }
  }
}
