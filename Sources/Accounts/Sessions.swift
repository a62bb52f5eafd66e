package import Domain
internal import FoundationEssentials
internal import Persistence

/// Knows a logged-in browser again, until it was idle too long or logged out (D 8).
package struct Sessions: Sendable {
  private let world: World

  /// A session's last use is written down no oftener than this: a write for every page view would
  /// cost more than the idle limit is exact.
  private var touchSeconds: Double { min(60, Double(world.limits.sessionIdleSeconds) / 10) }

  package init(world: World) {
    self.world = world
  }

  /// The account of a session that is still good.
  package func resume(_ token: Token) async throws -> Account? {
    let now = world.now()
    guard let session = try await world.store.read({ try $0.session(token) }),
      isAlive(session, at: now)
    else { return nil }
    if now.timeIntervalSince(session.lastUsedAt) >= touchSeconds {
      try await world.store.write { try $0.touchSession(token, at: now) }
    }
    return session.account
  }

  private func isAlive(_ session: SessionRow, at now: Date) -> Bool {
    let idle = now.timeIntervalSince(session.lastUsedAt)
    let age = now.timeIntervalSince(session.createdAt)
    return idle < Double(world.limits.sessionIdleSeconds)
      && age < Double(world.limits.sessionAbsoluteSeconds)
  }

  /// «Kijelentkezés».
  package func end(_ token: Token) async throws {
    let now = world.now()
    try await world.store.write { try $0.logOut(token, at: now) }
  }
}
