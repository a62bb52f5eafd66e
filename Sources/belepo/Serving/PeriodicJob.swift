internal import Logging
internal import ServiceLifecycle

/// Work that is repeated, with a pause after each time, until the program is told to stop. A
/// failure is logged and tried again after the pause.
struct PeriodicJob: Service {
  /// What the log says when it fails.
  let failure: Logger.Message
  let failureLevel: Logger.Level
  let pause: Duration
  let clock: any Clock<Duration>
  let logger: Logger
  let work: @Sendable () async throws -> Void

  init(
    every pause: Duration, clock: any Clock<Duration> = ContinuousClock(), _ logger: Logger,
    failure: Logger.Message, at failureLevel: Logger.Level = .error,
    work: @escaping @Sendable () async throws -> Void
  ) {
    self.failure = failure
    self.failureLevel = failureLevel
    self.pause = pause
    self.clock = clock
    self.logger = logger
    self.work = work
  }

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          await runOnce()
          try await clock.sleep(for: pause)
        }
      }
    } catch is CancellationError {}
  }

  private func runOnce() async {
    do { try await work() } catch {
      logger.log(level: failureLevel, failure, metadata: ["problem": "\(error)"])
    }
  }
}
