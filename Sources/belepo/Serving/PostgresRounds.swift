internal import Foundation
internal import Logging
internal import Outbox
internal import PersistencePostgres
internal import ServiceLifecycle

/// Rings the dispatcher's bell when any instance has queued a message.
struct PostgresBell: Service {
  let listener: Listener
  let doorbell: Doorbell
  let clock: any Clock<Duration>
  let logger: Logger

  func run() async throws {
    while !Task.isShuttingDownGracefully {
      do {
        if try await listener.hear() { doorbell.ring() }
      } catch {
        // The dispatcher's own rounds find everything meanwhile.
        logger.notice("the database does not wake us", metadata: ["problem": "\(error)"])
        try? await clock.sleep(for: .seconds(1))
      }
    }
  }
}

/// Keeps an instance's idea of the database's time fresh, and warns of a machine that goes wrong.
struct ClockRounds: Service {
  let databaseClock: DatabaseClock
  let wallSeconds: @Sendable () -> Double
  let clock: any Clock<Duration>
  let logger: Logger

  private static let pause = Duration.seconds(10)
  /// More than this between two clocks is a fault of the machine (security.md, R-28).
  private static let skewSeconds = 2.0

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          try await clock.sleep(for: ClockRounds.pause)
          await refresh()
        }
      }
    } catch is CancellationError {}
  }

  private func refresh() async {
    do {
      try await databaseClock.refresh()
      let skew = databaseClock.now.timeIntervalSince1970 - wallSeconds()
      guard abs(skew) > ClockRounds.skewSeconds else { return }
      logger.warning(
        "this machine's clock is not the database's; the database's is used",
        metadata: ["event": "clock_skew", "seconds": "\(skew)"])
    } catch {
      // The monotonic clock goes on; the next round asks again.
      logger.debug("the database's time is not to be had", metadata: ["problem": "\(error)"])
    }
  }
}
