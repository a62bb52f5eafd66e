internal import Accounts
internal import FoundationEssentials
internal import Logging
internal import Metrics
internal import Persistence
internal import PersistencePostgres
internal import PersistenceSQLite

/// What an instance does unasked. Each of the first three is done by one instance at a time,
/// whichever comes first.
extension PeriodicJob {
  /// Forgets old rows, once an hour.
  static func retention(_ retention: Retention, _ logger: Logger) -> PeriodicJob {
    // More often than it is due, so that another instance soon takes over from one that is gone.
    PeriodicJob(every: .seconds(600), logger, failure: "old rows could not be forgotten") {
      if let count = try await retention.runIfDue(), count > 0 {
        logger.info("old rows were forgotten", metadata: ["rows": .stringConvertible(count)])
      }
    }
  }

  /// Seals the ledger and the audit trail, once a minute.
  static func sealing(_ seals: AuditSeals, _ logger: Logger) -> PeriodicJob {
    PeriodicJob(every: .seconds(60), logger, failure: "rows could not be sealed") {
      // The log is where the chain is anchored outside the database.
      for seal in try await seals.runIfDue() ?? [] {
        logger.info(
          "rows were sealed",
          metadata: [
            "event": "sealed", "stream": "\(seal.stream.rawValue)",
            "last": .stringConvertible(seal.lastID),
            "rows": .stringConvertible(seal.rows), "hash": "\(seal.hash)",
          ])
      }
    }
  }

  /// Empties the embedded database's log: a message's text is gone within a minute of its sending.
  static func forgettingLog(_ store: SQLiteStore, _ logger: Logger) -> PeriodicJob {
    PeriodicJob(every: .seconds(30), logger, failure: "the database's log could not be emptied") {
      await store.forgetLog()
    }
  }

  /// Keeps the latest time, for the next start.
  static func clockMark(_ mark: ClockMark, _ logger: Logger) -> PeriodicJob {
    PeriodicJob(every: .seconds(30), logger, failure: "the latest time could not be kept") {
      try await mark.move()
    }
  }

  /// Warns when the wall clock of this machine was set back: ours goes on.
  static func clockWatch(_ clock: SteadyClock, _ logger: Logger) -> PeriodicJob {
    PeriodicJob(every: .seconds(10), logger, failure: "the clock could not be read") {
      let seconds = clock.secondsAhead
      guard seconds > clockSkewSeconds else { return }
      logger.warning(
        "this machine's clock was set back; time goes on from what it was until the next start",
        metadata: ["event": "clock_skew", "seconds": .stringConvertible(seconds)])
    }
  }

  /// Checks every few minutes whether the codes that are sent are entered.
  static func codeConversion(_ conversion: CodeConversion, _ logger: Logger) -> PeriodicJob {
    PeriodicJob(every: .seconds(300), logger, failure: "sent codes could not be counted") {
      try await conversion.checkIfDue()
    }
  }

  /// Counts accounts and customers, every five minutes: for the meters, from every instance.
  static func accountFigures(
    _ store: any Store, _ factory: any MetricsFactory, _ logger: Logger
  ) -> PeriodicJob {
    PeriodicJob(every: .seconds(300), logger, failure: "accounts could not be counted") {
      let figures = try await AccountFigures.count(in: store)
      func set(_ name: String, _ value: Int, _ labels: [(String, String)] = []) {
        Gauge(label: name, dimensions: labels, factory: factory).record(value)
      }
      for (state, count) in figures.accounts {
        set(MetricHelp.accounts, count, [("state", state.rawValue)])
      }
      set(MetricHelp.disabledSMSSteps, figures.disabledSMSSteps)
      set(MetricHelp.registeredCustomers, figures.registeredCustomers)
    }
  }

  /// Tells every ten minutes if the register is old, or missing.
  static func registerAge(
    _ age: RegisterAge, warnAfter: Int, alarmAfter: Int, _ logger: Logger
  ) -> PeriodicJob {
    PeriodicJob(every: .seconds(600), logger, failure: "the register's age is not to be had") {
      switch try await age.state() {
      case .missing:
        logger.warning(
          "there is no register: nobody can register until belepo register import has run",
          metadata: ["event": "register_missing"])
      case .present(let seconds?) where seconds > warnAfter:
        logger.log(
          level: seconds > alarmAfter ? .critical : .warning,
          "the register is old: imports may be failing",
          metadata: ["event": "register_old", "age_seconds": .stringConvertible(seconds)])
      case .present: break
      }
    }
  }

  /// Keeps an instance's idea of the database's time fresh, and warns if its own clock is wrong.
  static func clockRefresh(
    _ databaseClock: DatabaseClock, wallSeconds: @escaping @Sendable () -> Double,
    _ logger: Logger
  ) -> PeriodicJob {
    // If it fails, the monotonic clock continues.
    PeriodicJob(
      every: .seconds(10), logger, failure: "the database's time is not to be had", at: .debug
    ) {
      try await databaseClock.refresh()
      let skew = databaseClock.now.timeIntervalSince1970 - wallSeconds()
      guard abs(skew) > clockSkewSeconds else { return }
      logger.warning(
        "this machine's clock is not the database's; the database's is used",
        metadata: ["event": "clock_skew", "seconds": .stringConvertible(skew)])
    }
  }

  /// A larger difference between two clocks is a fault of the machine (decision 0011).
  private static let clockSkewSeconds = 2.0
}
