package import Cryptography
package import FoundationEssentials
package import Persistence

/// What a gateway reports about an SMS that it has taken.
///
/// Each message has a report address of its own, with a secret in it: nobody else can claim that a
/// message arrived. Reports may come twice, late, in any order, and before our own record.
package struct DeliveryReports: Sendable {
  package enum Outcome: Hashable, Sendable {
    case noted
    /// The secret does not belong to the message.
    case forged
    /// The message no longer exists.
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

  /// Where reports about a message are received, below the management listener's address.
  package func path(of message: Message.ID) -> String {
    "/receipts/sms/\(message)/\(secret(of: message))"
  }

  private func secret(of message: Message.ID) -> String {
    hexadecimal(keys.sign(DeliveryReports.signed(message), for: .deliveryReport).prefix(16))
  }

  private static func signed(_ message: Message.ID) -> [UInt8] { Array("\(message)".utf8) }

  package func receive(
    _ report: DeliveryReport.State, of message: Message.ID, secret: String
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
      case .delivered: try transaction.messages.recordDelivered(message, at: now)
      case .undeliverable: try transaction.messages.recordUndeliverable(message, at: now)
      case .underWay: break
      }
      return try transaction.messages.has(message)
    }
    return exists ? .noted : .unknown
  }
}
