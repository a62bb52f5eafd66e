internal import Domain
package import FoundationEssentials
package import Outbox
package import Persistence

/// The register's word before a message goes out (D 12).
///
/// It is asked by whoever sends, and not by the request that queues: the time of an answer must not
/// tell who has an account, and a letter may wait for hours.
extension RegisterCopy {
  /// Asks about whom a message concerns, at the moment when a gateway would be handed it.
  ///
  /// A lock of staff is not looked at: it has taken back what was waiting, and what was queued
  /// since tells of it.
  package func clearance(
    in store: any Store, now: @escaping @Sendable () -> Date
  ) -> Clearance.Asking {
    { kind, customer in
      do {
        _ = try await self.follow(customer, in: store, at: now())
        let standing = try await store.read { try $0.standing(ofOwner: customer) }
        return standing.gets(kind) ? .granted : .withdrawn
      } catch let unavailable as RegisterUnavailable {
        return .unknown(
          "the register service does not answer",
          retryAfterSeconds: unavailable.retryAfterSeconds)
      } catch {
        return .unknown("the copy of the register cannot be used", retryAfterSeconds: nil)
      }
    }
  }
}

extension Transaction {
  /// How somebody stands who may have no account yet.
  fileprivate func standing(ofOwner customer: CustomerNumber) throws -> AccountStanding {
    if let account = try accounts.account(of: customer) { return account.standing.withoutLock }
    return AccountStanding(inRegister: try register.customer(customer)?.status)
  }
}
