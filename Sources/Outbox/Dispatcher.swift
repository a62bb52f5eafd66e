package import FoundationEssentials
package import Logging
package import Persistence
internal import ServiceLifecycle

/// Takes messages out of the queue and hands them to the gateways, at its own pace.
///
/// Any number of dispatchers may share a queue. A message is leased, sent, then recorded; a crash
/// in between is healed by the lease running out, at the price of a possible duplicate (P7).
package struct Dispatcher: Service {
  private let store: any Store
  private let gateways: Gateways
  private let doorbell: Doorbell
  private let clock: any Clock<Duration>
  private let now: @Sendable () -> Date
  private let randomBytes: @Sendable (Int) -> [UInt8]
  private let logger: Logger

  package init(
    store: any Store, gateways: Gateways, doorbell: Doorbell, clock: any Clock<Duration>,
    now: @escaping @Sendable () -> Date, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    logger: Logger
  ) {
    self.store = store
    self.gateways = gateways
    self.doorbell = doorbell
    self.clock = clock
    self.now = now
    self.randomBytes = randomBytes
    self.logger = logger
  }

  /// Runs until the service group stops; the batch in hand is finished, so that no lease is left.
  package func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          try await clock.sleep(for: .seconds(DispatchLimits.pollSeconds))
          doorbell.ring()
        }
      }
      doorbell.ring()
      for await _ in doorbell.rings.cancelOnGracefulShutdown() {
        await dispatchAllDue()
      }
      group.cancelAll()
      do { try await group.waitForAll() } catch is CancellationError {}
    }
  }

  private func dispatchAllDue() async {
    do {
      // Asked again before each batch: a long queue must not hold up the stop.
      // A batch that was not full has emptied it; what comes later rings again.
      while !Task.isShuttingDownGracefully,
        try await dispatchBatch() == DispatchLimits.batch
      {}
    } catch {
      // The messages are safe in the queue; the next ring tries again.
      logger.error("messages could not be dispatched", metadata: ["problem": "\(error)"])
    }
  }

  /// Sends one batch of due messages.
  ///
  /// - Returns: how many there were.
  package func dispatchBatch() async throws -> Int {
    let now = now()
    guard try await store.read({ try $0.hasDueMessages(at: now) }) else { return 0 }
    let token = randomBytes(16)
    let leases = try await store.write { transaction in
      try transaction.expireMessages(at: now)
      return try transaction.leaseMessages(token: token, at: now)
    }
    await withTaskGroup(of: Void.self) { group in
      for lease in leases {
        group.addTask { await send(lease, token: token) }
      }
    }
    return leases.count
  }

  private func send(_ lease: Lease, token: [UInt8]) async {
    var refusal: Gateway.Refusal?
    do {
      try await gateways.gateway(for: lease.channel).send(lease.delivery)
    } catch {
      refusal = error
    }
    do {
      do {
        try await record(refusal, of: lease, token: token)
      } catch StoreFault.outcomeUnknown {
        // The lease's token makes the same record once more harmless.
        try await record(refusal, of: lease, token: token)
      }
    } catch {
      // The lease runs out and the message is sent again: better twice than never.
      logger.error(
        "a message's result could not be recorded",
        metadata: ["message": "\(lease.id)", "problem": "\(error)"])
    }
  }

  private func record(_ refusal: Gateway.Refusal?, of lease: Lease, token: [UInt8]) async throws {
    let now = now()
    switch refusal {
    case nil:
      try await store.write { try $0.recordSent(lease.id, token: token, at: now) }
      logger.debug(
        "message sent",
        metadata: ["message": "\(lease.id)", "channel": "\(lease.channel.rawValue)"])
    case .temporary(let problem):
      let pause = DispatchLimits.retrySeconds[
        min(lease.tries, DispatchLimits.retrySeconds.count) - 1]
      let next = now.addingTimeInterval(Double(pause))
      let shortened = String(problem.prefix(DispatchLimits.problemLength))
      try await store.write {
        try $0.recordRetry(lease.id, token: token, at: next, problem: shortened)
      }
      logger.warning(
        "message postponed",
        metadata: ["message": "\(lease.id)", "seconds": "\(pause)", "problem": "\(shortened)"])
    case .permanent(let problem):
      let shortened = String(problem.prefix(DispatchLimits.problemLength))
      try await store.write { try $0.recordFailed(lease.id, token: token, problem: shortened) }
      logger.error(
        "message failed", metadata: ["message": "\(lease.id)", "problem": "\(shortened)"])
    }
  }
}
