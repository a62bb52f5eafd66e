internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Forgets what nobody needs any more (GDPR art. 5 (1) e; security.md 2.7).
///
/// The times are named limits. Accounts, declarations, the audit trail and its seals stay: they are
/// the insurer's proof.
package struct Retention: Sendable {
  private let world: World

  /// Rows that one transaction takes at most, so that nobody waits for it.
  private static let batch = 500

  package init(world: World) {
    self.world = world
  }

  /// How often the instances go round together: a row outlives its time by this at most.
  package static let secondsBetweenRounds = 3600

  /// Goes through everything, if no instance has done so within the last hour.
  ///
  /// - Returns: how many rows were blanked or deleted; `nil` when another instance did it.
  package func goRound() async throws -> Int? {
    let now = world.now()
    let isOurs = try await world.store.write {
      try $0.claimRound(
        of: "retention", everySeconds: Retention.secondsBetweenRounds, at: now)
    }
    return isOurs ? try await sweep() : nil
  }

  /// Goes through everything once.
  ///
  /// - Returns: how many rows were blanked or deleted.
  @discardableResult
  package func sweep() async throws -> Int {
    let limits = world.limits
    let rounds: [(age: Int, forget: Forget)] = [
      (
        limits.abandonedDataSeconds,
        { try $0.blankRegistrations(endedBefore: $1, atMost: $2) }
      ),
      (limits.registrationSeconds, { try $0.deleteRegistrations(endedBefore: $1, atMost: $2) }),
      (limits.messageSeconds, { try $0.deleteMessages(queuedBefore: $1, atMost: $2) }),
      (limits.sessionSeconds, { try $0.deleteSessions(usedBefore: $1, atMost: $2) }),
      (limits.abandonedDataSeconds, { try $0.deleteRecoveries(endedBefore: $1, atMost: $2) }),
      (limits.knownDeviceSeconds, { try $0.deleteKnownDevices(seenBefore: $1, atMost: $2) }),
      (limits.countSeconds, { try $0.deleteEventCounts(before: $1, atMost: $2) }),
      (limits.dataRequestSeconds, { try $0.deleteDataRequests(doneBefore: $1, atMost: $2) }),
      (
        limits.abandonedDataSeconds,
        { try $0.deleteAddressChanges(endedBefore: $1, atMost: $2) }
      ),
      (limits.abandonedDataSeconds, { try $0.deleteAddressUndos(endedBefore: $1, atMost: $2) }),
      (limits.handOverSeconds, { try $0.deleteHandOvers(acknowledgedBefore: $1, atMost: $2) }),
      (86_400, { try $0.deleteThrottles(before: $1, atMost: $2) }),
    ]
    var count = 0
    for (age, forget) in rounds {
      count += try await all(before: world.now().addingTimeInterval(-Double(age)), forget)
    }
    return count
  }

  /// Takes rows that are older than an instant, at most so many, and answers how many it took.
  private typealias Forget = @Sendable (any Transaction, Date, Int) throws -> Int

  private func all(before cutoff: Date, _ forget: @escaping Forget) async throws -> Int {
    var count = 0
    while true {
      let taken = try await world.store.write { try forget($0, cutoff, Retention.batch) }
      count += taken
      if taken < Retention.batch { return count }
    }
  }
}
