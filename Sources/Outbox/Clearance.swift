package import Domain

/// Whether a message may still go out at the moment when a gateway would be handed it (D 12).
package enum Clearance: Hashable, Sendable {
  case granted
  /// Whom it concerns gets it no more: it is taken back, and its text deleted.
  case withdrawn
  /// Nobody can tell at present, for a reason without anything personal: it waits.
  case unknown(String, retryAfterSeconds: Int?)

  /// Asked for each message of a known customer, while a dispatcher holds it. It may take some
  /// seconds, and never fails.
  package typealias Asking = @Sendable (Message.Kind, CustomerNumber) async -> Clearance
}
