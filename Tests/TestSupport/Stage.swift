package import Accounts
package import Cryptography
package import CustomerSite
package import Domain
internal import Foundation
package import Hummingbird
internal import Logging
internal import Metrics
package import Outbox
package import Pages
package import Persistence
internal import PersistenceSQLite
internal import Synchronization
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
  package init(
    limits: Limits = Limits(), policy: PasswordPolicy = .insurer, file: String? = nil,
    on shared: (any Store)? = nil, clock: ManualClock = ManualClock(),
    keys: [[UInt8]] = [Stage.key], seed: UInt64 = 1,
    hashing: Argon2id? = nil, queue: HashingQueue? = nil
  ) async throws {
    let sound: any Store =
      if let shared {
        shared
      } else if let file {
        try SQLiteStore(path: file)
      } else {
        try await TestStore.fresh()
      }
    let store = BreakableStore(sound, breakage)
    self.clock = clock
    let now: @Sendable () -> Date = { clock.now }
    let taken = try await Schema.belepo.migrate(store, at: clock.now)
    // A database that a test opens again has its cast already.
    if !taken.isEmpty { try await store.write { try $0.engage(Cast.allCases) } }
    let brand = try Props.brand.get()
    let chance = SeededBytes(seed: seed).source
    let alarms = alarms
    self.store = store
    world = World(
      store: store, keys: try SecretKeys(keys), limits: limits, brand: brand,
      correspondence: Correspondence(brand: brand, host: "portal.pelda.example"),
      doorbell: Doorbell(), now: now, randomBytes: chance, raise: { alarms.add($0) })
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
      routes: catcher.routes, doorbell: world.doorbell,
      world: .init(
        store: store, clock: ContinuousClock(), now: now, randomBytes: { chance($0) },
        jitter: { 0.5 }, metrics: NOOPMetricsHandler.instance, logger: Props.logger))
  }

  // MARK: Desks

  package var registrations: Registrations { Registrations(world: world, passwords: passwords) }
  package var logins: Logins { Logins(world: world, passwords: passwords) }
  package var sessions: Sessions { Sessions(world: world) }
  package var confirmations: Confirmations { Confirmations(world: world, passwords: passwords) }
  package var recoveries: Recoveries { Recoveries(world: world, passwords: passwords) }
  package var passwordChanges: PasswordChanges {
    PasswordChanges(world: world, passwords: passwords)
  }
  package var portal: Portal { Portal(world: world) }
  package var devices: Devices { Devices(world: world) }
  package var addressChanges: AddressChanges {
    AddressChanges(world: world, passwords: passwords)
  }
  package var handOverDesk: HandOverDesk { HandOverDesk(store: store, now: world.now) }
  package var callCentre: CallCentre { CallCentre(store: store, now: world.now) }

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
    let desks = CustomerSite.Desks(
      registrations: registrations, logins: logins, sessions: sessions,
      confirmations: confirmations, recoveries: recoveries, passwordChanges: passwordChanges,
      portal: portal, devices: devices, declaredTexts: world.declaredTexts,
      declarations: declarations, contracts: contracts, dataRights: dataRights,
      addressChanges: addressChanges)
    let site =
      hasUsualKey
      ? try Props.site(isDemo: isDemo)
      : try Site(
        brand: world.brand, isDemo: isDemo, keys: world.keys,
        templateFolders: [CustomerSite.templates], randomBytes: world.randomBytes)
    return CustomerSite(
      site: site, desks: desks, limits: world.limits, catcher: isDemo ? catcher : nil)
  }

  /// What the program makes of the store's faults.
  package static let outage: @Sendable (any Error) -> Outage? = { error in
    switch error as? StoreFault {
    case .outcomeUnknown: .outcomeUnknown
    case .busy, .unavailable: .outOfOrder
    case nil: nil
    }
  }

  package func application(isDemo: Bool = false) throws -> some ApplicationProtocol {
    let router = try site(isDemo: isDemo).router(
      at: .init(
        hosts: ["portal.pelda.example", "localhost"], origin: "https://portal.pelda.example",
        isSecure: true),
      outage: Stage.outage)
    return Application(router: router, logger: Props.logger)
  }
}

/// The alarms that were raised.
package final class Alarms: Sendable {
  private let alarms = Mutex<[Alarm]>([])

  package var all: [Alarm] { alarms.withLock { $0 } }

  func add(_ alarm: Alarm) {
    alarms.withLock { $0.append(alarm) }
  }
}
