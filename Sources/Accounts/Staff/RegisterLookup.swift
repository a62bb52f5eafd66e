internal import Domain
package import FoundationEssentials
package import Persistence

/// Shows staff what the register contains, with everything personal masked. Each look is in the
/// audit trail.
package struct RegisterLookup: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date
  private let act: StaffAct

  package init(store: any Store, now: @escaping @Sendable () -> Date, act: StaffAct) {
    self.store = store
    self.now = now
    self.act = act
  }

  package struct Entry: Sendable {
    let customer: RegisteredCustomer
    let policies: [Policy]
    let isRegistered: Bool
    /// Whether the insurer's files give the number to several customers, so that it opens nothing.
    let isContested: Bool

    /// One fact per line.
    package var text: String {
      var lines = [
        "customer number  \(customer.number.masked)",
        "status           \(customer.status.rawValue)",
        "SMS number       \(customer.smsNumber?.masked ?? "none")",
        "e-mail           \(customer.email?.masked ?? "none")",
        "portal account   \(isRegistered ? "yes" : "no")",
      ]
      if isContested {
        lines.append("number           of several customers in the insurer's files")
      }
      lines += policies.map { "policy           \($0.product), \($0.status)" }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  /// What staff see under a number, however it is written: the customer, or whose old number it is.
  package func text(for number: String) async throws -> String? {
    let entry = try await entry(for: number)
    var owners: [CustomerNumber] = []
    if let old = try? OldCustomerNumber(number) {
      owners = try await store.read { try $0.register.owners(ofOld: old) }
    }
    let heading = owners.map { "old number of    \($0.masked)\n" }.joined()
    // Who has it now is shown, and whose it was before is said.
    if let entry { return heading + entry.text }
    guard let owner = owners.first else { return nil }
    // Of several owners nobody knows which one is meant.
    guard owners.count == 1, let entry = try await self.entry(for: owner.text) else {
      return heading
    }
    return heading + entry.text
  }

  /// What is stored under a customer number or a policy number, however it is written.
  package func entry(for number: String) async throws -> Entry? {
    let claims: [Claim.Number] = [
      (try? CustomerNumber(number)).map(Claim.Number.customer),
      (try? PolicyNumber(number)).map(Claim.Number.policy),
    ].compactMap(\.self)
    let now = now()
    return try await store.write { transaction in
      for claim in claims {
        let answer = try transaction.register.lookUp(claim)
        guard let customer = answer.customer else { continue }
        try transaction.recordBeforeShowing(
          AuditEvent(kind: .registerShown, detail: act.detail(), customer: customer.number),
          at: now)
        return Entry(
          customer: customer, policies: try transaction.register.policies(of: customer.number),
          isRegistered: try transaction.accounts.account(of: customer.number) != nil,
          isContested: answer.isContested)
      }
      return nil
    }
  }
}
