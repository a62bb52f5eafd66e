internal import Accounts
internal import Logging
internal import ServiceLifecycle

/// Looks every few minutes whether codes that are sent are typed in, on whichever instance comes
/// first.
struct SendingWatch: Service {
  let desk: SendingDesk
  let clock: any Clock<Duration>
  let logger: Logger

  private static let pause = Duration.seconds(300)

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          do { try await desk.look() } catch {
            logger.error("sent codes could not be counted", metadata: ["problem": "\(error)"])
          }
          try await clock.sleep(for: SendingWatch.pause)
        }
      }
    } catch is CancellationError {}
  }
}
