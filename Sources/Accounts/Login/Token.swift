package import Cryptography

/// What a browser keeps in a cookie to be recognised: 256 unguessable bits (D 8).
///
/// The database has only the hash, so that a copy of it opens nothing.
package struct Token: Hashable, Sendable, CustomStringConvertible {
  /// Bytes of a token.
  package static let size = 32

  let bytes: [UInt8]

  package init(drawing randomBytes: RandomBytes) {
    bytes = randomBytes(Token.size)
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads a cookie's value; anything but 64 lower-case hexadecimal digits is not a token.
  package init?(_ cookie: some StringProtocol) {
    guard cookie.utf8.count == Token.size * 2,
      let bytes = Cryptography.bytes(hexadecimal: cookie),
      // Capitals are read, too, but a token has one spelling.
      hexadecimal(bytes) == cookie
    else { return nil }
    self.bytes = bytes
  }

  /// For the cookie, and for nothing else.
  package consuming func reveal() -> String {
    hexadecimal(bytes)
  }

  /// What the database stores instead of it.
  package var hash: [UInt8] { sha256(bytes) }

  /// A token is a key: it never shows in a log.
  package var description: String { "Token(••••)" }
}
