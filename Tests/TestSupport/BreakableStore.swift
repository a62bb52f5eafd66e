package import Persistence
internal import Synchronization

/// A store that a test can break and mend again.
package struct BreakableStore: Store {
  private let store: any Store
  private let breakage: Breakage

  package init(_ store: any Store, _ breakage: Breakage) {
    self.store = store
    self.breakage = breakage
  }

  package func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try breakage.check()
    return try await store.read(extent, body)
  }

  package func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try breakage.check()
    return try await store.write(extent, body)
  }

  package func close() throws { try store.close() }
}

/// What is wrong with a store at the moment, if anything is.
package final class Breakage: Sendable {
  private let error = Mutex<(any Error)?>(nil)

  package init() {}

  /// The database is out of order, as operators know it.
  package func takeOut() {
    error.withLock { $0 = StoreFault.unavailable("disk I/O error in /var/lib/belepo") }
  }

  /// Something happens that nobody has thought of.
  package func surprise(with error: any Error) {
    self.error.withLock { $0 = error }
  }

  package func mend() {
    error.withLock { $0 = nil }
  }

  func check() throws {
    if let error = error.withLock({ $0 }) { throw error }
  }
}
