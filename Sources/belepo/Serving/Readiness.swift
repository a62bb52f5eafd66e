internal import ServiceLifecycle
internal import Synchronization

/// Whether requests may be sent here.
///
/// The last service to start and so the first to stop: a proxy hears "not ready" before anything is
/// closed.
final class Readiness: Service {
  private let isOpen = Mutex(false)

  /// The server listens.
  func open() {
    isOpen.withLock { $0 = true }
  }

  var isReady: Bool { isOpen.withLock { $0 } }

  func run() async throws {
    try await gracefulShutdown()
    isOpen.withLock { $0 = false }
  }
}
