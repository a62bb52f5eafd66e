package import Cryptography
package import Domain
internal import Foundation

/// What a password must be, and how it is kept (D 3).
package struct Passwords: Sendable {
  let policy: PasswordPolicy
  private let contextWords: [String]
  private let common: Set<String>
  private let argon2id: Argon2id
  private let queue: HashingQueue
  /// A hash that no password fits; comparing with it costs what a real comparison costs, so that an
  /// unknown user name takes as long as a known one (ASVS 6.3.8).
  private let nobodysHash: String

  /// - Throws: when the list of common passwords that ships with Belépő cannot be read.
  package init(
    policy: PasswordPolicy, contextWords: [String], argon2id: Argon2id, queue: HashingQueue
  ) throws {
    self.policy = policy
    self.contextWords = contextWords
    self.argon2id = argon2id
    self.queue = queue
    common = try CommonPasswords.load(for: policy)
    nobodysHash = try argon2id.hash(RandomBytes.system(32))
  }

  package func refusals(
    of password: String, email: EmailAddress
  ) -> [PasswordPolicy.Refusal] {
    policy.refusals(of: password, email: email, contextWords: contextWords) {
      common.contains($0.lowercased())
    }
  }

  /// - Throws: ``HashingQueue/Overloaded``.
  func hash(_ password: String) async throws -> String {
    let bytes = Array(password.utf8)
    do {
      return try await queue.run { [argon2id] in try argon2id.hash(bytes) }
    } catch is Argon2id.OutOfMemory {
      throw HashingQueue.Overloaded()
    }
  }

  /// Compares with the hash, or with nobody's when there is none.
  ///
  /// - Throws: ``HashingQueue/Overloaded``.
  func verify(_ password: String, against hash: String?) async throws -> Bool {
    let bytes = Array(password.utf8)
    let stored = hash ?? nobodysHash
    do {
      let isRight = try await queue.run { try Argon2id.verify(bytes, against: stored) }
      return isRight && hash != nil
    } catch is Argon2id.OutOfMemory {
      throw HashingQueue.Overloaded()
    }
  }

  /// The hash of an account whose password must be chosen anew: comparing with it takes as long as
  /// ever, and nothing fits.
  var hashOfNobody: String { nobodysHash }

  /// Whether a hash was made with other parameters than today's.
  func isOutdated(_ hash: String) -> Bool {
    argon2id.isOutdated(hash)
  }

  /// Longer input is refused before anything is computed (attack 40).
  func isTooLong(_ password: String) -> Bool {
    password.utf8.count > PasswordPolicy.maximumBytes
  }
}
