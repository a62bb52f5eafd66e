package import FoundationEssentials
package import Logging
package import Metrics
package import Persistence
internal import ServiceLifecycle
package import Traces

/// Takes messages out of the queue and hands them to the gateways, at its own pace.
///
/// Any number of dispatchers may share a queue. A message is leased, sent, then recorded; after a
/// crash in between the lease runs out, at the price of one possible duplicate (P7).
package struct Dispatcher: Service {
  /// What it works with, including everything that a test wants to control (R10).
  package struct Dependencies: Sendable {
    package let store: any Store
    package let clock: any Clock<Duration>
    package let now: @Sendable () -> Date
    package let randomBytes: @Sendable (Int) -> [UInt8]
    /// From 0 to 1; one half changes no pause.
    package let jitter: @Sendable () -> Double
    package let metrics: any MetricsFactory
    package let logger: Logger
    /// Records each hand-over.
    package let tracer: Tracer

    package init(
      store: any Store, clock: any Clock<Duration>, now: @escaping @Sendable () -> Date,
      randomBytes: @escaping @Sendable (Int) -> [UInt8], jitter: @escaping @Sendable () -> Double,
      metrics: any MetricsFactory, logger: Logger, tracer: Tracer = .off
    ) {
      self.store = store
      self.clock = clock
      self.now = now
      self.randomBytes = randomBytes
      self.jitter = jitter
      self.metrics = metrics
      self.logger = logger
      self.tracer = tracer
    }
  }

  private let dependencies: Dependencies
  private let dispatchSignal: DispatchSignal
  private let lanes: [Lane]

  /// - Parameter clearance: asked before each message is handed over; `nil` where nothing can have
  ///   changed since it was queued that would not have taken it back
  package init(
    routes: Routes, clearance: Clearance.Asking? = nil, dispatchSignal: DispatchSignal,
    dependencies: Dependencies
  ) {
    self.dependencies = dependencies
    self.dispatchSignal = dispatchSignal
    lanes = Message.Channel.allCases.map { channel in
      Lane(
        channel, route: routes.route(of: channel), clearance: clearance,
        dispatchSignal: dispatchSignal, dependencies: dependencies)
    }
  }

  /// Runs until the service group stops.
  package func run() async throws {
    await withDiscardingTaskGroup { group in
      for lane in lanes { group.addTask { await lane.run() } }
      group.addTask {
        // Another process may have queued something, and pauses end.
        try? await cancelWhenGracefulShutdown {
          while true {
            dispatchSignal.askForLook()
            try await dependencies.clock.sleep(for: .seconds(DispatchLimits.pollSeconds))
          }
        }
      }
    }
  }

  /// Sends one handful of due messages on each channel.
  ///
  /// - Returns: how many there were.
  package func dispatchBatch() async throws -> Int {
    var count = 0
    for lane in lanes {
      let leases = try await lane.take().leases
      await withDiscardingTaskGroup { group in
        for lease in leases { group.addTask { await lane.deliver(lease) } }
      }
      count += leases.count
    }
    return count
  }
}
