package import FoundationEssentials
package import Logging
package import Metrics
package import Persistence
internal import ServiceLifecycle

/// Takes messages out of the queue and hands them to the gateways, at its own pace.
///
/// Any number of dispatchers may share a queue. A message is leased, sent, then recorded; a crash
/// in between is healed by the lease running out, at the price of one possible duplicate (P7).
package struct Dispatcher: Service {
  /// What it works with; everything that a test wants to turn or to hold still (R10).
  package struct World: Sendable {
    package let store: any Store
    package let clock: any Clock<Duration>
    package let now: @Sendable () -> Date
    package let randomBytes: @Sendable (Int) -> [UInt8]
    /// From 0 to 1; one half changes no pause.
    package let jitter: @Sendable () -> Double
    package let metrics: any MetricsFactory
    package let logger: Logger

    package init(
      store: any Store, clock: any Clock<Duration>, now: @escaping @Sendable () -> Date,
      randomBytes: @escaping @Sendable (Int) -> [UInt8], jitter: @escaping @Sendable () -> Double,
      metrics: any MetricsFactory, logger: Logger
    ) {
      self.store = store
      self.clock = clock
      self.now = now
      self.randomBytes = randomBytes
      self.jitter = jitter
      self.metrics = metrics
      self.logger = logger
    }
  }

  private let world: World
  private let doorbell: Doorbell
  private let lanes: [Lane]

  package init(routes: Routes, doorbell: Doorbell, world: World) {
    self.world = world
    self.doorbell = doorbell
    lanes = Message.Channel.allCases.map { channel in
      Lane(channel, route: routes.route(of: channel), world: world)
    }
  }

  /// Runs until the service group stops.
  package func run() async throws {
    await withDiscardingTaskGroup { group in
      for lane in lanes { group.addTask { await lane.run() } }
      group.addTask {
        for await _ in doorbell.rings.cancelOnGracefulShutdown() { ringLanes() }
      }
      group.addTask {
        // Another process may have queued something, and pauses come to their end.
        try? await cancelWhenGracefulShutdown {
          while true {
            ringLanes()
            try await world.clock.sleep(for: .seconds(DispatchLimits.pollSeconds))
          }
        }
      }
    }
  }

  private func ringLanes() {
    for lane in lanes { lane.bell.ring() }
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
