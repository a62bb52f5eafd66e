internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Forgets what nobody needs any longer (GDPR art. 5 (1) e).
///
/// The times are named limits. Accounts, declarations, the audit trail and its seals stay: they are
/// the insurer's proof.
package struct Retention: Sendable {
  private let world: World

  /// The most rows in one transaction, so that nobody has to wait for it.
  private static let batch = 500

  package init(world: World) {
    self.world = world
  }

  /// How often one of the instances goes through everything: at most, a row is this much overdue.
  package static let secondsBetweenRuns = 3600

  /// Goes through everything, unless an instance has done so within the last hour.
  ///
  /// - Returns: how many rows were blanked or deleted; `nil` when another instance did it.
  package func runIfDue() async throws -> Int? {
    let now = world.now()
    let isOurs = try await world.store.write {
      try $0.jobs.claim(
        "retention", everySeconds: Retention.secondsBetweenRuns, at: now)
    }
    return isOurs ? try await sweep() : nil
  }

  /// Goes through everything once.
  ///
  /// - Returns: how many rows were blanked or deleted.
  @discardableResult
  package func sweep() async throws -> Int {
    let kept = world.limits.retention
    let steps: [(age: Int, forget: Forget)] = [
      (
        kept.abandonedDataSeconds,
        { try $0.retention.blankRegistrations(endedBefore: $1, atMost: $2) }
      ),
      (
        kept.registrationSeconds,
        { try $0.retention.deleteRegistrations(endedBefore: $1, atMost: $2) }
      ),
      (kept.messageSeconds, { try $0.retention.deleteMessages(queuedBefore: $1, atMost: $2) }),
      (kept.sessionSeconds, { try $0.retention.deleteSessions(usedBefore: $1, atMost: $2) }),
      (kept.abandonedDataSeconds, { try $0.recoveries.delete(endedBefore: $1, atMost: $2) }),
      (kept.knownDeviceSeconds, { try $0.devices.delete(seenBefore: $1, atMost: $2) }),
      (kept.countSeconds, { try $0.retention.deleteEventCounts(before: $1, atMost: $2) }),
      (
        kept.anonymousEventSeconds,
        { try $0.retention.deleteAnonymousEvents(before: $1, atMost: $2) }
      ),
      (kept.dataRequestSeconds, { try $0.dataRequests.delete(doneBefore: $1, atMost: $2) }),
      (
        kept.abandonedDataSeconds,
        { try $0.addresses.deleteChanges(endedBefore: $1, atMost: $2) }
      ),
      (kept.abandonedDataSeconds, { try $0.addresses.deleteUndos(endedBefore: $1, atMost: $2) }),
      (kept.handOverSeconds, { try $0.handOvers.delete(acknowledgedBefore: $1, atMost: $2) }),
      (kept.countSeconds, { try $0.staff.deleteOpenings(before: $1, atMost: $2) }),
      (kept.sessionSeconds, { try $0.staff.deleteSessions(usedBefore: $1, atMost: $2) }),
      // Nobody reads a search again once its session is over.
      (
        world.limits.staff.sessionIdleSeconds,
        { try $0.staff.forgetSearches(usedBefore: $1, atMost: $2) }
      ),
      (
        max(kept.abandonedDataSeconds, world.limits.staff.consentLifetimeSeconds),
        { try $0.staffConsents.delete(askedBefore: $1, atMost: $2) }
      ),
      (
        kept.abandonedDataSeconds,
        { try $0.registerCopies.forgetStrangers(askedBefore: $1, atMost: $2) }
      ),
      (86_400, { try $0.retention.deleteThrottles(before: $1, atMost: $2) }),
    ]
    var count = 0
    for (age, forget) in steps {
      count += try await all(before: world.now().addingTimeInterval(-Double(age)), forget)
    }
    return count
  }

  /// Takes at most so many rows that are older than an instant, and returns how many it took.
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
