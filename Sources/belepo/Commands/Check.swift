internal import Accounts
internal import ArgumentParser
internal import DatabaseSchema
internal import Foundation
internal import Outbox
internal import Persistence
internal import PersistencePostgres
internal import Wording

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at everything that serving customers needs: one table of what is ready.",
    discussion: """
      Changes nothing and sends nothing. Exit code 0: all is ready; 78: the configuration cannot \
      be used; 69: something else is not ready.
      """)

  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    try await reporting {
      var table = CheckTable()
      do {
        let settings = try await configuration.load(isServing: true)
        table.add("configuration", .ready, "good")
        for sentence in settings.concerns { table.add("configuration", .concern, sentence) }
        table.add(brand: settings)
        await table.add(database: settings)
        table.add(registerService: settings)
        table.add(waysOut: settings)
      } catch let invalid as Settings.Invalid {
        for problem in invalid.problems { table.add("configuration", .notReady, problem) }
        StandardOutput.write(table.text)
        throw Failure("Not ready: the configuration cannot be used.", .configuration)
      }
      StandardOutput.write(table.text)
      guard table.hasBrand else {
        throw Failure("Not ready: the configuration cannot be used.", .configuration)
      }
      guard table.isReady else { throw Failure("Not ready.", .unavailable) }
    }
  }
}

/// What was looked at, how it is, and what to do about it.
struct CheckTable {
  enum State: String {
    case ready
    /// It works, and an operator should know.
    case concern
    case notReady = "not ready"
  }

  /// Whether the brand can be used, which is a part of the configuration.
  private(set) var hasBrand = false
  private var rows: [(subject: String, state: State, words: String)] = []

  var isReady: Bool { rows.allSatisfy { $0.state != .notReady } }

  var text: String {
    rows.map { row in
      let cells = [(row.subject, 14), (row.state.rawValue, 10)].map { text, width in
        text + String(repeating: " ", count: max(1, width - text.count))
      }
      return cells.joined() + row.words + "\n"
    }.joined()
  }

  mutating func add(_ subject: String, _ state: State, _ words: String) {
    rows.append((subject, state, words))
  }

  // MARK: What is looked at

  mutating func add(brand settings: Settings) {
    do {
      let brand = try settings.loadBrand()
      try settings.refuseExample(brand)
      _ = try settings.letters(of: brand)
      hasBrand = true
      add("brand", .ready, brand.facts.insurerName)
      for sentence in try MessageSamples(settings, brand: brand).longTexts()
        + settings.concerns(about: brand)
      {
        add("brand", .concern, sentence)
      }
    } catch { add("brand", .notReady, "\(error)") }
  }

  mutating func add(database settings: Settings) async {
    if let path = Setting.sqlitePath(settings.checkedText(.databaseURL)),
      !FileManager.default.fileExists(atPath: path)
    {
      add("database", .concern, "\(path) is not there yet; the first start makes it")
      if settings.text(.registerServiceURL) == nil { addMissingRegister() }
      return
    }
    do {
      let database = try await settings.openDatabase()
      switch try await Schema.belepo.fit(of: database.store) {
      case .fits: add("database", .ready, "schema \(Schema.belepo.newest)")
      case .tooOld(let found, let needed):
        add("database", .notReady, "schema \(found), \(needed) is needed: belepo migrate")
        return
      case .tooNew(let found, let known):
        add("database", .notReady, "schema \(found), this program knows \(known)")
        return
      }
      try await add(clock: database)
      if settings.text(.registerServiceURL) == nil {
        try await add(importedRegister: database, settings)
      }
      try database.store.close()
    } catch StoreFault.unavailable(let reason) {
      add("database", .notReady, reason)
    } catch { add("database", .notReady, "\(error)") }
  }

  private mutating func add(clock database: OpenedDatabase) async throws {
    guard case .postgres(let store, _) = database else {
      add("clock", .ready, "this machine's")
      return
    }
    let skew = try await DatabaseClock(store).now.timeIntervalSince(Date())
    let words = "differs from the database's by \(Int(skew.rounded())) s, which decides"
    add("clock", abs(skew) > CheckTable.skewSeconds ? .concern : .ready, words)
  }

  /// As the log warns (decision 0011).
  private static let skewSeconds = 2.0

  private mutating func addMissingRegister() {
    add("register", .notReady, "nobody can register: belepo register import")
  }

  private mutating func add(
    importedRegister database: OpenedDatabase, _ settings: Settings
  ) async throws {
    let age = RegisterAge(store: database.store, now: try await database.clock())
    switch try await age.state() {
    case .missing: addMissingRegister()
    case .present(nil): add("register", .ready, "of unknown age")
    case .present(let seconds?):
      let isOld = seconds > settings.seconds(.registerWarnAfter)
      add(
        "register", isOld ? .concern : .ready,
        "imported \(seconds / 3600) hours ago" + (isOld ? ": imports may be failing" : ""))
    }
  }

  /// The insurer's own service, where that is asked instead of files.
  mutating func add(registerService settings: Settings) {
    guard let address = settings.text(.registerServiceURL) else { return }
    add("register", "its service", at: address)
  }

  mutating func add(waysOut settings: Settings) {
    let addresses = [
      ("kannel", settings.checkedText(.smsKannelURL)), ("http", settings.text(.smsHTTPURL) ?? ""),
    ]
    for (name, address) in addresses where settings.smsGateways.contains(name) {
      add("gateway", name, at: address)
    }
    let relay = Reachability(
      host: settings.checkedText(.mailHost), port: settings.count(.mailPort))
    // With TLS from the beginning it says nothing before the handshake.
    let problem = relay.problem(greets: settings.checkedText(.mailSecurity) != "tls")
    add("relay", problem == nil ? .ready : .notReady, problem ?? "greets at \(relay.name)")
  }

  private mutating func add(_ subject: String, _ name: String, at address: String) {
    guard let reachability = Reachability(address: address) else {
      return add(subject, .notReady, "\(name) has no address")
    }
    let problem = reachability.problem()
    add(
      subject, problem == nil ? .ready : .notReady,
      problem ?? "\(name) listens at \(reachability.name)")
  }
}
