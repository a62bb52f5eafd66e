internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// What one network costs everybody: SMS that nobody answers, and wrong codes. It is limited at
/// that network, long before the budgets that all customers share (D 13, attack 18).
package struct NetworkCosts: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// Codes that were sent and not entered. Somebody's own customers enter theirs, so that a busy
    /// branch office never reaches the limit; a robot with leaked pairs does.
    case unanswered = "unanswered_codes"
    case wrong = "wrong_codes"
  }

  private let world: World
  /// `nil` when unknown: then only the common budgets apply.
  private let network: String?

  init(world: World, network: String?) {
    self.world = world
    self.network = network
  }

  private func count(_ kind: Kind) -> EventCount? {
    network.map { network in
      EventCount(
        name: "network_\(kind.rawValue)", key: sha256(Array(network.utf8)), windowSeconds: 86_400)
    }
  }

  private func limit(_ kind: Kind) -> Int {
    switch kind {
    case .unanswered: world.limits.smsUnansweredPerNetworkPerDay
    case .wrong: world.limits.smsFailuresPerNetworkPerDay
    }
  }

  /// What is counted in these ways; nothing where the network is unknown.
  func counts(_ kinds: [Kind] = Kind.allCases) -> [EventCount] {
    kinds.compactMap { count($0) }
  }

  /// How long this network has to wait, if it has cost too much in one of these ways.
  ///
  /// - Parameter used: by ``SMSCodes/used(holding:in:at:)``
  /// - Returns: `nil` when it may go on, also when limits are only recorded
  func secondsToWait(
    _ kinds: [Kind], after used: [EventCount: Int], _ event: AuditEvent,
    in transaction: any Transaction, at now: Date
  ) throws -> Int? {
    for kind in kinds {
      guard let count = count(kind), used[count, default: 0] >= limit(kind) else { continue }
      if let seconds = try refuse(count, event, in: transaction, at: now) { return seconds }
    }
    return nil
  }

  private func refuse(
    _ count: EventCount, _ event: AuditEvent, in transaction: any Transaction, at now: Date
  ) throws -> Int? {
    // Once an hour for each customer, however often it is tried; where limits are only recorded,
    // whom they would have refused, to judge them by.
    try world.limitReached(
      event, of: "network/\(event.customer?.text ?? "")", in: transaction, at: now)
    switch world.limits.networkLimits {
    case .enforced: return count.secondsLeft(at: now)
    case .recorded: return nil
    }
  }

  /// Alerts an operator at half and at all of the limit, when one has just been counted.
  func tell(of kind: Kind, after used: [EventCount: Int]) {
    guard let count = count(kind), let used = used[count] else { return }
    let limit = limit(kind)
    if used == limit || used == max(1, limit / 2) {
      world.raise(.networkLimit(kind, used: used, limit: limit))
    }
  }

  /// A code was entered: the SMS was no waste.
  func answered(in transaction: any Transaction, at now: Date) throws {
    guard let count = count(.unanswered) else { return }
    try transaction.counts.decrease(count, at: now)
  }
}
