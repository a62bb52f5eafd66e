package import Domain
package import FoundationEssentials

/// A way out for messages: an SMS gateway or a mail relay.
///
/// The seam between the outbox and the world; `belepo` plugs in the real ones, tests their own.
package struct Gateway: Sendable {
  /// What a gateway is handed.
  package struct Delivery: Hashable, Sendable {
    /// The message's number, for a report of what became of it.
    package let id: Message.ID
    /// The same for each try, so that a gateway that knows such keys takes a message only once.
    package let key: String
    package let kind: Message.Kind
    package let recipient: String
    package let language: Language
    package let subject: String
    package let text: String
    /// After this instant the message is no longer useful.
    package let notAfter: Date
    /// The version of the contract whose file is attached, if there is one.
    package let contractVersion: String?

    package init(
      id: Message.ID, key: String, kind: Message.Kind, recipient: String, language: Language,
      subject: String, text: String, notAfter: Date, contractVersion: String? = nil
    ) {
      self.id = id
      self.key = key
      self.kind = kind
      self.recipient = recipient
      self.language = language
      self.subject = subject
      self.text = text
      self.notAfter = notAfter
      self.contractVersion = contractVersion
    }
  }

  /// Why a gateway did not take a message.
  package enum Refusal: Error, Hashable, Sendable {
    /// It has certainly not taken the message, and another try may succeed: unreachable,
    /// overloaded, or a fault of its own. It may say when.
    case temporary(String, retryAfterSeconds: Int? = nil)
    /// It will never take this message.
    case permanent(String)
    /// It was given the message, and its answer made no sense or never came: nobody knows.
    case unknown(String)
  }

  /// Its name in logs and metrics.
  package let name: String
  /// Hands over a message; returning means that the gateway has taken it.
  package let send: @Sendable (Delivery) async throws(Refusal) -> Void

  package init(
    name: String, send: @escaping @Sendable (Delivery) async throws(Refusal) -> Void
  ) {
    self.name = name
    self.send = send
  }
}

/// The gateways of one channel, and how much they may be given.
package struct Route: Sendable {
  /// The first is used as long as it works, the next when it refuses or rests.
  package let gateways: [Gateway]
  /// Messages in the gateways' hands at a time.
  package let concurrency: Int
  /// Messages a second at most; 0 means no limit.
  package let rate: Int
  /// The longest time that one hand-over takes: a lease must last that long.
  package let seconds: Int

  package init(_ gateways: [Gateway], concurrency: Int = 20, rate: Int = 0, seconds: Int = 10) {
    precondition(concurrency >= 1 && rate >= 0 && seconds >= 1)
    self.gateways = gateways
    self.concurrency = concurrency
    self.rate = rate
    self.seconds = seconds
  }
}

/// The routes of all channels.
package struct Routes: Sendable {
  package let sms: Route
  package let email: Route

  package init(sms: Route, email: Route) {
    self.sms = sms
    self.email = email
  }

  func route(of channel: Message.Channel) -> Route {
    switch channel {
    case .sms: sms
    case .email: email
    }
  }
}
