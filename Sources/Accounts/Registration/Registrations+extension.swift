internal import Domain
internal import FoundationEssentials
internal import Persistence

extension Registrations {
  /// «Folytatom»: a registration that is still alive gets its whole time again, up to the longest
  /// that one may live (WCAG 2.2.1).
  ///
  /// - Returns: whether it is alive.
  package func extend(_ token: Token) async throws -> Bool {
    let now = world.now()
    return try await world.store.write { transaction in
      guard let life = try transaction.registrations.life(of: token), life.expiresAt > now else {
        return false
      }
      let end = min(
        now.addingTimeInterval(Double(limits.registrationLifetimeSeconds)),
        latestEnd(ofOneBegunAt: life.startedAt))
      if end > life.expiresAt { try transaction.registrations.extend(token, until: end) }
      return true
    }
  }

  func latestEnd(ofOneBegunAt start: Date) -> Date {
    start.addingTimeInterval(Double(limits.registrationLongestSeconds))
  }
}
