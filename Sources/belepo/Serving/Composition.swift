internal import Accounts
internal import Cryptography
internal import CustomerSite
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Metrics
internal import Outbox
internal import Pages
internal import Persistence
internal import PersistencePostgres
internal import Prometheus
internal import SMSGateways
internal import ServiceLifecycle
internal import Traces
internal import WebServer
internal import Wording

/// Builds the running program from its parts: the only place where they are real.
struct Composition {
  let settings: Settings
  let brand: Brand
  let isDemo: Bool
  let logger: Logger
  let database: OpenedDatabase
  /// One clock for all instances: the database's, or this machine's if there is only one instance.
  let now: @Sendable () -> Date
  let databaseClock: DatabaseClock?
  let steadyClock: SteadyClock?
  let registry = PrometheusRegistry()
  let hashing: HashingQueue
  let tracer: Tracer
  /// `nil` where nothing is traced.
  let spans: SpanQueue?
  let store: any Store

  init(
    settings: Settings, isDemo: Bool, logger: Logger, database: OpenedDatabase
  ) async throws {
    self.settings = settings
    brand = try settings.loadBrand()
    if !isDemo { try settings.refuseExample(brand) }
    self.isDemo = isDemo
    self.logger = logger
    self.database = database
    MetricHelp.describe(in: registry)
    hashing = HashingQueue(
      width: ProcessInfo.processInfo.activeProcessorCount, length: settings.count(.hashingQueue))
    switch database {
    case .sqlite:
      databaseClock = nil
      let clock = SteadyClock()
      steadyClock = clock
      now = { clock.now }
    case .postgres(let store, _):
      let clock = try await DatabaseClock(store)
      databaseClock = clock
      steadyClock = nil
      now = { clock.now }
    }
    (tracer, spans) = Composition.tracing(settings, now: now)
    store = tracer.traced(database.store, engine: database.engine)
  }

  /// Ends what has a life if the clock was set back since the program last ran.
  func settleClock() async throws {
    guard let seconds = try await ClockMark(store: store, now: now).settle() else { return }
    logger.warning(
      "the clock was set back while nobody served: sessions, registrations and codes were ended",
      metadata: ["event": "clock_set_back", "seconds": .stringConvertible(seconds)])
  }

  /// Stores the contract files that come with the brand, and logs which are missing.
  func adoptContractFiles() async throws {
    let missing = try await contractFiles.adoptFiles()
    for language in missing {
      logger.notice(
        "the contract has no PDF: belepo contract render makes one",
        metadata: ["event": "contract_without_file", "language": "\(language.rawValue)"])
    }
  }

  var contractFiles: ContractFiles {
    ContractFiles(brand: brand, store: store, now: now)
  }

  /// Everything that `serve` runs, in the order in which it is started; it stops in reverse.
  func services(_ readiness: Readiness) async throws -> [any Service] {
    let register = try RegisterConnection(settings, logger, now: now)
    do {
      return try services(readiness, register)
    } catch {
      // Nothing that was opened may be left open.
      try? await register?.close()
      throw error
    }
  }

  private func services(
    _ readiness: Readiness, _ register: RegisterConnection?
  ) throws -> [any Service] {
    let catcher = isDemo ? Catcher(now: now) : nil
    let dispatchSignal = DispatchSignal()
    let world = try world(dispatchSignal, register?.copy)
    let jobs: [any Service] = [
      PeriodicJob.retention(Retention(world: world), logger),
      PeriodicJob.codeConversion(CodeConversion(world: world), logger),
      PeriodicJob.sealing(AuditSeals(world: world), logger),
      PeriodicJob.clockMark(ClockMark(store: store, now: now), logger),
      PeriodicJob.accountFigures(store, registry, logger),
    ]
    let ofRegister: any Service
    if let register {
      ofRegister = register
    } else {
      ofRegister = PeriodicJob.registerAge(
        registerAge, warnAfter: settings.seconds(.registerWarnAfter),
        alarmAfter: settings.seconds(.registerAlarmAfter), logger)
    }
    let connections = connections
    let site = try application(try customerSite(world, catcher), readiness, connections)
    let staff = try staffApplication(world)
    let tracing = try spanExport
    // Last, since what it opens is closed only by running it.
    let dispatching =
      settings.checkedText(.dispatcherPlace) == "separate"
      ? [] : try dispatching(world.keys, catcher, register, dispatchSignal)
    let watching: [any Service] = [watchdog, ofRegister]
    let serving: [any Service] =
      [
        management(
          readiness, world.keys, of: connections, register == nil ? registerAge : nil, register,
          try portalSessions(world))
      ] + staff + [site, readiness]
    return tracing + watching + dispatching + jobs + ofSQLite + ofPostgres(dispatchSignal) + serving
  }

  /// Everything that `dispatch` runs.
  func dispatchServices(_ readiness: Readiness) async throws -> [any Service] {
    let register = try RegisterConnection(settings, logger, now: now)
    do {
      return try dispatchServices(readiness, register)
    } catch {
      try? await register?.close()
      throw error
    }
  }

  private func dispatchServices(
    _ readiness: Readiness, _ register: RegisterConnection?
  ) throws -> [any Service] {
    let dispatchSignal = DispatchSignal()
    let keys = try keys
    let asking: [any Service] = register.map { [$0] } ?? []
    let tracing = try spanExport
    return try tracing + [watchdog] + asking
      + dispatching(keys, nil, register, dispatchSignal) + ofPostgres(dispatchSignal)
      + [management(readiness, keys, of: nil, nil, register, nil), readiness]
  }

  private var watchdog: any Service {
    Watchdog(notice: .ofThisProcess, clock: ContinuousClock())
  }

  // MARK: Services

  private func world(
    _ dispatchSignal: DispatchSignal, _ registerCopy: RegisterCopy?
  ) throws -> World {
    World(
      store: store, registerCopy: registerCopy, keys: try keys, limits: settings.limits,
      brand: brand,
      correspondence: Correspondence(
        brand: brand, host: settings.publicURL.host ?? "localhost",
        base: settings.publicURL.absoluteString,
        alphabet: settings.smsAlphabet),
      dispatchSignal: dispatchSignal, now: now, randomBytes: .system,
      raise: { [logger, registry] alarm in
        logger.raise(alarm)
        Counter(
          label: MetricHelp.alarms, dimensions: [("event", alarm.event), ("kind", alarm.kind)],
          factory: registry
        ).increment()
      })
  }

  /// The operator's keys; the demo makes its own and keeps them beside its database.
  private var keys: SecretKeys {
    get throws {
      if let list = settings.text(.secretsKey) { return try SecretKeys(list: list) }
      let path = Setting.sqlitePath(settings.checkedText(.databaseURL)) ?? "var/demo"
      return try DemoKeys.load(beside: path)
    }
  }

  /// One queue of hashes for whoever logs in, wherever.
  func passwords(_ policy: PasswordPolicy) throws -> Passwords {
    try Passwords(
      policy: policy, contextWords: brand.passwordContextWords, argon2id: settings.argon2id,
      queue: hashing)
  }
}
