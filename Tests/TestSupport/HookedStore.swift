package import Persistence
internal import Synchronization

/// A store at which something happens around each write, such as a power cut.
package final class HookedStore: Store {
  private let store: any Store
  private let beforeWrite: @Sendable (Int) async throws -> Void
  private let afterWrite: @Sendable (Int) async throws -> Void
  private let writes = Mutex(0)

  /// - Parameters:
  ///   - beforeWrite: gets the number of the write, from 1
  ///   - afterWrite: the same, when the write is committed
  package init(
    _ store: any Store,
    beforeWrite: @escaping @Sendable (Int) async throws -> Void = { _ in },
    afterWrite: @escaping @Sendable (Int) async throws -> Void = { _ in }
  ) {
    self.store = store
    self.beforeWrite = beforeWrite
    self.afterWrite = afterWrite
  }

  package var writeCount: Int { writes.withLock { $0 } }

  package func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await store.read(extent, body)
  }

  package func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let number = writes.withLock { count in
      count += 1
      return count
    }
    try await beforeWrite(number)
    let result = try await store.write(extent, body)
    try await afterWrite(number)
    return result
  }

  package func close() throws {
    try store.close()
  }
}

/// What a test breaks things with.
package struct PowerCut: Error {
  package init() {}
}
