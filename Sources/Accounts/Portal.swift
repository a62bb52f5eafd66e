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
  }

  package func home(of account: Account) async throws -> Home {
    try await world.store.read { transaction in
      Home(
        name: try transaction.customer(account.customer)?.name ?? "",
        policies: try transaction.policies(of: account.customer),
        asOf: try transaction.registerImportedAt())
    }
  }
}
