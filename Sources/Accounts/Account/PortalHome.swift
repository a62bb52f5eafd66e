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
    let told = now.addingTimeInterval(-Double(world.limits.renumberingToldSeconds))
    let view = try await world.store.read(.oneStatement) { transaction in
      try transaction.portalHomes.view(
        of: account, in: token, renumberedSince: told, at: now)
    }
    let isClosed = account.standing.entry == .portalWithoutPolicies
    return Content(
      name: view.name ?? "", policies: isClosed ? [] : view.policies, isClosed: isClosed,
      asOf: world.registerCopy == nil ? view.importedAt : view.askedAt, lastLogin: view.lastLogin,
      news: try await newDevices(of: account, since: view.lastLogin, in: token)
        + PortalHome.news(view, of: account))
  }

  /// Before the second login there is nothing to ask: every browser is new then.
  private func newDevices(
    of account: Account, since last: Devices.Login?, in token: Token?
  ) async throws -> [News] {
    guard let last else { return [] }
    return try await world.store.read(.oneStatement) { transaction in
      try transaction.devices.new(of: account.id, since: last.at, exceptThatOf: token)
        .map { .newDevice(Devices.Login(at: $0.at, device: $0.device)) }
    }
  }

  private static func news(_ view: PortalHomeView, of account: Account) -> [News] {
    (view.failures > 0 ? [.failedLogins(view.failures)] : [])
      + (view.renumberedAt.map { [.renumbered(account.customer, at: $0)] } ?? [])
      + view.waiting.map { .addressToConfirm($0) }
  }
}
