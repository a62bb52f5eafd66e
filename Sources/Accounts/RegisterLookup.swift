internal import Domain
package import Persistence

/// Shows staff what the register has, with everything personal masked.
package struct RegisterLookup: Sendable {
  private let store: any Store

  package init(store: any Store) {
    self.store = store
  }

  package struct Entry: Sendable {
    let customer: RegisteredCustomer
    let policies: [Policy]
    let isRegistered: Bool

    /// One fact a line.
    package var text: String {
      var lines = [
        "customer number  \(customer.number.masked)",
        "status           \(customer.status.rawValue)",
        "SMS number       \(customer.smsNumber?.masked ?? "none")",
        "e-mail           \(customer.email?.masked ?? "none")",
        "portal account   \(isRegistered ? "yes" : "no")",
      ]
      lines += policies.map { "policy           \($0.product), \($0.status)" }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  /// What is under a customer number or a policy number, in any writing.
  package func entry(for number: String) async throws -> Entry? {
    let claims: [Claim.Number] = [
      (try? CustomerNumber(number)).map(Claim.Number.customer),
      (try? PolicyNumber(number)).map(Claim.Number.policy),
    ].compactMap(\.self)
    return try await store.read { transaction in
      for claim in claims {
        guard let customer = try transaction.lookUp(claim).customer else { continue }
        return Entry(
          customer: customer, policies: try transaction.policies(of: customer.number),
          isRegistered: try transaction.account(of: customer.number) != nil)
      }
      return nil
    }
  }
}
