internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Asks a logged-in customer for the password again, before anything that a stolen cookie must not
/// be enough for (ASVS 7.5.1).
struct PasswordGate: Sendable {
  private let world: World
  private let passwords: Passwords

  init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  enum Answer: Hashable, Sendable {
    /// With the hash that the password was compared with: what the caller then changes, it changes
    /// only while this is still the account's hash.
    case opened(hash: String)
    /// Wrong, or too many tries: one answer.
    case wrong
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// A wrong password here counts like a failed login (ASVS 6.2.3), before it is compared, and
  /// apart from the logins: a stranger at the login must not close this gate (D 13).
  func check(_ password: String, of account: Account.ID) async throws -> Answer {
    guard !passwords.isTooLong(password) else { return .wrong }
    let now = world.now()
    let credentials = try await world.store.write { transaction -> Credentials? in
      guard let credentials = try transaction.accounts.credentials(of: account) else { return nil }
      return try transaction.loginThrottles.countTry(
        ofUserName: PasswordGate.key(of: account), at: now, limits: world.limits)
        ? credentials : nil
    }
    guard let credentials else { return .wrong }
    let key = PasswordGate.key(of: account)
    do {
      guard try await passwords.verify(password, against: credentials.passwordHash) else {
        return .wrong
      }
    } catch is HashingQueue.Overloaded {
      try await world.store.write { try $0.loginThrottles.takeBackFailure(ofUserName: key) }
      return .overloaded
    }
    _ = try await world.store.write { try $0.loginThrottles.forget(ofUserName: key) }
    return .opened(hash: credentials.passwordHash)
  }

  /// The result of work behind the gate.
  enum Passage<Result: Sendable>: Sendable {
    case done(Result)
    /// The password is wrong, there were too many tries, or the password has changed meanwhile.
    case wrong
    case overloaded
  }

  /// Asks for the password, and works on the account in a transaction that begins only while the
  /// password is still the one that was compared: somebody who knew the old one cannot overrule a
  /// change or a new registration made meanwhile.
  func whileUnchanged<Result: Sendable>(
    _ password: String, of id: Account.ID,
    _ work: @escaping @Sendable (any Transaction, Account, Date) throws -> Result
  ) async throws -> Passage<Result> {
    let hash: String
    switch try await check(password, of: id) {
    case .opened(let compared): hash = compared
    case .wrong: return .wrong
    case .overloaded: return .overloaded
    }
    let now = world.now()
    return try await world.store.write { transaction in
      let account = try transaction.accounts.held(id)
      guard try transaction.accounts.credentials(of: id)?.passwordHash == hash else {
        return .wrong
      }
      return .done(try work(transaction, account, now))
    }
  }

  private static func key(of account: Account.ID) -> [UInt8] {
    sha256(Array("password gate/\(account)".utf8))
  }
}
