internal import Persistence
internal import Threads

/// A place in the pool: a thread, and the session that it keeps open.
actor Worker {
  private nonisolated let thread: ThreadExecutor
  private let settings: PostgresSettings
  private let reconnection: Reconnection
  private let traffic: Traffic
  private var session: Session?

  init(
    number: Int, settings: PostgresSettings, reconnection: Reconnection, traffic: Traffic
  ) {
    thread = ThreadExecutor(name: "postgres \(number)")
    self.settings = settings
    self.reconnection = reconnection
    self.traffic = traffic
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// The kinds of work, as the engine is told of them.
  enum Kind {
    /// One consistent moment for all statements.
    case reading
    /// The newest state; a row that is to be changed is locked when it is read.
    case writing

    var opening: String {
      switch self {
      case .reading: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
      case .writing: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
      }
    }
  }

  /// Does the work in a transaction, once more if the first one certainly did nothing and the next
  /// may succeed.
  ///
  /// - Throws: what the work throws, or ``PostgresFault``.
  func perform<Result: Sendable>(
    _ kind: Kind, _ work: @Sendable (any Transaction) throws -> Result
  ) throws -> Result {
    var attempt = 1
    while true {
      do {
        return try performOnce(kind, work)
      } catch let fault as PostgresFault
        where fault.isWorthRepeating && attempt < PostgresSettings.repetitions
      {
        attempt += 1
      }
    }
  }

  private func performOnce<Result>(
    _ kind: Kind, _ work: (any Transaction) throws -> Result
  ) throws -> Result {
    let session = try usableSession()
    defer {
      traffic.add(session.takeTraffic())
      if session.isLost { self.session = nil }
    }
    session.begin(kind.opening)
    let result: Result
    do {
      result = try work(PostgresTransaction(session: session))
    } catch {
      session.rollBack()
      if let fault = error as? PostgresFault, fault.endsSession { self.session = nil }
      throw error
    }
    switch kind {
    case .reading: try session.endReading()
    case .writing: try session.commit()
    }
    return result
  }

  private func usableSession() throws -> Session {
    if let session, session.isUsable() { return session }
    session = nil
    let opened = try reconnection.connect { try Session(settings) }
    session = opened
    return opened
  }
}
