internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import Persistence

/// Asks who is logged in for the password once more, before something that a stolen cookie must not
/// be enough for (ASVS 7.5.1).
struct PasswordGate: Sendable {
  private let world: World
  private let passwords: Passwords

  init(world: World, passwords: Passwords) {
    self.world = world
    self.passwords = passwords
  }

  enum Answer: Hashable, Sendable {
    /// With the hash that the password was compared with: what is changed on the strength of it
    /// changes only while it is still the account's.
    case opened(hash: String)
    /// Wrong, or too many tries: one answer.
    case wrong
    /// Too many hashes are waiting (D 3).
    case overloaded
  }

  /// A wrong password here counts like a failed login (ASVS 6.2.3), and is counted before it is
  /// compared.
  func asks(_ password: String, of account: Int64) async throws -> Answer {
    guard !passwords.isTooLong(password) else { return .wrong }
    let now = world.now()
    let credentials = try await world.store.write { transaction -> Credentials? in
      guard let credentials = try transaction.credentials(of: account) else { return nil }
      let key = PasswordGate.key(of: credentials)
      return try transaction.countTry(ofUserName: key, at: now, limits: world.limits)
        ? credentials : nil
    }
    guard let credentials else { return .wrong }
    let key = PasswordGate.key(of: credentials)
    do {
      guard try await passwords.verify(password, against: credentials.passwordHash) else {
        return .wrong
      }
    } catch is HashingQueue.Overloaded {
      try await world.store.write { try $0.takeBackFailure(ofUserName: key) }
      return .overloaded
    }
    try await world.store.write { try $0.forgetThrottle(ofUserName: key) }
    return .opened(hash: credentials.passwordHash)
  }

  private static func key(of credentials: Credentials) -> [UInt8] {
    sha256(Array(credentials.account.email.canonical.utf8))
  }
}
