package import Cryptography

/// Proves that a form was requested by the browser that posts it (ASVS 3.5.1).
///
/// A token is a nonce with its HMAC over the browser's cookies. The nonce also identifies one
/// click: whatever is posted twice with one token is one thing.
package struct FormTokens: Sendable {
  private let keys: SecretKeys
  private let randomBytes: RandomBytes
  private let traits: SiteTraits
  private static let nonceSize = 16
  private static let signatureSize = 32

  package init(
    keys: SecretKeys, randomBytes: RandomBytes, traits: SiteTraits = .customers
  ) {
    self.keys = keys
    self.randomBytes = randomBytes
    self.traits = traits
  }

  /// A token for a form of this browser, which gets a visitor cookie if it has none.
  func issue(in context: SiteContext) -> String {
    let visitor = context.cookies[traits.visitor] ?? newVisitor(in: context)
    let nonce = randomBytes(FormTokens.nonceSize)
    let signature = keys.sign(
      FormTokens.message(nonce, visitor, context.cookies[traits.session]), for: .formToken)
    return hexadecimal(nonce + signature)
  }

  private func newVisitor(in context: SiteContext) -> String {
    let visitor = hexadecimal(randomBytes(32))
    context.set(traits.visitor, to: visitor)
    return visitor
  }

  /// Whether this browser was given the token.
  func accepts(_ token: String, in context: SiteContext) -> Bool {
    guard let visitor = context.cookies[traits.visitor], let bytes = FormTokens.bytes(of: token)
    else { return false }
    let message = FormTokens.message(
      Array(bytes.prefix(FormTokens.nonceSize)), visitor, context.cookies[traits.session])
    return keys.verify(
      Array(bytes.dropFirst(FormTokens.nonceSize)), of: message, for: .formToken)
  }

  private static func message(_ nonce: [UInt8], _ visitor: String, _ session: String?) -> [UInt8] {
    nonce + Array("\(visitor)|\(session ?? "")".utf8)
  }

  private static func bytes(of token: String) -> [UInt8]? {
    guard token.utf8.count == (nonceSize + signatureSize) * 2 else { return nil }
    return Cryptography.bytes(hexadecimal: token)
  }
}
