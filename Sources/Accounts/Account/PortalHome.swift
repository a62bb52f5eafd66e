package import Domain
package import FoundationEssentials
internal import Persistence

/// The portal's home page: what confirmed customers see of their own data (J10).
package struct PortalHome: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  package struct Content: Sendable {
    /// As the register has it; empty when the customer has left the register.
    package let name: String
    package let policies: [Policy]
    /// The insurance is over; the rest of the account stays (D 12).
    package let isClosed: Bool
    /// When the register was last replaced.
    package let asOf: Date?
    /// The login before this one.
    package let lastLogin: Devices.Login?
    /// What the customer should know or do, most urgent first.
    package let news: [News]
  }

  /// Something that the home page points out without being asked.
  package enum News: Hashable, Sendable {
    /// Somebody logged in with a browser that had not been used before.
    case newDevice(Devices.Login)
    /// Logins that have failed since the last successful one.
    case failedLogins(Int)
    /// A changed address is waiting for its code.
    case addressToConfirm(EmailAddress)
    /// The insurer has given the customer another number, and the account has moved to it.
    case renumbered(CustomerNumber, at: Date)
  }

  /// - Parameter token: of the session that asks
  package func content(of account: Account, in token: Token? = nil) async throws -> Content {
    let now = world.now()
    return try await world.store.read { transaction in
      let history = try transaction.devices.loginHistory(of: account.id, in: token, at: now)
      let isClosed = account.standing.entry == .portalWithoutPolicies
      let told = now.addingTimeInterval(-Double(world.limits.renumberingToldSeconds))
      let renumbered = try transaction.following.renumbered(account.id, since: told)
      let register = try transaction.register.state(for: account.customer)
      return Content(
        name: register.name ?? "",
        policies: isClosed ? [] : try transaction.register.policies(of: account.customer),
        isClosed: isClosed,
        asOf: try world.registerCopy == nil
          ? register.importedAt : transaction.registerCopies.askedAt(account.customer),
        lastLogin: history.lastLogin,
        news: PortalHome.news(history)
          + (renumbered.map { [.renumbered(account.customer, at: $0)] } ?? [])
          + (try transaction.addresses.waiting(of: account.id, at: now)
            .map { .addressToConfirm($0) }))
    }
  }

  private static func news(_ history: LoginHistory) -> [News] {
    history.newDevices.map { .newDevice($0) }
      + (history.failures > 0 ? [.failedLogins(history.failures)] : [])
  }
}
