internal import Accounts
internal import Logging
internal import ServiceLifecycle

/// Goes round once an hour and forgets what nobody needs any more.
struct RetentionRounds: Service {
  let retention: Retention
  let clock: any Clock<Duration>
  let logger: Logger

  /// The longest that a row outlives its time.
  private static let pause = Duration.seconds(3600)

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          await sweep()
          try await clock.sleep(for: RetentionRounds.pause)
        }
      }
    } catch is CancellationError {}
  }

  private func sweep() async {
    do {
      let count = try await retention.sweep()
      if count > 0 { logger.info("old rows were forgotten", metadata: ["rows": "\(count)"]) }
    } catch {
      // Nothing is lost: the next round finds the same rows.
      logger.error("old rows could not be forgotten", metadata: ["problem": "\(error)"])
    }
  }
}
