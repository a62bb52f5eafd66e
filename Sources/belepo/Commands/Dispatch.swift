internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Persistence

struct Dispatch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send queued messages in a process of its own, beside servers that do not.",
    discussion: "The servers are told by messages.dispatcher: separate.")

  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    try await reporting {
      let settings = try await configuration.load(isServing: true)
      let logger = settings.startLogging()
      let database = try await settings.openSoundDatabase(logger)
      let composition = try await Composition(
        settings: settings, isDemo: false, logger: logger, database: database)
      settings.tellConcerns(about: composition.brand, to: logger)
      try await composition.settleClock()
      let readiness = Readiness(settings)
      try await Running.run(try await composition.dispatchServices(readiness), logger)
      try database.store.close()
      logger.notice("stopped")
    }
  }
}
