internal import Cryptography
package import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

/// Replaces the password of a logged-in customer (J10).
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
    /// All other sessions have ended; this one continues under a new token (ASVS 7.2.4).
    case changed(Token)
    /// Wrong, or too many tries: one answer.
    case wrongPassword
    case refused([PasswordPolicy.Refusal])
    case isPresentPassword
    /// It has been changed often enough today.
    case tooMany
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
      .check(present, of: account.id)
    {
    case .opened(let hash): oldHash = hash
    case .wrong:
      // The same click twice: the first one has made the change.
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
        let count = EventCount(
          name: "password_change", key: Array("\(account.id)".utf8), windowSeconds: 86_400)
        guard
          try transaction.counts.usedAndHeld(count, at: now)
            < world.limits.passwordChangesPerAccountPerDay
        else { return .tooMany }
        guard try transaction.accounts.replacePasswordHash(oldHash, by: hash, of: account.id) else {
          return .wrongPassword
        }
        guard try transaction.sessions.replace(session, by: successor) else { throw SessionEnded() }
        try transaction.sessions.endAll(of: account.id, sparing: successor, at: now)
        try transaction.recoveries.kill(of: account.id, at: now)
        _ = try transaction.counts.increase(count, at: now)
        // Whoever tried the old one starts from the beginning with the new one.
        try LoginCounts.forget(account.email, in: transaction)
        try transaction.tellOfNewPassword(account, world, at: now)
        try transaction.record(
          AuditEvent(kind: .passwordChanged, customer: account.customer, account: account.id),
          at: now)
        return .changed(successor)
      }
    } catch is SessionEnded { return .loggedOut }
    if case .changed = outcome { world.dispatchSignal.send() }
    if outcome == .wrongPassword {
      return try await repeated(new, in: session) ?? .wrongPassword
    }
    return outcome
  }

  /// Undoes what the transaction has changed so far.
  private struct SessionEnded: Error {}

  /// The click after the one that changed the password, from a browser that lost the first answer
  /// and with it the new token.
  ///
  /// - Returns: `nil` when it is not: the new password is not the account's, or no session
  ///   continues from this one
  package func repeated(_ new: String, in session: Token) async throws -> Outcome? {
    let successor = successor(of: session)
    guard let account = try await Sessions(world: world).resume(successor) else { return nil }
    let gate = PasswordGate(world: world, passwords: passwords)
    let passage = try await gate.whileUnchanged(new, of: account.id) { transaction, _, _ in
      // Ended sessions do not come back, even for somebody who knows the password.
      try transaction.sessions.session(successor) != nil
    }
    switch passage {
    case .done(let isOpen): return isOpen ? .changed(successor) : nil
    case .wrong: return nil
    case .overloaded: return .overloaded
    }
  }

  /// The token under which a session continues: the same for the same click.
  private func successor(of session: Token) -> Token {
    Token(bytes: world.keys.sign(session.bytes, for: .sessionToken))
  }
}

extension Transaction {
  /// Tells an account's owner, by e-mail and SMS, that it has a new password.
  func tellOfNewPassword(_ account: Account, _ world: World, at now: Date) throws {
    let event = hexadecimal(world.randomBytes(8))
    try enqueue(
      world.correspondence.passwordChanged(account, event: event, at: now), to: account, at: now)
    try SMSNotices(world: world).send(to: account, in: self, at: now) { number in
      world.correspondence.passwordChanged(account, by: number, event: event, at: now)
    }
  }
}
