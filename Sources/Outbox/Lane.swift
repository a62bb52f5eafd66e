internal import FoundationEssentials
internal import Logging
internal import Persistence
internal import ServiceLifecycle
internal import Synchronization
internal import Traces

/// The work on one channel: a limited number of messages in the gateways' hands at a time, so that
/// neither a channel that is down nor a message that hangs holds up the others.
final class Lane: Sendable {
  let channel: Message.Channel
  private let route: Route
  private let clearance: Clearance.Asking?
  private let dependencies: Dispatcher.Dependencies
  private let breakers: [Breaker]
  private let pace: Pace
  private let book: DeliveryBook
  private let meters: Meters
  private let handed = Mutex(Handed())
  /// How many messages are in the gateways' hands.
  private struct Handed {
    var count = 0
    /// Of them, those that nobody waits for.
    var notices = 0
    /// Of them, those that may have been sent before.
    var doubtful = 0
    /// Whether something due may have been left in the queue for want of room.
    var hasLeftSome = false

    mutating func add(_ lease: Lease, times number: Int = 1) {
      count += number
      if lease.delivery.kind.isNotice { notices += number }
      if lease.isDoubtful { doubtful += number }
    }
  }

  /// Rung when there may be something to do.
  private let dispatchSignal: DispatchSignal

  init(
    _ channel: Message.Channel, route: Route, clearance: Clearance.Asking?,
    dispatchSignal: DispatchSignal, dependencies: Dispatcher.Dependencies
  ) {
    self.channel = channel
    self.route = route
    self.clearance = clearance
    self.dispatchSignal = dispatchSignal
    self.dependencies = dependencies
    breakers = route.gateways.map { _ in Breaker() }
    pace = Pace(rate: route.rate)
    meters = Meters(channel: channel, gateways: route.gateways.map(\.name), dependencies.metrics)
    book = DeliveryBook(channel: channel, dependencies: dependencies, meters: meters)
  }

  /// Runs until the service group stops; what the gateways have in hand is finished, so that no
  /// lease is left behind.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await signal in dispatchSignal.signals(of: channel).cancelOnGracefulShutdown() {
        var occasion = signal
        // Checked before each handful: a long queue must not delay the stop.
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
          let batch = await takeSafely(occasion)
          occasion = .look
          for lease in batch.leases {
            group.addTask {
              await self.deliver(lease)
            }
          }
          if batch.isHeldBack { group.addTask { await self.ringWhenPaceAllows() } }
          if !batch.mayHaveLeftSome { break }
        }
      }
    }
  }

  /// Messages that are taken out of the queue together.
  struct Batch: Sendable {
    static let empty = Batch(leases: [], isHeldBack: false, mayHaveLeftSome: false)

    let leases: [Lease]
    /// Whether the rate limit prevents taking more.
    let isHeldBack: Bool
    /// Whether it is worth looking again at once.
    let mayHaveLeftSome: Bool
  }

  private func takeSafely(_ occasion: DispatchSignal.Occasion) async -> Batch {
    do { return try await take(occasion) } catch {
      // The messages are safe in the queue; the next signal triggers another try.
      dependencies.logger.error(
        "messages could not be taken from the queue",
        metadata: ["channel": "\(channel.rawValue)", "problem": "\(error)"])
      return .empty
    }
  }

  /// Leases as many due messages as there is room for, and marks those that have expired.
  func take(_ occasion: DispatchSignal.Occasion = .look) async throws -> Batch {
    let now = dependencies.now()
    let paced = pace.room(at: now)
    // From here on whoever makes room gives a signal, until it is known that nobody waits for it.
    let handed = handed.withLock { handed in
      handed.hasLeftSome = true
      return handed
    }
    let room = min(
      route.concurrency - handed.count, paced, breakers.map { $0.room(at: now) }.max() ?? 0)
    let noticeRoom = min(room, noticesAtATime - handed.notices)
    let channel = channel
    // What has just been queued is there, and there is room for it, whichever it is.
    let isKnown = occasion == .queued && noticeRoom > 0
    let work =
      if isKnown { Work.justQueued } else {
        try await dependencies.store.read(.oneStatement) {
          try $0.messages.work(in: channel, at: now)
        }
      }
    let isHeldBack = work.isDue && paced == 0
    let takesCodes = work.hasCodes && room > 0
    let takesNotices = work.hasNotices && noticeRoom > 0
    guard work.isPastUse || takesCodes || takesNotices else {
      self.handed.withLock { $0.hasLeftSome = work.isDue }
      return Batch(leases: [], isHeldBack: isHeldBack, mayHaveLeftSome: false)
    }
    let token = dependencies.randomBytes(16)
    let places = Room(
      codes: takesCodes ? room : 0, notices: takesNotices ? noticeRoom : 0, inAll: room)
    let (expired, leases) = try await dependencies.store.write(
      work.isPastUse ? .transaction : .oneStatement
    ) { transaction -> ([Message.Kind], [Lease]) in
      let expired = work.isPastUse ? try transaction.messages.expire(in: channel, at: now) : []
      guard takesCodes || takesNotices else { return (expired, []) }
      let leases = try transaction.messages.lease(
        in: channel, for: places, includingDoubtful: handed.doubtful == 0, token: token, at: now)
      return (expired, leases)
    }
    let notices = leases.count { $0.delivery.kind.isNotice }
    let codes = leases.count - notices
    let isFull =
      (work.hasCodes && (!takesCodes || codes == room))
      || (work.hasNotices && (!takesNotices || notices == min(noticeRoom, room - codes)))
    for kind in expired { book.tellExpired(kind) }
    if expired.count == DispatchLimits.expiring { dispatchSignal.askForLook(at: [channel]) }
    // Of doubtful messages only one at a time is taken.
    let hasLeftSome =
      isFull || handed.doubtful > 0 || leases.contains(where: \.isDoubtful)
    self.handed.withLock { handed in
      for lease in leases { handed.add(lease) }
      handed.hasLeftSome = hasLeftSome
    }
    pace.spend(leases.count)
    return Batch(
      leases: leases, isHeldBack: isHeldBack, mayHaveLeftSome: hasLeftSome && !leases.isEmpty)
  }

  /// A quarter is reserved for codes: nobody should wait for one because of notices that a slow
  /// gateway has in hand.
  private var noticesAtATime: Int {
    route.concurrency - (route.concurrency > 1 ? max(1, route.concurrency / 4) : 0)
  }

  private func ringWhenPaceAllows() async {
    do {
      try await dependencies.clock.sleep(for: .milliseconds(DispatchLimits.paceMilliseconds))
    } catch { return }
    dispatchSignal.askForLook(at: [channel])
  }

  /// Hands a message over and records what became of it.
  func deliver(_ lease: Lease) async {
    let (answer, hasRecovered) = await hand(lease)
    await book.record(Delivered(lease: lease, answer: answer))
    if hasRecovered { await book.bringForward() }
    let isWaitedFor = handed.withLock { handed in
      handed.add(lease, times: -1)
      return handed.hasLeftSome
    }
    // A look at the queue costs a statement: none is spent on a queue that is known to be empty.
    if isWaitedFor || hasRecovered { dispatchSignal.askForLook(at: [channel]) }
  }

  /// - Returns: what became of it, and whether a gateway that rested works again
  private func hand(_ lease: Lease) async -> (Answer, hasRecovered: Bool) {
    guard lease.unknowns <= DispatchLimits.unknowns else {
      return (.unknown("its dispatcher was lost, once more"), false)
    }
    if let answer = untimely(lease) { return (answer, false) }
    if let answer = await withheld(lease) { return (answer, false) }
    var postponed = Answer.unasked
    for (gateway, breaker) in zip(route.gateways, breakers)
    where breaker.admits(at: dependencies.now()) {
      let start = ContinuousClock.now
      let refusal = await hand(lease.delivery, to: gateway)
      meters.count(refusal, of: gateway.name, in: ContinuousClock.now - start)
      let hasRecovered = tell(breaker, refusal, of: gateway.name)
      switch refusal {
      case nil: return (.taken(by: gateway.name), hasRecovered)
      case .permanent(let problem): return (.refused(problem), hasRecovered)
      case .unknown(let problem): return (.unknown(problem), false)
      // It has certainly not taken the message: the next gateway may.
      case .temporary(let problem, let seconds):
        postponed = .postponed(problem, retryAfterSeconds: seconds)
      }
    }
    return (postponed, false)
  }

  /// Asks one gateway, as a trace of its own: nobody's request waits for it.
  private func hand(
    _ delivery: Gateway.Delivery, to gateway: Gateway
  ) async -> Gateway.Refusal? {
    let span = dependencies.tracer.startTrace()
    let refusal: Gateway.Refusal? = await Tracer.within(span) {
      do throws(Gateway.Refusal) { try await gateway.send(delivery) } catch { return error }
      return nil
    }
    span?.end(
      "send \(channel.rawValue)", kind: .client,
      [
        "belepo.message.channel": .text(channel.rawValue),
        "belepo.message.kind": .text(delivery.kind.rawValue),
        "belepo.gateway": .text(gateway.name),
        "belepo.gateway.answer": .text(Meters.word(for: refusal)),
      ], isFailed: refusal != nil)
    return refusal
  }

  /// Why it is not the time to hand it over.
  private func untimely(_ lease: Lease) -> Answer? {
    let now = dependencies.now()
    guard now < lease.delivery.notAfter else { return .pastUse }
    // A dispatcher that was delayed must not send what another may be sending.
    return now.addingTimeInterval(Double(route.seconds)) <= lease.until ? nil : .lost
  }

  /// Why it may not be handed over, or not yet, by what is known of whom it concerns (D 12).
  private func withheld(_ lease: Lease) async -> Answer? {
    guard let clearance, let customer = lease.customer else { return nil }
    switch await clearance(lease.delivery.kind, customer) {
    case .granted: break
    case .withdrawn: return .withdrawn
    case .unknown(let problem, let seconds):
      return .postponed(problem, retryAfterSeconds: seconds)
    }
    switch untimely(lease) {
    // It has certainly not been sent: nobody has to wait until the lease has run out.
    case .lost?: return .postponed("the answer came too late to send it", retryAfterSeconds: nil)
    case let answer: return answer
    }
  }

  /// - Returns: whether the gateway was resting and works again
  private func tell(_ breaker: Breaker, _ refusal: Gateway.Refusal?, of name: String) -> Bool {
    let change: Breaker.Change
    switch refusal {
    case nil, .permanent: change = breaker.answered()
    case .temporary(_, let seconds):
      change = breaker.failed(at: dependencies.now(), retryAfterSeconds: seconds)
    case .unknown: change = breaker.failed(at: dependencies.now(), retryAfterSeconds: nil)
    }
    switch change {
    case .none: break
    case .opened(let seconds):
      meters.set(isOpen: true, name)
      dependencies.logger.warning(
        "a gateway fails and rests",
        metadata: [
          "event": "gateway_open", "gateway": "\(name)", "seconds": .stringConvertible(seconds),
        ])
    case .closed:
      meters.set(isOpen: false, name)
      dependencies.logger.notice(
        "a gateway works again", metadata: ["event": "gateway_closed", "gateway": "\(name)"])
      return true
    }
    return false
  }
}
