package import Cryptography
internal import Dispatch

/// A hashing queue in which somebody else's hash takes as long as the test likes.
package struct BusyHashing: Sendable {
  package let queue = HashingQueue(width: 1, length: 0)
  private let isOver = DispatchSemaphore(value: 0)

  package init() {}

  /// Occupies the queue during a story.
  package func during(_ story: @Sendable () async throws -> Void) async throws {
    let (began, signal) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [queue, isOver] in
        try await queue.run {
          signal.finish()
          isOver.wait()
        }
      }
      for await _ in began {}
      defer { isOver.signal() }
      try await story()
    }
  }
}
