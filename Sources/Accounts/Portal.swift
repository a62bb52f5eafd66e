package import Domain
package import FoundationEssentials
internal import Persistence

/// What a confirmed customer sees of their own (J10).
package struct Portal: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  package struct Home: Sendable {
    /// As the register has it; empty when the customer has left the register.
    package let name: String
    package let policies: [Policy]
    /// When the register was last replaced.
    package let asOf: Date?
    /// The login before this one.
    package let lastLogin: Devices.Login?
    /// What the customer should know or do, the most urgent first.
    package let news: [News]
  }

  /// Something that the home page tells by itself.
  package enum News: Hashable, Sendable {
    /// Somebody logged in with a browser that was new.
    case newDevice(Devices.Login)
    /// Logins that failed since the last one that did not.
    case failedLogins(Int)
    /// A changed address waits for its code.
    case addressToConfirm(EmailAddress)
  }

  /// - Parameter token: of the session that asks
  package func home(of account: Account, in token: Token? = nil) async throws -> Home {
    let now = world.now()
    return try await world.store.read { transaction in
      let history = try transaction.loginHistory(of: account.id, in: token, at: now)
      return Home(
        name: try transaction.customer(account.customer)?.name ?? "",
        policies: try transaction.policies(of: account.customer),
        asOf: try transaction.registerImportedAt(), lastLogin: history.lastLogin,
        news: Portal.news(history)
          + (try AddressChanges.Purpose.allCases.compactMap { purpose in
            try transaction.waitingAddress(of: account.id, for: purpose, at: now)
              .map { .addressToConfirm($0) }
          }))
    }
  }

  private static func news(_ history: LoginHistory) -> [News] {
    history.newDevices.map { .newDevice($0) }
      + (history.failures > 0 ? [.failedLogins(history.failures)] : [])
  }
}

extension Transaction {
  /// An address that can still be confirmed by the code that was sent to it.
  fileprivate func waitingAddress(
    of account: Int64, for purpose: AddressChanges.Purpose, at now: Date
  ) throws -> EmailAddress? {
    guard
      let pending = try pendingAddress(of: account, for: purpose, locking: false),
      pending.confirmedAt == nil, now < pending.challenge.expiresAt
    else { return nil }
    return pending.email
  }
}
