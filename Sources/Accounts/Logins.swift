internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import InternationalDomains
internal import Persistence

/// The login desk (J8).
package struct Logins: Sendable {
  let world: World
  let passwords: Passwords

  package init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  package enum Outcome: Hashable, Sendable {
    case loggedIn(Token, isConfirmed: Bool)
    /// One answer for an unknown user name, a wrong password and a pause after failures.
    case refused
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// «Bejelentkezés».
  ///
  /// The try is counted before the password is compared, and taken back when it was right, so that
  /// a hundred guesses at once are counted like a hundred in a row (CVE-2024-4629).
  package func logIn(userName: String, password: String) async throws -> Outcome {
    let now = world.now()
    guard !passwords.isTooLong(password) else { return .refused }
    let email = try? EmailAddress(typed: userName)
    let key = Logins.throttleKey(userName, email)
    let mayTry = try await world.store.write {
      try $0.countTry(ofUserName: key, at: now, limits: world.limits)
    }
    guard mayTry else { return .refused }
    let credentials: Credentials? =
      if let email {
        try await world.store.read { try $0.credentials(named: email) }
      } else {
        nil
      }
    let isRight: Bool
    do {
      isRight = try await passwords.verify(password, against: credentials?.passwordHash)
    } catch is HashingQueue.Overloaded {
      try await world.store.write { try $0.takeBackFailure(ofUserName: key) }
      return .overloaded
    }
    guard isRight, let credentials else {
      try await recordFailure(of: credentials?.account, at: now)
      return .refused
    }
    let newHash = try await renewedHash(of: password, credentials)
    return try await open(credentials, key, newHash: newHash, at: now)
  }

  /// All spellings of one user name share one count.
  private static func throttleKey(_ userName: String, _ email: EmailAddress?) -> [UInt8] {
    sha256(Array((email?.canonical ?? userName).utf8))
  }

  private func recordFailure(of account: Account?, at now: Date) async throws {
    try await world.store.write { transaction in
      try transaction.record(
        AuditEvent(kind: .loginFailed, customer: account?.customer, account: account?.id), at: now)
    }
  }

  private func renewedHash(
    of password: String, _ credentials: Credentials
  ) async throws -> String? {
    guard passwords.isOutdated(credentials.passwordHash) else { return nil }
    do { return try await passwords.hash(password) } catch is HashingQueue.Overloaded {
      // Next time; the old hash still serves.
      return nil
    }
  }

  private func open(
    _ credentials: Credentials, _ key: [UInt8], newHash: String?, at now: Date
  ) async throws -> Outcome {
    let token = Token(drawing: world.randomBytes)
    try await world.store.write { transaction in
      let account = credentials.account
      if let newHash {
        try transaction.replacePasswordHash(
          credentials.passwordHash, by: newHash, of: account.id)
      }
      try transaction.forgetThrottle(ofUserName: key)
      try transaction.openSession(token, of: account.id, at: now)
      try transaction.record(
        AuditEvent(kind: .loggedIn, customer: account.customer, account: account.id), at: now)
    }
    return .loggedIn(token, isConfirmed: credentials.account.isConfirmed)
  }
}
