internal import ServiceLifecycle
internal import Synchronization

/// Whether requests may be sent here.
///
/// The last service to start and so the first to stop: a proxy hears "not ready" before anything is
/// closed.
final class Readiness: Service {
  private let isOpen = Mutex(false)
  private let drain: Duration
  private let clock: any Clock<Duration>

  /// - Parameter drain: how long a proxy may need to hear of it; until then requests are served as
  ///   ever, so that a rolling restart loses none
  init(drain: Duration, clock: any Clock<Duration>) {
    self.drain = drain
    self.clock = clock
  }

  /// The server listens.
  func open() {
    isOpen.withLock { $0 = true }
  }

  var isReady: Bool { isOpen.withLock { $0 } }

  func run() async throws {
    try await gracefulShutdown()
    isOpen.withLock { $0 = false }
    try? await clock.sleep(for: drain)
  }
}
