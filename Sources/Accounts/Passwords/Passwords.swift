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
  /// A hash that no password matches; comparing with it costs what a real comparison costs, so that
  /// an unknown user name takes as long as a known one (ASVS 6.3.8).
  private let decoyHash: String

  /// - Throws: when the list of common passwords that ships with Belépő cannot be read.
  package init(
    policy: PasswordPolicy, contextWords: [String], argon2id: Argon2id, queue: HashingQueue
  ) throws {
    self.policy = policy
    self.contextWords = contextWords
    self.argon2id = argon2id
    self.queue = queue
    common = try CommonPasswords.load(for: policy)
    decoyHash = try argon2id.hash(RandomBytes.system(32))
  }

  package func refusals(
    of password: String, email: EmailAddress
  ) -> [PasswordPolicy.Refusal] {
    policy.refusals(of: password, email: email, contextWords: contextWords) {
      isCommon($0.lowercased())
    }
  }

  /// Whether a password is on the list, or a word of the list with a year: `Summer2024` is as easy
  /// to guess as `summer1`, and a list of all years would never be whole (ASVS 6.2.4).
  private func isCommon(_ password: String) -> Bool {
    if common.contains(password) { return true }
    let bytes = Array(password.utf8)
    func isYear(_ digits: ArraySlice<UInt8>) -> Bool {
      let text = String(decoding: digits, as: UTF8.self)
      return text.utf8.count == 4 && (text.hasPrefix("19") || text.hasPrefix("20"))
        && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
    let words = [
      isYear(bytes.suffix(4)) ? bytes.dropLast(4) : [],
      isYear(bytes.prefix(4)) ? bytes.dropFirst(4) : [],
    ].filter { $0.count >= Passwords.shortestWordWithYear }
    return words.contains { word in
      let word = String(decoding: word, as: UTF8.self)
      return ["", "1", "12", "123", "01"].contains { common.contains(word + $0) }
    }
  }

  /// Shorter ones stand before a year by chance.
  private static let shortestWordWithYear = 3

  /// - Throws: ``HashingQueue/Overloaded``.
  func hash(_ password: String) async throws -> String {
    let bytes = Array(password.utf8)
    do {
      return try await queue.run { [argon2id] in try argon2id.hash(bytes) }
    } catch is Argon2id.OutOfMemory {
      throw HashingQueue.Overloaded()
    }
  }

  /// Compares with the hash, or without one with a hash that nothing matches.
  ///
  /// - Parameter model: some account's hash, whose cost the comparison with nothing is to have
  /// - Throws: ``HashingQueue/Overloaded``.
  func verify(
    _ password: String, against hash: String?, orLike model: String? = nil
  ) async throws -> Bool {
    let bytes = Array(password.utf8)
    let stored = hash ?? model.map { Argon2id.decoy(decoyHash, like: $0) } ?? decoyHash
    do {
      let isRight = try await queue.run { try Argon2id.verify(bytes, against: stored) }
      return isRight && hash != nil
    } catch is Argon2id.OutOfMemory {
      throw HashingQueue.Overloaded()
    }
  }

  /// The hash of an account that needs a new password: comparing with it takes as long as usual,
  /// and nothing matches.
  var unmatchableHash: String { decoyHash }

  /// Whether a hash was made with parameters other than today's.
  func isOutdated(_ hash: String) -> Bool {
    argon2id.isOutdated(hash)
  }

  /// Longer input is refused before anything is computed (attack 40).
  func isTooLong(_ password: String) -> Bool {
    password.utf8.count > PasswordPolicy.maximumBytes
  }
}
