import Persistence
import PersistenceSQLite
import Synchronization

/// A store at which something happens around each write, such as a power cut.
final class HookedStore: Store {
  private let store: any Store
  private let beforeWrite: @Sendable (Int) throws -> Void
  private let afterWrite: @Sendable (Int) async throws -> Void
  private let writes = Mutex(0)

  /// - Parameters:
  ///   - beforeWrite: gets the number of the write, from 1
  ///   - afterWrite: the same, when the write is committed
  init(
    _ store: any Store,
    beforeWrite: @escaping @Sendable (Int) throws -> Void = { _ in },
    afterWrite: @escaping @Sendable (Int) async throws -> Void = { _ in }
  ) {
    self.store = store
    self.beforeWrite = beforeWrite
    self.afterWrite = afterWrite
  }

  var writeCount: Int { writes.withLock { $0 } }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await store.read(body)
  }

  func write<Result: Sendable>(
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let number = writes.withLock { count in
      count += 1
      return count
    }
    try beforeWrite(number)
    let result = try await store.write(body)
    try await afterWrite(number)
    return result
  }

  func close() throws {
    try store.close()
  }
}

/// What a test breaks things with.
struct PowerCut: Error {}
