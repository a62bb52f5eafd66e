internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Persistence
internal import PersistenceSQLite

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the site.",
    discussion: "Example: belepo serve --demo")

  @Flag(help: "Made-up customers; messages are caught and shown on a page. Loopback only.")
  var demo = false

  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    try await reporting {
      var settings = try await configuration.load(isServing: !demo)
      if demo { settings = try settings.forDemo() }
      let logger = settings.startLogging()
      let database = try await settings.openCurrentDatabase { [settings] database in
        guard case .sqlite(let store) = database else { return }
        try await warnAboutLibrary(store, logger)
        try await checkFile(store, seconds: settings.seconds(.databaseQuickCheck), logger)
      }
      let composition = try await Composition(
        settings: settings, isDemo: demo, logger: logger, database: database)
      if !demo { settings.tellConcerns(about: composition.brand, to: logger) }
      let isImported = settings.text(.registerServiceURL) == nil
      if demo, isImported { try await Demo.fillRegister(database.store, now: composition.now) }
      let samples = MessageSamples(settings, brand: composition.brand)
      for sentence in try samples.longTexts() {
        logger.warning("\(sentence)", metadata: ["event": "sms_long"])
      }
      try await composition.settleClock()
      try await composition.adoptContractFiles()
      let readiness = Readiness(settings)
      try await Running.run(try await composition.services(readiness), logger)
      try database.store.close()
      logger.notice("stopped")
    }
  }

  /// A damaged file must be restored before anybody writes into it.
  private func checkFile(_ store: SQLiteStore, seconds: Int, _ logger: Logger) async throws {
    guard seconds > 0 else { return }
    switch try await store.quickCheck(within: Double(seconds)) {
    case .sound: break
    case .damaged(let words): throw Failure.damaged(words)
    case .unfinished:
      logger.notice(
        "the database file is too large to be checked in the time given",
        metadata: ["event": "quick_check_unfinished", "seconds": .stringConvertible(seconds)])
    }
  }

  /// SQLite before 3.51.3 can damage a file when one process writes while another checkpoints. Ours
  /// do not do that (decision 0009); other programs on the file might.
  private func warnAboutLibrary(_ store: SQLiteStore, _ logger: Logger) async throws {
    let version = try await store.libraryVersion()
    let numbers = version.split(separator: ".").compactMap { Int($0) }
    guard numbers.lexicographicallyPrecedes([3, 51, 3]) else { return }
    logger.notice(
      "this SQLite has the WAL-reset bug; keep other programs off the database file",
      metadata: ["event": "sqlite_wal_reset", "version": "\(version)"])
  }
}

extension Settings {
  /// The demo's settings: what stays as configured, and what must not be set.
  ///
  /// - Throws: ``Failure`` when a real gateway or mail server is configured, or another address.
  fileprivate func forDemo() throws -> Settings {
    for key in [SettingKey.smsGateway, .mailHost] where isSet(key) {
      throw Failure(
        "The demo sends nothing: \(key.rawValue) cannot be set together with --demo.",
        .configuration)
    }
    let loopback = ["127.0.0.1", "::1", "localhost"]
    for key in [SettingKey.httpHost, .managementHost, .staffHost]
    where !loopback.contains(checkedText(key)) {
      throw Failure(
        "The demo listens on this machine alone: \(key.rawValue) must be 127.0.0.1.",
        .configuration)
    }
    // A demo has no proxy in front of it, and Ctrl-C should end it at once.
    return replacing(.databaseURL, initial: "sqlite:var/demo.sqlite")
      .replacing(.httpDrain, initial: "0s")
      // Beside other demos on this machine, any port that is free.
      .replacing(.staffPort, initial: isSet(.httpPort) ? "0" : "8081")
  }
}
