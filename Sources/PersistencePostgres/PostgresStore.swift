internal import Dispatch
package import FoundationEssentials
package import Persistence
internal import Synchronization

/// PostgreSQL as a store: a bounded pool of sessions, each with a thread of its own.
///
/// A caller that finds no free session waits for a limited time and is then told that the database
/// is busy. No event loop and no thread of Swift's own ever waits for the database.
package final class PostgresStore: Store {
  private struct State {
    var idle: [Worker]
    var waiting: [Waiter] = []
    var nextNumber = 0
    var isClosed = false
  }

  private struct Waiter {
    let number: Int
    let continuation: CheckedContinuation<Worker, any Error>
  }

  private let settings: PostgresSettings
  private let state: Mutex<State>
  /// What was sent to the database so far.
  package let traffic = Traffic()
  private let processes = ServerProcesses()

  /// More than this would wait in vain anyway.
  private static let waitersPerConnection = 50

  /// Connects to nothing yet; the first request does.
  ///
  /// - Parameter jitter: a number from 0 to 1, for the pauses between failed connections
  package init(_ settings: PostgresSettings, jitter: @escaping @Sendable () -> Double) {
    self.settings = settings
    let (reconnection, traffic) = (Reconnection(jitter: jitter), traffic)
    let processes = processes
    state = Mutex(
      State(
        idle: (1...max(1, settings.connections)).map { number in
          Worker(
            number: number, settings: settings, reconnection: reconnection,
            traffic: traffic, processes: processes)
        }))
  }

  package func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await perform(.reading, extent, body)
  }

  package func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try await perform(.writing, extent, body)
  }

  private func perform<Result: Sendable>(
    _ kind: Worker.Kind, _ extent: Extent,
    _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    try Task.checkCancellation()
    let worker = try await takeWorker()
    defer { giveBack(worker) }
    do {
      return try await worker.perform(kind, extent, body)
    } catch let fault as PostgresFault {
      throw fault.translated
    }
  }

  /// Whether the server's process of this number serves one of the pool's sessions.
  func hasProcess(_ number: Int32) -> Bool { processes.contains(number) }

  /// Closes all sessions: the idle ones now, the others when their work is done.
  package func close() throws {
    let waiting = state.withLock { state in
      state.isClosed = true
      state.idle = []
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.continuation.resume(throwing: PostgresStore.closed) }
  }

  private static let closed = StoreFault.unavailable("the database is closed")

  // MARK: The pool

  private func takeWorker() async throws -> Worker {
    try await withCheckedThrowingContinuation { continuation in
      let now: Swift.Result<Worker, any Error>? = state.withLock { state in
        if state.isClosed { return .failure(PostgresStore.closed) }
        if let worker = state.idle.popLast() { return .success(worker) }
        let places = settings.connections * PostgresStore.waitersPerConnection
        guard state.waiting.count < places else { return .failure(StoreFault.busy) }
        state.nextNumber &+= 1
        state.waiting.append(Waiter(number: state.nextNumber, continuation: continuation))
        expire(state.nextNumber)
        return nil
      }
      if let now { continuation.resume(with: now) }
    }
  }

  /// Turns away a waiter whose time is over.
  private func expire(_ number: Int) {
    DispatchQueue.global().asyncAfter(deadline: .now() + settings.waitSeconds) { [weak self] in
      let waiter = self?.state.withLock { state -> Waiter? in
        guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
          return nil
        }
        return state.waiting.remove(at: place)
      }
      waiter?.continuation.resume(throwing: StoreFault.busy)
    }
  }

  private func giveBack(_ worker: Worker) {
    let next = state.withLock { state -> Waiter? in
      if state.isClosed { return nil }
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.idle.append(worker)
      return nil
    }
    next?.continuation.resume(returning: worker)
  }

  /// The encoding in which the database keeps text, such as `UTF8`.
  package func encoding() async throws -> String {
    try await read { transaction in
      try transaction.row("SELECT current_setting('server_encoding')::text AS encoding")?
        .value("encoding") ?? ""
    }
  }

  // MARK: Its clock

  /// The database's own time, to a millisecond.
  package func time() async throws -> Date {
    let milliseconds = try await read { transaction in
      try transaction.row(
        "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS milliseconds")?
        .value("milliseconds", as: Int64.self)
    }
    guard let milliseconds else { throw StoreFault.unavailable("the database knows no time") }
    return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
  }
}
