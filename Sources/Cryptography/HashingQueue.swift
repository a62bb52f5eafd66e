internal import Dispatch
internal import Synchronization

/// Runs a limited number of slow hashes at a time and lets a limited number wait; any more are
/// refused at once (D 3).
///
/// Each hash takes 12 MiB and a core for a fiftieth of a second: without a bound, a storm of logins
/// would take everybody else's memory and time. The work has its own threads. A concurrent queue
/// would not do: it shares the few threads on which all tasks run, and as many hashes as there are
/// cores would leave none for pages.
package final class HashingQueue: Sendable {
  /// Does the work, and returns how to report its result.
  private typealias Job = @Sendable () -> @Sendable () -> Void

  private struct State {
    /// The threads that are idle.
    var idle: [Int]
    var waiting: [Job] = []
    var done = 0
    var refused = 0
  }

  /// How busy it is, for those who watch it.
  package struct Figures: Hashable, Sendable {
    package let running: Int
    package let waiting: Int
    /// Since the program was started.
    package let done: Int
    package let refused: Int
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

  package var figures: Figures {
    state.withLock { state in
      Figures(
        running: threads.count - state.idle.count, waiting: state.waiting.count, done: state.done,
        refused: state.refused)
    }
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

  /// A single check decides, so that a crowd cannot slip past the bound between two.
  private func place(for job: @escaping Job) -> Place {
    state.withLock { state in
      if let thread = state.idle.popLast() { return .thread(thread) }
      if state.waiting.count >= length {
        state.refused &+= 1
        return .none
      }
      state.waiting.append(job)
      return .line
    }
  }

  /// Does a job and then whatever is waiting, until nothing is.
  private func serve(_ first: @escaping Job, on thread: Int) {
    var job: Job? = first
    while let current = job {
      let tell = current()
      job = state.withLock { state in
        state.done &+= 1
        guard !state.waiting.isEmpty else {
          state.idle.append(thread)
          return nil
        }
        return state.waiting.removeFirst()
      }
      // Reported last: whoever is told may rely on the place being free.
      tell()
    }
  }
}
