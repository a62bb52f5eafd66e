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

  /// Whether any of the day's budget of wrong codes is left.
  func mayBeTried(in transaction: any Transaction, at now: Date) throws -> Bool {
    try transaction.counts.used(Self.failures, at: now) < world.limits.smsFailuresPerDay
  }

  /// Counts a wrong one, at its network and for everybody.
  ///
  /// - Returns: how many there were today, for ``tell(of:)``
  func countFailure(in transaction: any Transaction, at now: Date) throws -> Int {
    try costs.add(.wrong, in: transaction, at: now)
    return try transaction.counts.increase(Self.failures, at: now)
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
    try costs.add(.unanswered, in: transaction, at: now)
    // Repeating the transaction may repeat an alarm; better than none.
    for alarm in try SMSBudget(limits: world.limits).spend(in: transaction, at: now) {
      world.raise(alarm)
    }
  }
}
