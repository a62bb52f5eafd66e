internal import ArgumentParser
internal import DatabaseSchema
internal import Foundation
internal import Logging
internal import Persistence
internal import RegisterImport

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
      let database = try await settings.openSoundDatabase(logger)
      let composition = try await Composition(
        settings: settings, isDemo: demo, logger: logger, database: database)
      if !demo { settings.tellConcerns(about: composition.brand, to: logger) }
      let isImported = settings.text(.registerServiceURL) == nil
      if demo, isImported { try await Demo.fillRegister(database.store, now: composition.now) }
      if !isImported {
        let remains = RegisterReplacement(
          store: database.store, now: composition.now, schema: .belepo)
        try await remains.restoreIndexes()
      }
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
