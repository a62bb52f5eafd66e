internal import Crypto

/// A time-based one-time password (TOTP, RFC 6238): HMAC-SHA-1, steps of 30 seconds, which is what
/// every authenticator app can do.
///
/// libsodium has no HMAC-SHA-1 (D 10).
package struct TimeBasedPassword: Sendable {
  /// Seconds for which one password is shown.
  package static let stepSeconds = 30
  /// Bytes of a secret: as many as SHA-1 has (RFC 4226, 4).
  package static let secretSize = 20

  private let secret: [UInt8]
  private let digits: Int

  package init(secret: [UInt8], digits: Int = 6) {
    self.secret = secret
    self.digits = digits
  }

  /// The number of the step that an instant is in.
  ///
  /// - Parameter seconds: since 1970; before that there is no step
  package static func step(at seconds: Int64) -> Int64 { max(0, seconds) / Int64(stepSeconds) }

  /// The password of a step, with its leading zeros (RFC 4226, 5.3).
  package func password(at step: Int64) -> String {
    let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
    let tag = Array(
      HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
    let start = Int((tag.last ?? 0) & 0x0F)
    let number = tag.dropFirst(start).prefix(4).enumerated().reduce(UInt32(0)) { sum, byte in
      sum << 8 | UInt32(byte.offset == 0 ? byte.element & 0x7F : byte.element)
    }
    let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product &* 10 }
    let text = String(number % max(1, modulus))
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  // MARK: For the app

  /// The secret as people type it into an app: RFC 4648 base 32 without padding.
  package var base32: String {
    let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    var text: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in secret {
      bits = (bits << 8 | Int(byte)) & 0xFFFF
      count += 8
      while count >= 5 {
        count -= 5
        text.append(symbols[bits >> count & 31])
      }
    }
    if count > 0 { text.append(symbols[bits << (5 - count) & 31]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// What a QR code tells an app ("Key URI Format").
  ///
  /// - Parameters:
  ///   - issuer: whose account it is
  ///   - name: of the account
  package func address(issuer: String, name: String) -> String {
    "otpauth://totp/\(Self.escaped(issuer)):\(Self.escaped(name))?secret=\(base32)"
      + "&issuer=\(Self.escaped(issuer))"
  }

  private static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var escaped: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        escaped.append(byte)
      default: escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }
}
