internal import Domain
package import FoundationEssentials
package import Outbox
internal import Synchronization

/// Hands e-mails to the operator's mail relay by SMTP.
///
/// libcurl speaks the protocol, on threads of its own: it waits, and nobody else waits for it.
package final class MailRelay: Sendable {
  package enum Security: String, CaseIterable, Sendable {
    case none
    /// Begins in clear and must turn to TLS before anything else is said.
    case starttls
    case tls
  }

  package struct Access: Sendable {
    package let host: String
    package let port: Int
    package let security: Security
    package let username: String?
    package let password: String?
    /// The longest time that one e-mail may take.
    package let seconds: Int
    /// A PEM file with authorities that are believed besides the system's.
    package let authorities: String?
    /// How we introduce ourselves: the portal's host.
    package let ownHost: String

    package init(
      host: String, port: Int, security: Security, username: String?, password: String?,
      seconds: Int, authorities: String?, ownHost: String
    ) {
      self.host = host
      self.port = port
      self.security = security
      self.username = username
      self.password = password
      self.seconds = seconds
      self.authorities = authorities
      self.ownHost = ownHost
    }
  }

  /// Who writes.
  package struct Sender: Sendable {
    package let name: String
    package let address: String
    /// Where an answer goes; to the sender's address without it.
    package let replyTo: String?

    package init(name: String, address: String, replyTo: String?) {
      self.name = name
      self.address = address
      self.replyTo = replyTo
    }
  }

  /// The two forms of what is written, which say the same, and what goes along.
  package struct Content: Sendable {
    package let text: String
    package let html: String
    package let attachment: Attachment?
    /// What the HTML shows.
    package let picture: Picture?

    package init(
      text: String, html: String, attachment: Attachment? = nil, picture: Picture? = nil
    ) {
      self.text = text
      self.html = html
      self.attachment = attachment
      self.picture = picture
    }
  }

  /// A file that goes along with a letter.
  package struct Attachment: Hashable, Sendable {
    /// Of plain letters: it stands in a header as it is.
    package let name: String
    package let mediaType: String
    package let bytes: [UInt8]

    package init(name: String, mediaType: String, bytes: [UInt8]) {
      self.name = name
      self.mediaType = mediaType
      self.bytes = bytes
    }
  }

  /// A picture that comes along with the HTML and is no file beside it (RFC 2387).
  package struct Picture: Hashable, Sendable {
    /// What the HTML calls it behind `cid:`. Of plain letters: it stands in a header as it is.
    package let contentID: String
    package let file: Attachment

    package init(contentID: String, file: Attachment) {
      self.contentID = contentID
      self.file = file
    }
  }

  /// Makes what a message says, or says why that cannot be done.
  package typealias Writing =
    @Sendable (Gateway.Delivery) async throws(Gateway.Refusal) -> Content

  private let access: Access
  private let sender: Sender
  private let content: Writing
  private let now: @Sendable () -> Date
  /// Conversations that nobody is leading just now; each may have a connection that is still open.
  private let idle = Mutex<[SMTPConversation]>([])

  package init(
    access: Access, sender: Sender, now: @escaping @Sendable () -> Date,
    content: @escaping Writing
  ) {
    self.access = access
    self.sender = sender
    self.now = now
    self.content = content
  }

  package var gateway: Gateway {
    Gateway(name: "smtp") { [self] delivery throws(Gateway.Refusal) in try await send(delivery) }
  }

  private func send(_ delivery: Gateway.Delivery) async throws(Gateway.Refusal) {
    let mail = try await mail(of: delivery)
    let conversation = idle.withLock { $0.popLast() } ?? SMTPConversation(access)
    let abort = Abort()
    let result = await withTaskCancellationHandler {
      await conversation.send(mail, unless: abort)
    } onCancel: {
      abort.order()
    }
    idle.withLock { $0.append(conversation) }
    try result.check()
  }

  /// How many bytes a letter has that is made as for sending, before libcurl encodes them.
  package func size(of delivery: Gateway.Delivery) async throws(Gateway.Refusal) -> Int {
    let mail = try await mail(of: delivery)
    return (mail.headers + [mail.text, mail.html]).reduce(0) { $0 + $1.utf8.count }
  }

  /// The letter, checked once more on its way out of the house: what stands in the queue must not
  /// become another recipient or another header in the relay's eyes.
  private func mail(of delivery: Gateway.Delivery) async throws(Gateway.Refusal) -> Mail {
    guard let recipient = try? EmailAddress(delivery.recipient),
      recipient.address == delivery.recipient
    else { throw .permanent("the recipient is no e-mail address") }
    guard !delivery.subject.hasControlCharacters else {
      throw .permanent("the subject has control characters")
    }
    return Mail(
      delivery, to: recipient, from: sender, content: try await content(delivery), at: now())
  }
}

/// An order to stop waiting for a relay.
final class Abort: Sendable {
  private let isOrdered = Mutex(false)

  var isDue: Bool { isOrdered.withLock { $0 } }

  func order() {
    isOrdered.withLock { $0 = true }
  }
}
