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
    let digits = Array(cookie.utf8)
    guard digits.count == Token.size * 2 else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Token.value(of: digits[place]), let low = Token.value(of: digits[place + 1])
      else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
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
