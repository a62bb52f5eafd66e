internal import Logging
internal import Outbox
internal import PersistencePostgres
internal import ServiceLifecycle

/// Wakes the dispatcher when any instance has queued a message.
struct MessageListener: Service {
  let listener: Listener
  let dispatchSignal: DispatchSignal
  let clock: any Clock<Duration>
  let logger: Logger

  func run() async throws {
    // Also cancelled when another service has failed: then nobody asks for a graceful stop.
    await cancelWhenGracefulShutdown {
      var isDeaf = false
      while !Task.isCancelled {
        do {
          if try await listener.hear() { dispatchSignal.send() }
          if isDeaf { logger.notice("the database wakes us again") }
          isDeaf = false
        } catch {
          // Told once: meanwhile the dispatcher's own polling finds everything.
          if !isDeaf {
            logger.notice("the database does not wake us", metadata: ["problem": "\(error)"])
          }
          isDeaf = true
          do { try await clock.sleep(for: .seconds(1)) } catch { return }
        }
      }
    }
  }
}
