internal import FoundationEssentials
internal import Logging
internal import Persistence
internal import ServiceLifecycle
internal import Synchronization

/// The work on one channel: so many messages in the gateways' hands at a time, so that neither a
/// channel that is down nor a message that hangs holds up the others.
final class Lane: Sendable {
  let channel: Message.Channel
  private let route: Route
  private let world: Dispatcher.World
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

    mutating func add(_ lease: Lease, times number: Int = 1) {
      count += number
      if lease.delivery.kind.isNotice { notices += number }
      if lease.isDoubtful { doubtful += number }
    }
  }

  /// Rung when there may be something to do.
  let bell = Doorbell()

  init(_ channel: Message.Channel, route: Route, world: Dispatcher.World) {
    self.channel = channel
    self.route = route
    self.world = world
    breakers = route.gateways.map { _ in Breaker() }
    pace = Pace(rate: route.rate)
    meters = Meters(channel: channel, gateways: route.gateways.map(\.name), world.metrics)
    book = DeliveryBook(channel: channel, world: world, meters: meters)
  }

  /// Runs until the service group stops; what is in the gateways' hands is finished, so that no
  /// lease is left behind.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await _ in bell.rings.cancelOnGracefulShutdown() {
        // Asked again before each handful: a long queue must not hold up the stop.
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
          let taken = await takeSafely()
          for lease in taken.leases {
            group.addTask {
              await self.deliver(lease)
              self.bell.ring()
            }
          }
          if taken.isHeldBack { group.addTask { await self.ringWhenPaceAllows() } }
          if taken.leases.isEmpty { break }
        }
      }
    }
  }

  /// What was taken out of the queue.
  struct Taken: Sendable {
    static let nothing = Taken(leases: [], isHeldBack: false)

    let leases: [Lease]
    /// Whether the limit on the rate keeps more from being taken.
    let isHeldBack: Bool
  }

  private func takeSafely() async -> Taken {
    do { return try await take() } catch {
      // The messages are safe in the queue; the next ring tries again.
      world.logger.error(
        "messages could not be taken from the queue",
        metadata: ["channel": "\(channel.rawValue)", "problem": "\(error)"])
      return .nothing
    }
  }

  /// Leases as many due messages as there is room for, and marks those that are past their use.
  func take() async throws -> Taken {
    let now = world.now()
    let paced = pace.room(at: now)
    let handed = handed.withLock { $0 }
    let room = min(
      route.concurrency - handed.count, paced, breakers.map { $0.room(at: now) }.max() ?? 0)
    let noticeRoom = min(room, noticesAtATime - handed.notices)
    let channel = channel
    let work = try await world.store.read { try $0.work(in: channel, at: now) }
    let isHeldBack = work.isDue && paced == 0
    let takesCodes = work.hasCodes && room > 0
    let takesNotices = work.hasNotices && noticeRoom > 0
    guard work.isPastUse || takesCodes || takesNotices else {
      return Taken(leases: [], isHeldBack: isHeldBack)
    }
    let token = world.randomBytes(16)
    let (expired, leases) = try await world.store.write { transaction in
      let expired = work.isPastUse ? try transaction.expireMessages(in: channel, at: now) : []
      var leases: [Lease] = []
      func lease(notices: Bool, atMost count: Int) throws {
        guard count > 0 else { return }
        leases += try transaction.leaseMessages(
          in: channel, notices: notices, atMost: count,
          includingDoubtful: handed.doubtful == 0 && !leases.contains(where: \.isDoubtful),
          token: token, at: now)
      }
      if takesCodes { try lease(notices: false, atMost: room) }
      if takesNotices { try lease(notices: true, atMost: min(noticeRoom, room - leases.count)) }
      return (expired, leases)
    }
    for kind in expired { book.tellExpired(kind) }
    if expired.count == DispatchLimits.expiring { bell.ring() }
    self.handed.withLock { handed in
      for lease in leases { handed.add(lease) }
    }
    pace.spend(leases.count)
    return Taken(leases: leases, isHeldBack: isHeldBack)
  }

  /// A quarter is kept for codes: whoever waits for one does not wait for notices that a slow
  /// gateway has in its hands.
  private var noticesAtATime: Int {
    route.concurrency - (route.concurrency > 1 ? max(1, route.concurrency / 4) : 0)
  }

  private func ringWhenPaceAllows() async {
    try? await world.clock.sleep(for: .milliseconds(DispatchLimits.paceMilliseconds))
    bell.ring()
  }

  /// Hands a message over and records what became of it.
  func deliver(_ lease: Lease) async {
    let (answer, hasRecovered) = await hand(lease)
    await book.record(Delivered(lease: lease, answer: answer))
    if hasRecovered { await book.bringForward() }
    handed.withLock { $0.add(lease, times: -1) }
  }

  /// - Returns: what became of it, and whether a gateway that rested works again
  private func hand(_ lease: Lease) async -> (Answer, hasRecovered: Bool) {
    let now = world.now()
    guard lease.unknowns <= DispatchLimits.unknowns else {
      return (.unknown("its dispatcher was lost, once more"), false)
    }
    guard now < lease.delivery.notAfter else { return (.pastUse, false) }
    // A dispatcher that was held up must not send what another may be sending.
    guard now.addingTimeInterval(Double(route.seconds)) <= lease.until else {
      return (.lost, false)
    }
    var postponed = Answer.unasked
    for (gateway, breaker) in zip(route.gateways, breakers) where breaker.admits(at: world.now()) {
      let start = ContinuousClock.now
      var refusal: Gateway.Refusal?
      do { try await gateway.send(lease.delivery) } catch { refusal = error }
      meters.count(refusal, of: gateway.name, in: ContinuousClock.now - start)
      let hasRecovered = tell(breaker, refusal, of: gateway.name)
      switch refusal {
      case nil: return (.taken(by: gateway.name), hasRecovered)
      case .permanent(let problem): return (.refused(problem), hasRecovered)
      case .unknown(let problem): return (.unknown(problem), false)
      // It has certainly not taken it: the next one may.
      case .temporary(let problem, let seconds):
        postponed = .postponed(problem, retryAfterSeconds: seconds)
      }
    }
    return (postponed, false)
  }

  /// - Returns: whether the gateway rested and works again
  private func tell(_ breaker: Breaker, _ refusal: Gateway.Refusal?, of name: String) -> Bool {
    let change: Breaker.Change
    switch refusal {
    case nil, .permanent: change = breaker.answered()
    case .temporary(_, let seconds):
      change = breaker.failed(at: world.now(), retryAfterSeconds: seconds)
    case .unknown: change = breaker.failed(at: world.now(), retryAfterSeconds: nil)
    }
    switch change {
    case .none: break
    case .opened(let seconds):
      meters.set(isOpen: true, name)
      world.logger.warning(
        "a gateway fails and rests",
        metadata: ["event": "gateway_open", "gateway": "\(name)", "seconds": "\(seconds)"])
    case .closed:
      meters.set(isOpen: false, name)
      world.logger.notice(
        "a gateway works again", metadata: ["event": "gateway_closed", "gateway": "\(name)"])
      return true
    }
    return false
  }
}
