internal import ServiceLifecycle
internal import Synchronization

/// Whether requests may be sent here.
///
/// The last service to start and so the first to stop: a proxy is told "not ready" before anything
/// is closed.
final class Readiness: Service {
  private let isOpen = Mutex(false)
  private let drain: Duration
  private let notice: ServiceNotice
  private let clock: any Clock<Duration>

  /// - Parameters:
  ///   - drain: how long a proxy may need to notice; until then requests are served as usual, so
  ///     that a rolling restart loses none
  ///   - notice: tells the service manager of both
  init(drain: Duration, notice: ServiceNotice, clock: any Clock<Duration>) {
    self.drain = drain
    self.notice = notice
    self.clock = clock
  }

  /// The server listens.
  func open() {
    isOpen.withLock { $0 = true }
    notice.ready()
  }

  var isReady: Bool { isOpen.withLock { $0 } }

  func run() async throws {
    try await gracefulShutdown()
    isOpen.withLock { $0 = false }
    notice.stopping()
    try? await clock.sleep(for: drain)
  }
}
