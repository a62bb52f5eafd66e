package import Cryptography

/// Proves that a form was asked for by the browser that posts it (ASVS 3.5.1).
///
/// A token is a nonce with its HMAC over the browser's cookies. The nonce also names the one click:
/// what is posted twice with one token is one thing.
package struct FormTokens: Sendable {
  private let keys: SecretKeys
  private let randomBytes: RandomBytes
  private static let nonceSize = 16
  private static let signatureSize = 32

  package init(keys: SecretKeys, randomBytes: RandomBytes) {
    self.keys = keys
    self.randomBytes = randomBytes
  }

  /// A token for a form of this browser; it gives the browser a visitor cookie if it has none.
  func issue(in context: SiteContext) -> String {
    let visitor = context.cookies[.visitor] ?? newVisitor(in: context)
    let nonce = randomBytes(FormTokens.nonceSize)
    let signature = keys.sign(
      FormTokens.message(nonce, visitor, context.cookies[.session]), for: .formToken)
    return hexadecimal(nonce + signature)
  }

  private func newVisitor(in context: SiteContext) -> String {
    let visitor = hexadecimal(randomBytes(32))
    context.set(.visitor, to: visitor)
    return visitor
  }

  /// Whether this browser was given the token.
  func accepts(_ token: String, in context: SiteContext) -> Bool {
    guard let visitor = context.cookies[.visitor], let bytes = FormTokens.bytes(of: token) else {
      return false
    }
    let message = FormTokens.message(
      Array(bytes.prefix(FormTokens.nonceSize)), visitor, context.cookies[.session])
    return keys.verify(
      Array(bytes.dropFirst(FormTokens.nonceSize)), of: message, for: .formToken)
  }

  private static func message(_ nonce: [UInt8], _ visitor: String, _ session: String?) -> [UInt8] {
    nonce + Array("\(visitor)|\(session ?? "")".utf8)
  }

  private static func bytes(of token: String) -> [UInt8]? {
    let digits = Array(token.utf8)
    guard digits.count == (nonceSize + signatureSize) * 2 else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard
        let byte = UInt8(String(decoding: digits[place...(place + 1)], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
