internal import Dispatch
internal import Synchronization

/// Lets so many slow hashes run at a time and so many wait; who comes on top of that is refused at
/// once (D 3).
///
/// Each hash takes 19 MiB and a core for a fiftieth of a second: without a bound, a storm of logins
/// would take the memory and the time of everybody else. The work runs on threads of its own. A
/// concurrent queue would not do: it shares the few threads on which all tasks run, and as many
/// hashes as there are cores would leave none for anybody's page.
package final class HashingQueue: Sendable {
  /// Does the work, and gives back how to tell what it came to.
  private typealias Job = @Sendable () -> @Sendable () -> Void

  private struct State {
    /// The threads that have nothing to do.
    var idle: [Int]
    var waiting: [Job] = []
  }

  private let length: Int
  private let state: Mutex<State>
  /// Serial ones, which have a thread each.
  private let threads: [DispatchQueue]

  /// - Parameters:
  ///   - width: how many run at once; one for each core
  ///   - length: how many may wait
  package init(width: Int, length: Int) {
    precondition(width >= 1 && length >= 0)
    self.length = length
    state = Mutex(State(idle: Array(0..<width)))
    threads = (0..<width).map { DispatchQueue(label: "hashing \($0)") }
  }

  /// Too many are waiting already.
  package struct Overloaded: Error {
    package init() {}
  }

  private enum Place {
    case thread(Int)
    case line
    case none
  }

  /// Runs the work when its turn comes.
  ///
  /// - Throws: ``Overloaded``, or what the work throws.
  package func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let job: Job = {
        let result = Swift.Result(catching: work)
        return { continuation.resume(with: result) }
      }
      switch place(for: job) {
      case .thread(let thread): threads[thread].async { self.serve(job, on: thread) }
      case .line: break
      case .none: continuation.resume(throwing: Overloaded())
      }
    }
  }

  /// One look decides, so that a crowd cannot slip past the bound between two.
  private func place(for job: @escaping Job) -> Place {
    state.withLock { state in
      if let thread = state.idle.popLast() { return .thread(thread) }
      if state.waiting.count >= length { return .none }
      state.waiting.append(job)
      return .line
    }
  }

  /// Does a job and then whatever waits, until nothing does.
  private func serve(_ first: @escaping Job, on thread: Int) {
    var job: Job? = first
    while let current = job {
      let tell = current()
      job = state.withLock { state in
        guard !state.waiting.isEmpty else {
          state.idle.append(thread)
          return nil
        }
        return state.waiting.removeFirst()
      }
      // Told last: who hears of the end may count on the place being free.
      tell()
    }
  }
}
