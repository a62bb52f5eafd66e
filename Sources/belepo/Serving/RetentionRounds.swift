internal import Accounts
internal import Logging
internal import ServiceLifecycle

/// Sees that old rows are forgotten once an hour, by whichever instance comes first.
struct RetentionRounds: Service {
  let retention: Retention
  let clock: any Clock<Duration>
  let logger: Logger

  /// Shorter than a round, so that the hour of an instance that is gone is taken over soon.
  private static let pause = Duration.seconds(600)

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
      if let count = try await retention.goRound(), count > 0 {
        logger.info("old rows were forgotten", metadata: ["rows": "\(count)"])
      }
    } catch {
      // Nothing is lost: the next round finds the same rows.
      logger.error("old rows could not be forgotten", metadata: ["problem": "\(error)"])
    }
  }
}
