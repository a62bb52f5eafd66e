internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// The desk where who is logged in replaces the password (J10).
package struct PasswordChanges: Sendable {
  private let world: World
  private let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  /// The rules that the page shows.
  package var passwordPolicy: PasswordPolicy { passwords.policy }

  package enum Outcome: Hashable, Sendable {
    /// All other sessions are ended; this one goes on under a new token (ASVS 7.2.4).
    case changed(Token)
    /// Wrong, or too many tries: one answer.
    case wrongPassword
    case refused([PasswordPolicy.Refusal])
    case isPresentPassword
    /// The session has ended meanwhile.
    case loggedOut
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// «Jelszó módosítása».
  package func change(
    _ present: String, to new: String, of account: Account, in session: Token
  ) async throws -> Outcome {
    let now = world.now()
    let oldHash: String
    switch try await PasswordGate(world: world, passwords: passwords)
      .asks(present, of: account.id)
    {
    case .opened(let hash): oldHash = hash
    case .wrong:
      // The same click twice: the first one has done it.
      return try await repeated(new, in: session) ?? .wrongPassword
    case .overloaded: return .overloaded
    }
    let refusals = passwords.refusals(of: new, email: account.email)
    guard refusals.isEmpty else { return .refused(refusals) }
    guard new != present else { return .isPresentPassword }
    let hash: String
    do { hash = try await passwords.hash(new) } catch is HashingQueue.Overloaded {
      return .overloaded
    }
    let successor = successor(of: session)
    let outcome: Outcome
    do {
      outcome = try await world.store.write { transaction in
        guard try transaction.replacePasswordHash(oldHash, by: hash, of: account.id) else {
          return .wrongPassword
        }
        guard try transaction.replace(session, by: successor) else { throw SessionEnded() }
        try transaction.endSessions(of: account.id, sparing: successor, at: now)
        try transaction.killRecoveries(of: account.id)
        try transaction.tellOfNewPassword(account, world, at: now)
        try transaction.record(
          AuditEvent(kind: .passwordChanged, customer: account.customer, account: account.id),
          at: now)
        return .changed(successor)
      }
    } catch is SessionEnded { return .loggedOut }
    if case .changed = outcome { world.doorbell.ring() }
    if outcome == .wrongPassword {
      return try await repeated(new, in: session) ?? .wrongPassword
    }
    return outcome
  }

  /// Undoes what the transaction has changed so far.
  private struct SessionEnded: Error {}

  /// The click that comes after the one that has changed the password, from a browser that lost the
  /// first answer and with it the new token.
  ///
  /// - Returns: `nil` when it is none: the new password is not the account's, or no session goes on
  ///   from this one
  package func repeated(_ new: String, in session: Token) async throws -> Outcome? {
    let successor = successor(of: session)
    guard let account = try await Sessions(world: world).resume(successor) else { return nil }
    switch try await PasswordGate(world: world, passwords: passwords).asks(new, of: account.id) {
    case .opened: return .changed(successor)
    case .wrong: return nil
    case .overloaded: return .overloaded
    }
  }

  /// The token under which a session goes on: the same for the same click.
  private func successor(of session: Token) -> Token {
    Token(bytes: world.keys.sign(session.bytes, for: .sessionToken))
  }
}

extension Transaction {
  /// Tells the owner of an account, by e-mail and SMS, that it has a new password.
  func tellOfNewPassword(_ account: Account, _ world: World, at now: Date) throws {
    let event = hexadecimal(world.randomBytes(8))
    try enqueue(
      world.correspondence.passwordChanged(account, event: event, at: now), at: now)
    guard let registered = try customer(account.customer), registered.status == .active,
      let number = registered.smsNumber, number.hasPrefix(in: world.limits.mobilePrefixes)
    else { return }
    try enqueue(
      world.correspondence.passwordChanged(account, by: number, event: event, at: now), at: now)
  }
}
