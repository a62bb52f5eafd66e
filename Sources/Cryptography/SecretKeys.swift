internal import CSodium

/// The operator's keys (`secrets.key`): the first signs, all verify, so that a key can be replaced
/// without anybody losing a form or a code.
package struct SecretKeys: Sendable {
  /// What a key is used for; each use has a key of its own, derived from the operator's.
  package enum Purpose: String, Sendable {
    case code = "belepo verification code"
    case formToken = "belepo form token"
    case registrationToken = "belepo registration token"
    case deliveryReport = "belepo delivery report"
    case recoveryToken = "belepo recovery token"
    case sessionToken = "belepo session token"
  }

  package enum Invalid: Error, Equatable {
    case notBase64
    case tooShort(bytes: Int)
  }

  /// The least number of bytes of a key (ASVS 11.2.3: 256 bits).
  package static let minimumBytes = 32

  // For each purpose one key for each of the operator's, in their order; never empty.
  private let code: [[UInt8]]
  private let formToken: [[UInt8]]
  private let registrationToken: [[UInt8]]
  private let deliveryReport: [[UInt8]]
  private let recoveryToken: [[UInt8]]
  private let sessionToken: [[UInt8]]

  package init(_ keys: [[UInt8]]) throws(Invalid) {
    for key in keys where key.count < SecretKeys.minimumBytes {
      throw .tooShort(bytes: key.count)
    }
    guard !keys.isEmpty else { throw .tooShort(bytes: 0) }
    func derive(_ purpose: Purpose) -> [[UInt8]] {
      keys.map { SecretKeys.authenticate(Array(purpose.rawValue.utf8), key: $0) }
    }
    code = derive(.code)
    formToken = derive(.formToken)
    registrationToken = derive(.registrationToken)
    deliveryReport = derive(.deliveryReport)
    recoveryToken = derive(.recoveryToken)
    sessionToken = derive(.sessionToken)
  }

  /// Reads a comma-separated list of base64 keys.
  package init(list: String) throws(Invalid) {
    var keys: [[UInt8]] = []
    for part in list.utf8.split(separator: UInt8(ascii: ",")) {
      keys.append(try SecretKeys.decodeBase64(part))
    }
    try self.init(keys)
  }

  private static func decodeBase64(_ text: Substring.UTF8View) throws(Invalid) -> [UInt8] {
    Sodium.prepare()
    let spaces: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let trimmed = text.filter { !spaces.contains($0) }
    var bytes = [UInt8](repeating: 0, count: trimmed.count)
    var length = 0
    let result = trimmed.withUnsafeBytes { source in
      sodium_base642bin(
        &bytes, bytes.count, source.bindMemory(to: CChar.self).baseAddress, trimmed.count, nil,
        &length, nil, sodium_base64_VARIANT_ORIGINAL)
    }
    guard result == 0 else { throw .notBase64 }
    return Array(bytes.prefix(length))
  }

  /// HMAC-SHA-256 with the first key.
  package func sign(_ message: [UInt8], for purpose: Purpose) -> [UInt8] {
    SecretKeys.authenticate(message, key: derivedKeys(for: purpose)[0])
  }

  /// HMAC-SHA-256 with each key, the signing one first.
  package func signatures(of message: [UInt8], for purpose: Purpose) -> [[UInt8]] {
    derivedKeys(for: purpose).map { SecretKeys.authenticate(message, key: $0) }
  }

  /// Whether any of the keys made this signature.
  package func verify(_ signature: [UInt8], of message: [UInt8], for purpose: Purpose) -> Bool {
    signatures(of: message, for: purpose).contains { equalInConstantTime($0, signature) }
  }

  private func derivedKeys(for purpose: Purpose) -> [[UInt8]] {
    switch purpose {
    case .code: code
    case .formToken: formToken
    case .registrationToken: registrationToken
    case .deliveryReport: deliveryReport
    case .recoveryToken: recoveryToken
    case .sessionToken: sessionToken
    }
  }

  private static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    Sodium.prepare()
    var state = crypto_auth_hmacsha256_state()
    var tag = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
    crypto_auth_hmacsha256_init(&state, key, key.count)
    crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
    crypto_auth_hmacsha256_final(&state, &tag)
    return tag
  }
}
