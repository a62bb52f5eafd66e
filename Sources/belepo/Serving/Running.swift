internal import Foundation
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals

/// Runs services until the operator stops them.
enum Running {
  /// How long requests in progress may take when the program is told to stop (I2).
  private static let gracefulSeconds = 15
  /// How long the other services may take to end after one has failed.
  private static let farewell = Duration.seconds(4)

  /// - Throws: ``Failure`` when an address cannot be listened on, or a service fails.
  static func run(_ services: [any Service], _ logger: Logger) async throws {
    let (failures, failed) = AsyncStream<any Error>.makeStream()
    var configuration = ServiceGroupConfiguration(
      services: services.map {
        // The others end in peace: what is cancelled in the middle writes errors of its own into
        // the log, and hides the one that counts.
        .init(
          service: Watched(service: $0, failed: failed),
          failureTerminationBehavior: .gracefullyShutdownGroup)
      },
      logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(gracefulSeconds)
    let group = ServiceGroup(configuration: configuration)
    // Trapped before anything is served: a signal would end the program ungracefully.
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    do {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        tasks.addTask { await obey(signals, group, logger) }
        tasks.addTask { try await endWhatHangs(after: failures) }
        // The others only watch.
        try await tasks.next()
        tasks.cancelAll()
      }
    } catch {
      throw failure(of: error)
    }
  }

  /// The first SIGTERM or SIGINT asks for a graceful stop; who sends a second one has no time.
  private static func obey(
    _ signals: UnixSignalsSequence, _ group: ServiceGroup, _ logger: Logger
  ) async {
    var isStopping = false
    for await _ in signals {
      if isStopping { end(Failure("Stopped at once, by a second signal.")) }
      isStopping = true
      logger.notice("stopping", metadata: ["event": "stopping"])
      await group.triggerGracefulShutdown()
    }
  }

  /// A service that has failed takes the others down; one that does not obey holds up nobody.
  private static func endWhatHangs(after failures: AsyncStream<any Error>) async throws {
    for await error in failures {
      try await ContinuousClock().sleep(for: farewell)
      end(failure(of: error))
    }
  }

  private static func end(_ failure: Failure) -> Never {
    StandardError.write("belepo: \(failure.description)\n")
    LogStream.standardOutput.flush()
    _exit(failure.code.rawValue)
  }

  private static func failure(of error: any Error) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let error as IOError:
      Failure(
        "The server cannot listen: \(String(cString: strerror(error.errnoCode))).", .unavailable)
    case let error as SocketAddressError.UnknownHost:
      Failure("The server cannot listen: there is no such address (\(error.host)).", .unavailable)
    case let error as SocketAddressError:
      Failure("The server cannot listen: there is no such address (\(error)).", .unavailable)
    default: Failure("A part of the program has failed: \(error)")
    }
  }
}

/// A service whose failure is told at once, whatever the others do.
private struct Watched: Service {
  let service: any Service
  let failed: AsyncStream<any Error>.Continuation

  func run() async throws {
    do { try await service.run() } catch {
      failed.yield(error)
      throw error
    }
  }
}

extension Settings {
  /// Turns the log on, at the level that is configured, to standard output.
  func startLogging() -> Logger {
    let level = Logger.Level(rawValue: checkedText(.logLevel)) ?? .info
    let stream = LogStream.standardOutput
    LoggingSystem.bootstrap { label in
      JSONLogHandler(label: label, level: level, urgent: { stream.write($0, isUrgent: true) }) {
        stream.write($0)
      }
    }
    return Logger(label: "belepo")
  }
}

extension Readiness {
  convenience init(_ settings: Settings) {
    self.init(
      drain: .seconds(settings.seconds(.httpDrain)), notice: .ofThisProcess,
      clock: ContinuousClock())
  }
}
