internal import Foundation
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals

/// Runs services until the operator stops them.
enum Running {
  /// How long requests in progress may take when the program is told to stop (contract, part 2).
  private static let gracefulSeconds = 15

  /// - Throws: ``Failure`` when an address cannot be listened on.
  static func run(_ services: [any Service], _ logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(
      services: services.map { .init(service: $0) },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(gracefulSeconds)
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let error as IOError {
      throw Failure("The server cannot listen: \(error.description)", .unavailable)
    }
  }
}

extension Settings {
  /// Turns the log on, at the level that is configured, to standard output.
  func startLogging() -> Logger {
    let level = Logger.Level(rawValue: checkedText(.logLevel)) ?? .info
    LoggingSystem.bootstrap { label in
      JSONLogHandler(label: label, level: level) { LogStream.standardOutput.write($0) }
    }
    return Logger(label: "belepo")
  }
}

extension Readiness {
  convenience init(_ settings: Settings) {
    self.init(drain: .seconds(settings.seconds(.httpDrain)), clock: ContinuousClock())
  }
}
