package import FoundationEssentials
package import Persistence

/// How old the register is, for those who watch it.
package struct RegisterAge: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  package enum State: Equatable, Sendable {
    /// Nothing was ever imported: nobody can register.
    case missing
    /// Imported so many seconds ago; `nil` when nobody knows.
    case present(ageSeconds: Int?)
  }

  package func state() async throws -> State {
    let now = now()
    return try await store.read { transaction in
      let importedAt = try transaction.register.importedAt()
      if importedAt == nil, try !transaction.register.hasCustomers() { return .missing }
      return .present(ageSeconds: importedAt.map { max(0, Int(now.timeIntervalSince($0))) })
    }
  }
}
