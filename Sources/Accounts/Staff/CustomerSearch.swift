package import Domain
package import Persistence

/// Finds the customer whom staff means by a number: a customer number, old or new, a policy number
/// or the case number of a page (D 5).
package struct CustomerSearch: Sendable {
  private let store: any Store

  package init(store: any Store) {
    self.store = store
  }

  /// - Returns: `nil` when neither the register nor anything here knows the number
  package func customer(_ number: String) async throws -> CustomerNumber? {
    try await store.read { transaction in
      let search = CustomerSearchQueries(transaction: transaction)
      if let number = CaseNumber(number), let customer = try search.customer(ofCase: number) {
        return customer
      }
      if let customer = try? CustomerNumber(number) {
        if try transaction.register.customer(customer) != nil { return customer }
        if let present = try search.customer(renumberedFrom: customer) { return present }
        if try search.isKnown(customer) { return customer }
      }
      guard let policy = try? PolicyNumber(number) else { return nil }
      return try transaction.register.lookUp(.policy(policy)).customer?.number
    }
  }
}
