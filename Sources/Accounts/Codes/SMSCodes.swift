internal import Domain
internal import FoundationEssentials
internal import Persistence

/// A code that goes by SMS: what everybody's codes may cost, whatever each of them proves (D 1,
/// attack 18).
///
/// Its owner decides where a code is kept, whose number it goes to and which message carries it.
struct SMSCodes: Sendable {
  private let world: World
  let costs: NetworkCosts

  /// - Parameter network: where the request comes from, as the limits count it
  init(world: World, network: String?) {
    self.world = world
    costs = NetworkCosts(world: world, network: network)
  }

  /// All customers' wrong codes of a day.
  private static let failures = EventCount(name: "sms_failure", key: [], windowSeconds: 86_400)

  /// What counts against a code, in one statement; what its network has cost is locked.
  ///
  /// - Parameter others: are locked with it
  func used(
    holding others: [EventCount] = [], in transaction: any Transaction, at now: Date
  ) throws -> [EventCount: Int] {
    // All of the network's, also where one of them decides: two who lock them one after the other
    // could wait for each other.
    try transaction.counts.used(
      holding: others + costs.counts(), besides: [Self.failures], at: now)
  }

  /// Why no code goes out, and none may be tried.
  enum Refusal {
    /// The day's budget of wrong codes is spent (D 1).
    case suspended
    /// This network has cost too much today (D 13).
    case limited(retryAfterSeconds: Int)
  }

  /// Why a code may neither go out nor be tried, if so; staff see it in the case (D 5).
  ///
  /// - Parameters:
  ///   - kinds: by which the network is limited
  ///   - used: by ``used(holding:in:at:)``
  ///   - event: whose code it is; what refuses it becomes its detail
  func refusal(
    _ kinds: [NetworkCosts.Kind], after used: [EventCount: Int], _ event: AuditEvent,
    in transaction: any Transaction, at now: Date
  ) throws -> Refusal? {
    guard used[Self.failures, default: 0] < world.limits.smsFailuresPerDay else {
      try transaction.record(.suspended, event, at: now)
      return .suspended
    }
    var event = event
    event.detail = "network"
    let seconds = try costs.secondsToWait(kinds, after: used, event, in: transaction, at: now)
    return seconds.map { .limited(retryAfterSeconds: $0) }
  }

  /// Why nobody gets a code, as the trail says it.
  enum Pause: String {
    /// The day's budget of wrong codes is spent.
    case suspended
    /// An hour's or a day's budget of messages is.
    case budget
  }

  /// When a pause for wrong codes ends that was met then.
  static func suspensionEnd(metAt instant: Date) -> Date {
    instant.addingTimeInterval(Double(failures.secondsLeft(at: instant)))
  }

  /// Counts a wrong one, at its network and for everybody.
  ///
  /// - Returns: how many there were today, for ``tell(of:)``
  func countFailure(in transaction: any Transaction, at now: Date) throws -> Int {
    let used = try transaction.counts.increase(
      costs.counts([.wrong]) + [Self.failures], at: now)
    costs.tell(of: .wrong, after: used)
    return used[Self.failures, default: 0]
  }

  /// Alerts an operator when the day's budget of wrong codes has just been spent; after the
  /// transaction that counted.
  func tell(of failures: Int) {
    guard failures == world.limits.smsFailuresPerDay else { return }
    world.raise(.smsFailureBudgetSpent(failures: failures))
  }

  /// Counts a message that is about to be queued.
  ///
  /// - Throws: ``SMSBudget/Spent`` when everybody's budget has no room for it
  func spend(in transaction: any Transaction, at now: Date) throws {
    let budget = SMSBudget(limits: world.limits)
    let used = try transaction.counts.increase(
      costs.counts([.unanswered]) + budget.counts, at: now)
    // Repeating the transaction may repeat an alarm; better than none.
    costs.tell(of: .unanswered, after: used)
    guard let alarms = budget.alarms(after: used) else { throw SMSBudget.Spent() }
    for alarm in alarms { world.raise(alarm) }
  }
}

extension Transaction {
  /// Records for staff why somebody gets no code though nothing is wrong with them (D 5). No line
  /// of the log tells of each: an operator was alerted when the budget was spent.
  ///
  /// - Parameter event: whose code it is
  func record(_ pause: SMSCodes.Pause, _ event: AuditEvent, at now: Date) throws {
    var event = event
    event.detail = pause.rawValue
    if let customer = event.customer,
      try recordOnce(event, of: "\(pause.rawValue)/\(customer.text)", at: now)
    {
      return
    }
    // The trail tells of a customer once an hour; each registration has a case number of its own.
    guard let registration = event.registration else { return }
    try count(AnonymousEvent(event, from: Array(registration.description.utf8)), at: now)
  }
}
