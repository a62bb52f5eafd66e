internal import FoundationEssentials
internal import Logging
internal import Persistence

/// Records what became of messages: whoever comes while a record is being made waits and is written
/// with all others that came meanwhile, in one transaction.
///
/// A record costs a trip to the disk; five hundred messages a second cannot have one each.
actor DeliveryBook {
  private let channel: Message.Channel
  private let world: Dispatcher.World
  private let meters: Meters
  private var waiting: [Delivered] = []
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private var isWriting = false

  init(channel: Message.Channel, world: Dispatcher.World, meters: Meters) {
    self.channel = channel
    self.world = world
    self.meters = meters
  }

  /// Returns when it is recorded, or cannot be: then the lease runs out, and the message is sent
  /// once more. Better twice than never.
  func record(_ delivered: Delivered) async {
    if case .lost = delivered.answer { return tell(delivered) }
    waiting.append(delivered)
    if isWriting { return await withCheckedContinuation { waiters.append($0) } }
    isWriting = true
    while !waiting.isEmpty {
      let (batch, served) = (waiting, waiters)
      (waiting, waiters) = ([], [])
      await write(batch)
      for waiter in served { waiter.resume() }
    }
    isWriting = false
  }

  /// A gateway works again: what it had put off is due now, however long its pauses had become.
  func bringForward() async {
    let (channel, now) = (channel, world.now())
    do {
      try await world.store.write { try $0.bringForward(in: channel, to: now) }
    } catch {
      // Then the messages come after their pauses.
      world.logger.warning(
        "messages could not be brought forward",
        metadata: ["channel": "\(channel.rawValue)", "problem": "\(error)"])
    }
  }

  private func write(_ batch: [Delivered]) async {
    let now = world.now()
    let records = batch.map { record(of: $0, at: now) }
    let sent = Self.sent(in: batch)
    let work: @Sendable (any Transaction) throws -> Void = { transaction in
      for (key, ids) in sent {
        try transaction.recordSent(ids, by: key.gateway, token: key.token, at: now)
      }
      for record in records { try record?(transaction) }
    }
    do {
      do {
        try await world.store.write(work)
      } catch StoreFault.outcomeUnknown {
        // The leases' tokens make the same record once more harmless.
        try await world.store.write(work)
      }
      for delivered in batch { tell(delivered) }
    } catch {
      world.logger.error(
        "results of messages could not be recorded",
        metadata: [
          "event": "message_not_recorded", "ids": "\(batch.map(\.lease.id))",
          "problem": "\(error)",
        ])
    }
  }

  private struct SentKey: Hashable {
    let gateway: String
    let token: [UInt8]
  }

  /// What was taken, in as few statements as there were leases.
  private static func sent(in batch: [Delivered]) -> [SentKey: [Int64]] {
    var ids: [SentKey: [Int64]] = [:]
    for delivered in batch {
      guard case .taken(let gateway) = delivered.answer else { continue }
      ids[SentKey(gateway: gateway, token: delivered.lease.token), default: []]
        .append(delivered.lease.id)
    }
    return ids
  }

  private typealias Record = @Sendable (any Transaction) throws -> Void

  private func record(of delivered: Delivered, at now: Date) -> Record? {
    let lease = delivered.lease
    switch delivered.answer {
    case .taken, .lost: return nil
    case .postponed(let problem, let seconds):
      let next = max(nextTry(of: lease, at: now), now.addingTimeInterval(Double(seconds ?? 0)))
      let words = Self.shortened(problem)
      return {
        try $0.recordRetry(lease, at: next, problem: words, unknowns: lease.unknowns)
      }
    case .unknown(let problem) where lease.unknowns < DispatchLimits.unknowns:
      let next = nextTry(of: lease, at: now)
      let words = Self.shortened(problem)
      return {
        try $0.recordRetry(lease, at: next, problem: words, unknowns: lease.unknowns + 1)
      }
    case .unknown(let problem):
      let words = Self.shortened(problem)
      return {
        try $0.recordEnd(.failed, of: lease, problem: words, unknowns: lease.unknowns + 1)
      }
    case .refused(let problem):
      let words = Self.shortened(problem)
      return { try $0.recordEnd(.failed, of: lease, problem: words, unknowns: lease.unknowns) }
    case .unasked: return { try $0.giveBack(lease, at: now) }
    case .pastUse:
      return { try $0.recordEnd(.expired, of: lease, problem: nil, unknowns: lease.unknowns) }
    }
  }

  /// After a pause; when that ends too late for the message, in the middle of what is left, so that
  /// a gateway which works again shortly before the end is still asked.
  private func nextTry(of lease: Lease, at now: Date) -> Date {
    let pauses = DispatchLimits.retrySeconds(channel)
    let pause = Double(pauses[min(max(lease.tries, 1), pauses.count) - 1])
    let moved = pause * (1 + DispatchLimits.jitter * (2 * world.jitter() - 1))
    let left = lease.delivery.notAfter.timeIntervalSince(now)
    let isTooLate = moved >= left && left / 2 >= Double(pauses[0])
    return now.addingTimeInterval(isTooLate ? left / 2 : moved)
  }

  private static func shortened(_ problem: String) -> String {
    // What a gateway says may hold anything.
    let words = problem.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    var text = ""
    text.unicodeScalars.append(contentsOf: words)
    return String(text.prefix(DispatchLimits.problemLength))
  }

  // MARK: Telling

  private func tell(_ delivered: Delivered) {
    let lease = delivered.lease
    var metadata: Logger.Metadata = [
      "id": "\(lease.id)", "kind": "\(lease.delivery.kind.rawValue)",
      "tries": "\(lease.tries)",
    ]
    func log(_ level: Logger.Level, _ sentence: Logger.Message, _ event: String) {
      metadata["event"] = "\(event)"
      world.logger.log(level: level, sentence, metadata: metadata)
    }
    switch delivered.answer {
    case .taken(let gateway):
      meters.count(.sent)
      metadata["gateway"] = "\(gateway)"
      log(.debug, "message sent", "message_sent")
    case .postponed(let problem, _):
      metadata["problem"] = "\(Self.shortened(problem))"
      log(.warning, "message postponed", "message_postponed")
    case .unknown(let problem):
      metadata["problem"] = "\(Self.shortened(problem))"
      guard lease.unknowns >= DispatchLimits.unknowns else {
        return log(.warning, "nobody knows whether a message was taken", "message_postponed")
      }
      meters.count(.failed)
      log(.error, "message given up: nobody knows whether it was taken", "message_outcome_unknown")
    case .refused(let problem):
      meters.count(.failed)
      metadata["problem"] = "\(Self.shortened(problem))"
      log(.error, "message failed", "message_failed")
    case .unasked: break
    case .pastUse: tellExpired(lease.delivery.kind)
    case .lost: log(.warning, "a lease ran out before its message was sent", "message_lease_lost")
    }
  }

  /// A message ended unsent. That is a customer who waits in vain.
  nonisolated func tellExpired(_ kind: Message.Kind) {
    meters.count(.expired)
    world.logger.warning(
      "message past its use", metadata: ["event": "message_expired", "kind": "\(kind.rawValue)"])
  }
}
