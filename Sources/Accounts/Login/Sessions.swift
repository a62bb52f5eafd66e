package import Domain
package import FoundationEssentials
internal import Persistence

/// Recognises a logged-in browser, until it has been idle too long or has logged out (D 8).
package struct Sessions: Sendable {
  private let world: World

  /// A session's last use is recorded no more often than this: a write for every page view would
  /// cost more than the idle limit is worth in precision.
  private var touchSeconds: Double { min(60, Double(world.limits.sessionIdleSeconds) / 10) }

  package init(world: World) {
    self.world = world
  }

  /// A session that is still valid, and when it ends.
  package struct Live: Sendable {
    package let account: Account
    /// The customer's name in the register; empty for who has left it.
    package let name: String
    /// When it ends unless the portal is used before.
    package let endsAt: Date
    package let secondsLeft: Int
    /// Whether using the portal moves the end: at the session's greatest age nothing does.
    package let mayBeExtended: Bool
    /// Whether its owner has proven lately to be it, for what a thief would do first (ASVS 7.5.3).
    package let isProven: Bool
  }

  /// A session that is still valid, used by this request.
  ///
  /// What the register and staff say about the account is read with the session: a change acts
  /// with the next request, and what it ends stays ended (D 12).
  package func use(_ token: Token) async throws -> Live? {
    let now = world.now()
    guard let session = try await open(token, at: now) else { return nil }
    guard now.timeIntervalSince(session.lastUsedAt) >= touchSeconds else {
      return live(session, lastUsedAt: session.lastUsedAt, at: now)
    }
    try await world.store.write(.oneStatement) { try $0.sessions.touch(token, at: now) }
    return live(session, lastUsedAt: now, at: now)
  }

  /// The account of a session that is still valid, used by this request.
  package func resume(_ token: Token) async throws -> Account? {
    try await use(token)?.account
  }

  /// A session that is still valid, without using it.
  package func look(at token: Token) async throws -> Live? {
    let now = world.now()
    return try await open(token, at: now).map { live($0, lastUsedAt: $0.lastUsedAt, at: now) }
  }

  /// «Folytatom»: the time to the end begins anew.
  ///
  /// - Returns: the session; `nil` when it is over.
  package func extend(_ token: Token) async throws -> Live? {
    let now = world.now()
    guard let session = try await open(token, at: now) else { return nil }
    try await world.store.write(.oneStatement) { try $0.sessions.touch(token, at: now) }
    return live(session, lastUsedAt: now, at: now)
  }

  /// Whose session it was, also when its time has run out; `nil` when it was ended.
  package func owner(of token: Token) async throws -> Account.ID? {
    try await session(token)?.account.id
  }

  private func open(_ token: Token, at now: Date) async throws -> SessionRow? {
    guard var session = try await session(token), isAlive(session, at: now) else { return nil }
    if try await world.follows(session.account.customer) {
      guard let fresh = try await self.session(token) else { return nil }
      session = fresh
    }
    guard session.account.standing.isOpen else {
      try await endAll(of: session.account, at: now)
      return nil
    }
    return session
  }

  private func live(_ session: SessionRow, lastUsedAt: Date, at now: Date) -> Live {
    let oldest = session.createdAt.addingTimeInterval(Double(world.limits.sessionAbsoluteSeconds))
    let idle = lastUsedAt.addingTimeInterval(Double(world.limits.sessionIdleSeconds))
    let end = min(idle, oldest)
    return Live(
      account: session.account, name: session.name, endsAt: end,
      secondsLeft: max(0, Int(end.timeIntervalSince(now))), mayBeExtended: idle < oldest,
      isProven: session.proof.isEnough(at: now, limits: world.limits))
  }

  private func session(_ token: Token) async throws -> SessionRow? {
    try await world.store.read(.oneStatement) { try $0.sessions.session(token) }
  }

  private func endAll(of account: Account, at now: Date) async throws {
    try await world.store.write { transaction in
      guard try transaction.sessions.endAll(of: account.id, at: now) > 0 else { return }
      try transaction.record(
        AuditEvent(
          kind: .sessionsEndedByRegister, detail: account.standing.owner.rawValue,
          customer: account.customer, account: account.id),
        at: now)
    }
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
    try await world.store.write { try $0.sessions.logOut(token, at: now) }
  }
}
