internal import Accounts
internal import Cryptography
internal import CustomerSite
internal import Domain
internal import Foundation
internal import Hummingbird
internal import Logging
internal import Outbox
internal import Pages
internal import Persistence
internal import PersistencePostgres
internal import Prometheus
internal import SMSGateways
internal import ServiceLifecycle
internal import Wording

/// Builds the running program out of its parts: the only place that knows what is real.
struct Composition {
  private let settings: Settings
  let brand: Brand
  private let isDemo: Bool
  private let logger: Logger
  private let database: OpenedDatabase
  /// One clock for all instances: the database's, or this machine's where it is alone.
  let now: @Sendable () -> Date
  private let databaseClock: DatabaseClock?
  private let registry = PrometheusRegistry()

  init(
    settings: Settings, isDemo: Bool, logger: Logger, database: OpenedDatabase
  ) async throws {
    self.settings = settings
    brand = try settings.loadBrand()
    self.isDemo = isDemo
    self.logger = logger
    self.database = database
    switch database {
    case .sqlite:
      databaseClock = nil
      now = { Date() }
    case .postgres(let store, _):
      let clock = try await DatabaseClock(store)
      databaseClock = clock
      now = { clock.now }
    }
  }

  private var store: any Store { database.store }

  /// Keeps the contract's files that the brand brings along, and says which are missing.
  func adoptContractFiles() async throws {
    let missing = try await contractShelf.adoptFiles()
    for language in missing {
      logger.notice(
        "the contract has no PDF: belepo contract render makes one",
        metadata: ["event": "contract_without_file", "language": "\(language.rawValue)"])
    }
  }

  private var contractShelf: ContractShelf {
    ContractShelf(brand: brand, store: store, now: now)
  }

  /// Everything that `serve` runs, in the order in which it is started; it stops in reverse.
  func services(_ readiness: Readiness) throws -> [any Service] {
    let catcher = isDemo ? Catcher(now: now) : nil
    let doorbell = Doorbell()
    let world = try world(doorbell)
    let rounds = RetentionRounds(
      retention: Retention(world: world), clock: ContinuousClock(), logger: logger)
    let watch = SendingWatch(
      desk: SendingDesk(world: world), clock: ContinuousClock(), logger: logger)
    let seals = SealRounds(
      seals: AuditSeals(world: world), clock: ContinuousClock(), logger: logger)
    let site = try application(try customerSite(world, catcher), readiness)
    // Last, since what it opens must be closed by running it.
    let dispatching =
      settings.checkedText(.dispatcherPlace) == "separate"
      ? [] : try dispatching(world.keys, catcher, doorbell)
    return dispatching + [rounds, seals, watch] + ofPostgres(doorbell) + [
      management(readiness, world.keys), site, readiness,
    ]
  }

  /// Everything that `dispatch` runs.
  func dispatchServices(_ readiness: Readiness) throws -> [any Service] {
    let doorbell = Doorbell()
    let keys = try keys
    return try dispatching(keys, nil, doorbell) + ofPostgres(doorbell) + [
      management(readiness, keys), readiness,
    ]
  }

  private func dispatching(
    _ keys: SecretKeys, _ catcher: Catcher?, _ doorbell: Doorbell
  ) throws -> [any Service] {
    let post: Post =
      if let catcher {
        Post(routes: catcher.routes, connections: nil)
      } else {
        try Post(
          settings: settings, brand: brand, reportAddress: reportAddress(keys),
          portal: settings.publicURL, contractFile: contractShelf.file(version:), now: now)
      }
    let dispatcher = Dispatcher(
      routes: post.routes, doorbell: doorbell,
      world: .init(
        store: store, clock: ContinuousClock(), now: now,
        randomBytes: { RandomBytes.system($0) }, jitter: RandomBytes.fraction,
        metrics: registry, logger: logger))
    let connections: [any Service] = post.connections.map { [$0] } ?? []
    return connections + [dispatcher]
  }

  /// Where a gateway reports what became of a message, if it is to report at all.
  private func reportAddress(_ keys: SecretKeys) -> ReportAddress {
    guard let base = settings.text(.smsReceiptURL) else { return { _ in nil } }
    let listener = base.hasSuffix("/") ? String(base.dropLast()) : base
    let reports = reports(keys)
    return { listener + reports.path(of: $0) }
  }

  private func reports(_ keys: SecretKeys) -> DeliveryReports {
    DeliveryReports(keys: keys, store: store, now: now)
  }

  /// What only several instances on one database need.
  private func ofPostgres(_ doorbell: Doorbell) -> [any Service] {
    guard case .postgres(_, let postgres) = database, let databaseClock else { return [] }
    let clock = ClockRounds(
      databaseClock: databaseClock, wallSeconds: { Date().timeIntervalSince1970 },
      clock: ContinuousClock(), logger: logger)
    // A pooler in transaction mode has no session that could listen.
    if postgres.isPooled { return [clock] }
    let bell = PostgresBell(
      listener: Listener(postgres, channel: "message"), doorbell: doorbell,
      clock: ContinuousClock(), logger: logger)
    return [clock, bell]
  }

  // MARK: Desks

  private func world(_ doorbell: Doorbell) throws -> World {
    World(
      store: store, keys: try keys, limits: settings.limits, brand: brand,
      correspondence: Correspondence(
        brand: brand, host: settings.publicURL.host ?? "localhost",
        base: settings.publicURL.absoluteString,
        alphabet: settings.smsAlphabet),
      doorbell: doorbell, now: now, randomBytes: .system,
      raise: { [logger] in logger.raise($0) })
  }

  /// The operator's keys; the demo makes its own and keeps them beside its database.
  private var keys: SecretKeys {
    get throws {
      if let list = settings.text(.secretsKey) { return try SecretKeys(list: list) }
      let path = Setting.sqlitePath(settings.checkedText(.databaseURL)) ?? "var/demo"
      return try DemoKeys.load(beside: path)
    }
  }

  private func customerSite(
    _ world: World, _ catcher: Catcher?
  ) throws -> CustomerSite {
    let passwords = try Passwords(
      policy: PasswordPolicy(rawValue: settings.checkedText(.passwordPolicy)) ?? .insurer,
      contextWords: brand.passwordContextWords,
      argon2id: Argon2id(
        memoryKiB: settings.count(.argon2Memory), passes: settings.count(.argon2Passes)),
      queue: HashingQueue(
        width: ProcessInfo.processInfo.activeProcessorCount,
        length: settings.count(.hashingQueue)))
    let desks = CustomerSite.Desks(
      registrations: Registrations(world: world, passwords: passwords),
      logins: Logins(world: world, passwords: passwords), sessions: Sessions(world: world),
      confirmations: Confirmations(world: world, passwords: passwords),
      recoveries: Recoveries(world: world, passwords: passwords),
      passwordChanges: PasswordChanges(world: world, passwords: passwords),
      portal: Portal(world: world), devices: Devices(world: world),
      declaredTexts: world.declaredTexts, declarations: Declarations(world: world),
      contracts: Contracts(world: world, passwords: passwords),
      dataRights: DataRights(world: world, passwords: passwords),
      addressChanges: AddressChanges(world: world, passwords: passwords))
    let site = try Site(
      brand: brand, isDemo: isDemo, keys: world.keys, templateFolders: [CustomerSite.templates])
    return CustomerSite(site: site, desks: desks, limits: world.limits, catcher: catcher)
  }

  // MARK: Servers

  private func application(
    _ site: CustomerSite, _ readiness: Readiness
  ) throws -> Application<RouterResponder<SiteContext>> {
    let host = settings.publicURL.host?.lowercased() ?? "localhost"
    let port = settings.publicURL.port.map { ":\($0)" } ?? ""
    let scheme = settings.publicURL.scheme ?? "http"
    let address = CustomerSite.Address(
      // A health check or a proxy on this machine may use the bare address.
      hosts: [host, "localhost", "127.0.0.1", "[::1]"], origin: "\(scheme)://\(host)\(port)",
      isSecure: scheme == "https",
      proxies: Set(Setting.addresses(settings.text(.trustedProxies) ?? "")))
    return Application(
      router: site.router(at: address, outage: Composition.outage),
      server: .http1(
        configuration: .init(
          idleTimeout: .seconds(30),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64))),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.checkedText(.httpHost), port: settings.count(.httpPort)),
        serverName: nil, backlog: 1024),
      onServerRunning: { _ in
        readiness.open()
        if isDemo { StandardError.write(greeting) }
      },
      logger: logger)
  }

  /// What the store's faults mean for who waits for a page.
  private static let outage: @Sendable (any Error) -> Outage? = { error in
    switch error as? StoreFault {
    case .outcomeUnknown: .outcomeUnknown
    case .busy, .unavailable: .outOfOrder
    case nil: nil
    }
  }

  private var greeting: String {
    Demo.greeting(
      port: settings.checkedText(.httpPort), managementPort: settings.checkedText(.managementPort))
  }

  private func management(_ readiness: Readiness, _ keys: SecretKeys) -> some Service {
    let management = Management(
      readiness: readiness, database: database, registry: registry,
      outbox: OutboxDesk(store: store, now: now), reports: reports(keys), logger: logger)
    return Application(
      router: management.router,
      server: .http1(configuration: .init(idleTimeout: .seconds(10))),
      configuration: ApplicationConfiguration(
        address: .hostname(
          settings.checkedText(.managementHost), port: settings.count(.managementPort)),
        serverName: nil),
      logger: logger)
  }
}
