internal import CSodium
internal import Glibc

/// Slow hashing of passwords, kept as PHC strings (D 3; ASVS 11.4.2, RFC 9106).
package struct Argon2id: Hashable, Sendable {
  /// Memory of one hash in KiB.
  package let memoryKiB: Int
  package let passes: Int

  /// The cheapest of ``floors`` here: for every hash the system maps and clears the memory anew.
  package static let standard = Argon2id(memoryKiB: 12_288, passes: 3)

  /// Pairs of equal strength, the weakest that OWASP and ASVS appendix C allow.
  package static let floors = [
    Argon2id(memoryKiB: 12_288, passes: 3), Argon2id(memoryKiB: 19_456, passes: 2),
  ]

  /// Whether it is at least as strong as one of ``floors``.
  package var isAllowed: Bool {
    Argon2id.floors.contains { memoryKiB >= $0.memoryKiB && passes >= $0.passes }
  }

  /// - Precondition: at least 8 KiB and one pass; the configuration has already checked its own,
  ///   stricter range.
  package init(memoryKiB: Int, passes: Int) {
    precondition(memoryKiB >= 8 && memoryKiB <= 4_194_304 && passes >= 1 && passes <= 100)
    self.memoryKiB = memoryKiB
    self.passes = passes
  }

  package struct OutOfMemory: Error {}

  /// A salted hash as a PHC string. Slow on purpose: never on an event loop.
  package func hash(_ password: [UInt8]) throws(OutOfMemory) -> String {
    Sodium.prepare()
    var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
    let status = crypto_pwhash_str_alg(
      &text, Argon2id.characters(password), UInt64(password.count), UInt64(passes),
      memoryKiB * 1024, crypto_pwhash_ALG_ARGON2ID13)
    guard status == 0 else { throw OutOfMemory() }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether the password made this hash, with the parameters named in the hash itself.
  ///
  /// - Throws: ``OutOfMemory``: nobody knows then whether the password was right.
  package static func verify(
    _ password: [UInt8], against hash: String
  ) throws(OutOfMemory) -> Bool {
    Sodium.prepare()
    errno = 0
    let status = crypto_pwhash_str_verify(hash, characters(password), UInt64(password.count))
    // libsodium sets EINVAL for a wrong password, and nothing for a hash it cannot read.
    if status != 0, errno == ENOMEM { throw OutOfMemory() }
    return status == 0
  }

  /// A hash with the salt and the result of one and the parameters of another: nothing matches it,
  /// and comparing with it costs what comparing with the other costs.
  package static func decoy(_ hash: String, like other: String) -> String {
    // "", the algorithm, its version, the parameters, the salt, the result.
    var parts = hash.split(separator: "$", omittingEmptySubsequences: false)
    let others = other.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, others.count == 6 else { return hash }
    parts[3] = others[3]
    return parts.joined(separator: "$")
  }

  private static func characters(_ bytes: [UInt8]) -> [CChar] {
    bytes.map { CChar(bitPattern: $0) }
  }

  /// Whether a stored hash was made with parameters other than these.
  package func isOutdated(_ hash: String) -> Bool {
    crypto_pwhash_str_needs_rehash(hash, UInt64(passes), memoryKiB * 1024) != 0
  }
}
