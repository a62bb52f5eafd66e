internal import Synchronization

/// The server's processes that serve the sessions of a pool.
final class ServerProcesses: Sendable {
  private let numbers = Mutex(Set<Int32>())

  func contains(_ number: Int32) -> Bool {
    numbers.withLock { $0.contains(number) }
  }

  func replace(_ old: Int32?, by new: Int32?) {
    numbers.withLock { numbers in
      if let old { numbers.remove(old) }
      if let new { numbers.insert(new) }
    }
  }
}
