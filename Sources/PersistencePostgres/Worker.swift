internal import Persistence
internal import Threads

/// A place in the pool: a thread, and the session that it keeps open.
actor Worker {
  private nonisolated let thread: ThreadExecutor
  private let settings: PostgresSettings
  private let reconnection: Reconnection
  private let traffic: Traffic
  private let processes: ServerProcesses
  private var session: Session? {
    didSet { processes.replace(oldValue?.process, by: session?.process) }
  }

  init(
    number: Int, settings: PostgresSettings, reconnection: Reconnection, traffic: Traffic,
    processes: ServerProcesses
  ) {
    thread = ThreadExecutor(name: "postgres \(number)")
    self.settings = settings
    self.reconnection = reconnection
    self.traffic = traffic
    self.processes = processes
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// The kinds of work that the engine distinguishes.
  enum Kind {
    /// One consistent moment for all statements.
    case reading
    /// The newest state; a row to be changed is locked when it is read.
    case writing

    var opening: String {
      switch self {
      case .reading: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
      case .writing: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
      }
    }
  }

  /// Does the work in a transaction, and again if the first certainly did nothing and the next may
  /// succeed.
  ///
  /// - Throws: what the work throws, or ``PostgresFault``.
  func perform<Result: Sendable>(
    _ kind: Kind, _ extent: Extent, _ work: @Sendable (any Transaction) throws -> Result
  ) throws -> Result {
    var attempt = 1
    while true {
      do {
        return try performOnce(kind, extent, work)
      } catch let fault as PostgresFault
        where fault.isWorthRepeating && attempt < PostgresSettings.repetitions
      {
        attempt += 1
      }
    }
  }

  private func performOnce<Result>(
    _ kind: Kind, _ extent: Extent, _ work: (any Transaction) throws -> Result
  ) throws -> Result {
    let session = try usableSession()
    defer {
      traffic.add(session.takeTraffic())
      if session.isLost { self.session = nil }
    }
    // Behind a pooler the session's safeguards hold only within a transaction.
    if extent == .oneStatement, !settings.isPooled {
      return try inOneStatement(kind, session, work)
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

  private func inOneStatement<Result>(
    _ kind: Kind, _ session: Session, _ work: (any Transaction) throws -> Result
  ) throws -> Result {
    session.beginStatement()
    do {
      return try work(OneStatement(PostgresTransaction(session: session)))
    } catch let fault as PostgresFault {
      if fault.endsSession { self.session = nil }
      // The statement was its own commit.
      if kind == .writing, fault.kind == .lost {
        throw PostgresFault(kind: .commitUnknown, sentence: fault.sentence)
      }
      throw fault
    }
  }

  private func usableSession() throws -> Session {
    if let session, session.isUsable() { return session }
    session = nil
    let opened = try reconnection.connect { try Session(settings) }
    session = opened
    return opened
  }
}
