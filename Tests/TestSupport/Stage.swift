package import Accounts
package import Cryptography
package import CustomerSite
import DatabaseSchema
package import Domain
internal import Foundation
package import Hummingbird
package import Logging
internal import Metrics
package import Outbox
package import Pages
package import Persistence
internal import PersistenceSQLite
internal import Synchronization
package import Traces
package import WebServer
internal import Wording

/// A whole Belépő in one test: a database of its own, a clock to turn, seeded chance, and the post
/// that was caught.
package struct Stage: Sendable {
  package let store: any Store
  package let clock: ManualClock
  package let world: World
  package let passwords: Passwords
  package let catcher: Catcher
  package let alarms = Alarms()
  package let breakage = Breakage()
  let tracer: Tracer
  private let dispatcher: Dispatcher
  private let hasUsualKey: Bool

  /// A password that every policy accepts.
  package static let password = "Zoldalma73Korte"
  /// The operator's key, unless a test is about keys.
  package static let key = [UInt8](repeating: 7, count: 32)

  /// - Parameters:
  ///   - file: where the database is; in memory without it
  ///   - shared: another stage's store, for a second instance beside it
  ///   - keys: the operator's keys; the first signs
  ///   - hashing: the hash's cost; the least that libsodium knows, unless a test is about it
  ///   - queue: where hashes wait; one for all stages, unless a test is about it
  ///   - registerCopy: where the insurer's own service is asked
  ///   - tracer: what records requests, transactions and messages
  package init(
    limits: Limits = Limits(), policy: PasswordPolicy = .insurer, file: String? = nil,
    on shared: (any Store)? = nil, clock: ManualClock = ManualClock(),
    keys: [[UInt8]] = [Stage.key], seed: UInt64 = 1,
    hashing: Argon2id? = nil, queue: HashingQueue? = nil, registerCopy: RegisterCopy? = nil,
    tracer: Tracer = .off
  ) async throws {
    let sound: any Store =
      if let shared {
        shared
      } else if let file {
        try SQLiteStore(path: file)
      } else {
        try await TestStore.migrated()
      }
    let store = tracer.traced(BreakableStore(sound, breakage), engine: "sqlite")
    self.tracer = tracer
    self.clock = clock
    let now: @Sendable () -> Date = { clock.now }
    _ = try await Schema.belepo.migrate(store, at: clock.now)
    // A database that a test opens again has its cast already.
    try await store.write { transaction in
      guard try transaction.row("SELECT 1 AS one FROM register_customer LIMIT 1") == nil else {
        return
      }
      try transaction.engage(Cast.allCases)
    }
    let brand = try Props.brand.get()
    let chance = SeededBytes(seed: seed).source
    let alarms = alarms
    self.store = store
    world = World(
      store: store, registerCopy: registerCopy, keys: try SecretKeys(keys), limits: limits,
      brand: brand,
      correspondence: Correspondence(brand: brand, host: "portal.pelda.example"),
      dispatchSignal: DispatchSignal(), now: now, randomBytes: chance, raise: { alarms.add($0) })
    passwords =
      if hashing == nil, queue == nil {
        try Props.passwords(policy)
      } else {
        try Passwords(
          policy: policy, contextWords: brand.passwordContextWords,
          argon2id: hashing ?? Argon2id(memoryKiB: 8, passes: 1),
          queue: queue ?? HashingQueue(width: 2, length: 1000))
      }
    hasUsualKey = keys == [Stage.key]
    catcher = Catcher(now: now)
    dispatcher = Dispatcher(
      // In an order: stories take the newest code.
      routes: catcher.routes(concurrency: 1),
      clearance: registerCopy?.clearance(in: store, now: now),
      dispatchSignal: world.dispatchSignal,
      dependencies: .init(
        store: store, clock: ContinuousClock(), now: now, randomBytes: { chance($0) },
        jitter: { 0.5 }, metrics: NOOPMetricsHandler.instance, logger: Props.logger,
        tracer: tracer))
  }

  // MARK: Services

  package var registrations: Registrations { Registrations(world: world, passwords: passwords) }
  package var logins: Logins { Logins(world: world, passwords: passwords) }
  package var sessions: Sessions { Sessions(world: world) }
  package var confirmations: Confirmations { Confirmations(world: world, passwords: passwords) }
  package var recoveries: Recoveries { Recoveries(world: world, passwords: passwords) }
  package var passwordChanges: PasswordChanges {
    PasswordChanges(world: world, passwords: passwords)
  }
  package var portalHome: PortalHome { PortalHome(world: world) }
  package var devices: Devices { Devices(world: world) }
  package var addressChanges: AddressChanges {
    AddressChanges(world: world, passwords: passwords)
  }
  package var stepUps: StepUps { StepUps(world: world) }
  package var handOverBatches: HandOverBatches {
    HandOverBatches(store: store, now: world.now, act: Stage.clerk)
  }
  package var callCentre: CallCentre {
    CallCentre(world: world, act: Stage.clerk)
  }
  package var registerLookup: RegisterLookup {
    RegisterLookup(store: store, now: world.now, act: Stage.clerk)
  }
  package var accountLocks: AccountLocks { AccountLocks(world: world) }
  package var customerSearch: CustomerSearch { CustomerSearch(store: store) }

  /// Who does what staff does.
  package static var clerk: StaffAct {
    guard let act = StaffAct(by: "kovacs.eva", reason: "telefonon kérte") else {
      preconditionFailure("the name and the reason are good")
    }
    return act
  }

  // MARK: Post

  /// Sends what is due and returns everything that was ever caught, the newest first.
  package func post() async throws -> [Catcher.Caught] {
    while try await dispatcher.dispatchBatch() > 0 {}
    return catcher.messages
  }

  /// The whole code of the newest SMS that has one.
  package func smsCode() async throws -> String {
    try await code(.sms) { $0.utf8.count == 6 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  /// The whole code of the newest e-mail that has one.
  package func emailCode() async throws -> String {
    let symbols = Set(CodeAlphabet.unambiguous.symbols)
    return try await code(.email) { $0.utf8.count == 6 && $0.utf8.allSatisfy(symbols.contains) }
  }

  private func code(
    _ channel: Message.Channel, _ isCode: (Substring) -> Bool
  ) async throws -> String {
    for message in try await post() where message.channel == channel {
      let words = message.text.split { !$0.isLetter && !$0.isNumber }
      if let code = words.first(where: isCode) { return String(code) }
    }
    throw NoCode()
  }

  package struct NoCode: Error {
    package init() {}
  }

  // MARK: Site

  package func site(isDemo: Bool = false) throws -> CustomerSite {
    let services = CustomerSite.Services(
      registrations: registrations, logins: logins, sessions: sessions,
      confirmations: confirmations, recoveries: recoveries, passwordChanges: passwordChanges,
      portalHome: portalHome, devices: devices, declaredTexts: world.declaredTexts,
      declarations: declarations, contracts: contracts, dataRights: dataRights,
      addressChanges: addressChanges, stepUps: stepUps)
    let site =
      hasUsualKey
      ? try Props.site(isDemo: isDemo)
      : try Site(
        brand: world.brand, isDemo: isDemo, keys: world.keys,
        templateFolders: [CustomerSite.templates], randomBytes: world.randomBytes)
    return CustomerSite(
      site: site, services: services, limits: world.limits, catcher: isDemo ? catcher : nil,
      returnPlaces: ReturnPlaces(prefixes: ["/portal/"]))
  }

  /// What the program makes of the store's faults.
  package static let outage: @Sendable (any Error) -> Outage? = { error in
    switch error as? StoreFault {
    case .outcomeUnknown: .outcomeUnknown
    case .busy, .unavailable, .damaged: .outOfOrder
    case nil: (error as? RegisterUnavailable).map { .awayFor(seconds: $0.retryAfterSeconds) }
    }
  }

  /// - Parameters:
  ///   - patience: with connections, where there are any
  ///   - connections: the places for them
  package func application(
    isDemo: Bool = false, patience: Patience = Stage.patience,
    connections: Connections = Connections(most: 1000, perNetwork: 1000),
    logger: Logger? = nil
  ) throws -> some ApplicationProtocol {
    let site = try site(isDemo: isDemo)
    let router = site.router(
      at: .init(
        hosts: ["portal.pelda.example", "localhost"], origin: "https://portal.pelda.example",
        isSecure: true),
      tracer: tracer, outage: Stage.outage)
    return Application(
      router: router,
      server: .patient(patience, connections, refusals: try site.refusals(isSecure: true)),
      logger: logger ?? Props.logger)
  }

  /// More than any test takes.
  package static let patience = Patience(
    idle: .seconds(60), request: .seconds(60), answer: .seconds(60))
}

/// The alarms that were raised.
package final class Alarms: Sendable {
  private let alarms = Mutex<[Alarm]>([])

  package var all: [Alarm] { alarms.withLock { $0 } }

  func add(_ alarm: Alarm) {
    alarms.withLock { $0.append(alarm) }
  }
}
