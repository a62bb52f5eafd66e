package import Persistence

/// How many accounts, locks and customers there are, for those who watch it.
///
/// Each count reads a whole table: asked for every few minutes, never with a request.
package struct AccountFigures: Hashable, Sendable {
  package enum State: String, CaseIterable, Sendable {
    /// The e-mailed code was not entered yet.
    case unconfirmed
    case confirmed
    case locked
    /// The contract has ended.
    case closed
  }

  package let accounts: [State: Int]
  /// Customers whose SMS step is disabled (D 1).
  package let disabledSMSSteps: Int
  /// Customers in the register.
  package let registeredCustomers: Int

  package static func count(in store: any Store) async throws -> AccountFigures {
    try await store.read { transaction in
      try transaction.allowLongStatements()
      let queries = transaction.accountFigures
      return AccountFigures(
        accounts: try queries.accounts(), disabledSMSSteps: try queries.disabledSMSSteps(),
        registeredCustomers: try queries.registeredCustomers())
    }
  }
}
