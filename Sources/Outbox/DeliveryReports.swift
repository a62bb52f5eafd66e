package import Cryptography
package import FoundationEssentials
package import Persistence

/// What a gateway reports of an SMS that it has taken.
///
/// Reports come to an address of their own for each message, with a secret in it: nobody else can
/// say that a message arrived. They may come twice, late, in any order, and before our own record.
package struct DeliveryReports: Sendable {
  package enum Report: Hashable, Sendable {
    case delivered
    case undeliverable
    /// On its way; nothing to tell a customer.
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

  package enum Outcome: Hashable, Sendable {
    case noted
    /// The secret does not belong to the message.
    case forged
    /// There is no such message any more.
    case unknown
  }

  private let keys: SecretKeys
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(keys: SecretKeys, store: any Store, now: @escaping @Sendable () -> Date) {
    self.keys = keys
    self.store = store
    self.now = now
  }

  /// Where reports of a message are heard, below the address of the management listener.
  package func path(of message: Int64) -> String {
    "/receipts/sms/\(message)/\(secret(of: message))"
  }

  private func secret(of message: Int64) -> String {
    hexadecimal(keys.sign(DeliveryReports.signed(message), for: .deliveryReport).prefix(16))
  }

  private static func signed(_ message: Int64) -> [UInt8] { Array("\(message)".utf8) }

  package func receive(
    _ report: Report, of message: Int64, secret: String
  ) async throws -> Outcome {
    let signatures = keys.signatures(
      of: DeliveryReports.signed(message), for: .deliveryReport)
    let isOurs = signatures.contains {
      equalInConstantTime(Array(hexadecimal($0.prefix(16)).utf8), Array(secret.utf8))
    }
    guard isOurs else { return .forged }
    let now = now()
    let exists = try await store.write { transaction in
      switch report {
      case .delivered: try transaction.recordDelivered(message, at: now)
      case .undeliverable: try transaction.recordUndeliverable(message, at: now)
      case .underWay: break
      }
      return try transaction.hasMessage(message)
    }
    return exists ? .noted : .unknown
  }
}

extension Transaction {
  fileprivate func hasMessage(_ id: Int64) throws -> Bool {
    try row("SELECT id FROM message WHERE id = \(id)") != nil
  }

  /// A message that arrived has arrived, whatever was thought of it. While a dispatcher has it, its
  /// record is the dispatcher's to make.
  fileprivate func recordDelivered(_ id: Int64, at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET receipt = 'delivered', receipt_at = \(now),
          state = CASE state WHEN 'leased' THEN state ELSE 'delivered' END,
          body = CASE state WHEN 'leased' THEN body END
      WHERE id = \(id) AND COALESCE(receipt, '') <> 'delivered'
      """)
  }

  /// Holds for what was sent, and can be taken back by a report that it arrived after all. A
  /// message that waits for its second try has another chance.
  fileprivate func recordUndeliverable(_ id: Int64, at now: Date) throws {
    try perform(
      """
      UPDATE message
      SET receipt = 'undeliverable', receipt_at = \(now),
          state = CASE state WHEN 'leased' THEN state ELSE 'undeliverable' END
      WHERE id = \(id) AND state IN ('sent', 'leased') AND receipt IS NULL
      """)
  }
}
