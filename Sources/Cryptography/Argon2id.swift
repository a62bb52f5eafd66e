internal import CSodium
internal import Glibc

/// Slow hashing of passwords, kept as PHC strings (D 3; ASVS 11.4.2, RFC 9106).
package struct Argon2id: Hashable, Sendable {
  /// Memory of one hash in KiB; 19,456 is the least that OWASP and ASVS appendix C allow for two
  /// passes.
  package let memoryKiB: Int
  package let passes: Int

  package static let standard = Argon2id(memoryKiB: 19_456, passes: 2)

  /// - Precondition: at least 8 KiB and one pass; the configuration has checked its own, stricter
  ///   range before.
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

  /// Whether the password made this hash, with the parameters that the hash itself names.
  ///
  /// - Throws: ``OutOfMemory``: nobody knows then whether the password was right.
  package static func verify(
    _ password: [UInt8], against hash: String
  ) throws(OutOfMemory) -> Bool {
    Sodium.prepare()
    errno = 0
    let status = crypto_pwhash_str_verify(hash, characters(password), UInt64(password.count))
    // libsodium says EINVAL for a wrong password, and nothing for a hash it cannot read.
    if status != 0, errno == ENOMEM { throw OutOfMemory() }
    return status == 0
  }

  private static func characters(_ bytes: [UInt8]) -> [CChar] {
    bytes.map { CChar(bitPattern: $0) }
  }

  /// Whether a stored hash was made with other parameters than these.
  package func isOutdated(_ hash: String) -> Bool {
    crypto_pwhash_str_needs_rehash(hash, UInt64(passes), memoryKiB * 1024) != 0
  }
}
