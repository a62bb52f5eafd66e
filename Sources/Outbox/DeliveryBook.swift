internal import FoundationEssentials
internal import Logging
internal import Persistence

/// Records what became of messages: those that arrive while a record is being written wait, and are
/// then written together in one transaction.
///
/// A record costs a trip to the disk; at five hundred messages a second not each can have its own.
actor DeliveryBook {
  private let channel: Message.Channel
  private let dependencies: Dispatcher.Dependencies
  private let meters: Meters
  private var waiting: [Delivered] = []
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private var isWriting = false

  init(channel: Message.Channel, dependencies: Dispatcher.Dependencies, meters: Meters) {
    self.channel = channel
    self.dependencies = dependencies
    self.meters = meters
  }

  /// Returns when it is recorded, or cannot be: then the lease runs out, and the message is sent
  /// again. Better twice than never.
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

  /// A gateway works again: everything it had put off is due now, however long the pauses were.
  func bringForward() async {
    let (channel, now) = (channel, dependencies.now())
    do {
      try await dependencies.store.write(.oneStatement) {
        try $0.messages.bringForward(in: channel, to: now)
      }
    } catch {
      // Then the messages are sent after their pauses.
      dependencies.logger.warning(
        "messages could not be brought forward",
        metadata: ["channel": "\(channel.rawValue)", "problem": "\(error)"])
    }
  }

  private func write(_ batch: [Delivered]) async {
    let now = dependencies.now()
    let records = batch.map { record(of: $0, at: now) }
    let sent = Self.sent(in: batch)
    let statements = sent.count + records.count { $0 != nil }
    guard statements > 0 else { return batch.forEach(tell) }
    let extent: Extent = statements == 1 ? .oneStatement : .transaction
    let work: @Sendable (any Transaction) throws -> Void = { transaction in
      for (key, ids) in sent {
        try transaction.messages.recordSent(ids, by: key.gateway, token: key.token, at: now)
      }
      for record in records { try record?(transaction) }
    }
    do {
      do {
        try await dependencies.store.write(extent, work)
      } catch StoreFault.outcomeUnknown {
        // The leases' tokens make it harmless to repeat the record.
        try await dependencies.store.write(extent, work)
      }
      for delivered in batch { tell(delivered) }
    } catch {
      dependencies.logger.error(
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

  /// What was taken, in one statement for each lease.
  private static func sent(in batch: [Delivered]) -> [SentKey: [Message.ID]] {
    var ids: [SentKey: [Message.ID]] = [:]
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
      let asked = min(seconds ?? 0, DispatchLimits.longestPostponement)
      let next = max(nextTry(of: lease, at: now), now.addingTimeInterval(Double(asked)))
      let words = Self.shortened(problem)
      return {
        try $0.messages.recordRetry(lease, at: next, problem: words, unknowns: lease.unknowns)
      }
    case .unknown(let problem) where lease.unknowns < DispatchLimits.unknowns:
      let next = nextTry(of: lease, at: now)
      let words = Self.shortened(problem)
      return {
        try $0.messages.recordRetry(lease, at: next, problem: words, unknowns: lease.unknowns + 1)
      }
    case .unknown(let problem):
      let words = Self.shortened(problem)
      return {
        try $0.messages.recordEnd(.failed, of: lease, problem: words, unknowns: lease.unknowns + 1)
      }
    case .refused(let problem):
      let words = Self.shortened(problem)
      return {
        try $0.messages.recordEnd(.failed, of: lease, problem: words, unknowns: lease.unknowns)
      }
    case .unasked: return { try $0.messages.giveBack(lease, at: now) }
    case .pastUse:
      return {
        try $0.messages.recordEnd(.expired, of: lease, problem: nil, unknowns: lease.unknowns)
      }
    case .withdrawn: return { try $0.messages.recordWithdrawal(of: lease) }
    }
  }

  /// After a pause; if that ends too late for the message, halfway through the remaining time, so
  /// that a gateway that recovers shortly before the end is still asked.
  private func nextTry(of lease: Lease, at now: Date) -> Date {
    let pauses = DispatchLimits.retrySeconds(channel)
    let pause = Double(pauses[min(max(lease.tries, 1), pauses.count) - 1])
    let moved = pause * (1 + DispatchLimits.jitter * (2 * dependencies.jitter() - 1))
    let left = lease.delivery.notAfter.timeIntervalSince(now)
    let isTooLate = moved >= left && left / 2 >= Double(pauses[0])
    return now.addingTimeInterval(isTooLate ? left / 2 : moved)
  }

  private static func shortened(_ problem: String) -> String {
    // A gateway's answer may contain anything.
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
      "tries": .stringConvertible(lease.tries),
    ]
    func log(_ level: Logger.Level, _ sentence: Logger.Message, _ event: String) {
      metadata["event"] = "\(event)"
      dependencies.logger.log(level: level, sentence, metadata: metadata)
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
    case .withdrawn:
      log(.notice, "message taken back: its recipient gets none any more", "message_withdrawn")
    case .lost: log(.warning, "a lease ran out before its message was sent", "message_lease_lost")
    }
  }

  /// A message ended unsent. That is a customer who waits in vain.
  nonisolated func tellExpired(_ kind: Message.Kind) {
    meters.count(.expired)
    dependencies.logger.warning(
      "message past its use", metadata: ["event": "message_expired", "kind": "\(kind.rawValue)"])
  }
}
