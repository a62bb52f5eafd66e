internal import CSodium

/// The operator's keys (`secrets.key`): the first signs, all verify, so that a key can be replaced
/// without anybody losing a form or a code.
package struct SecretKeys: Sendable {
  /// What a key is used for; each purpose has a key of its own, derived from the operator's.
  package enum Purpose: String, Sendable {
    case code = "belepo verification code"
    case formToken = "belepo form token"
    case registrationToken = "belepo registration token"
    case deliveryReport = "belepo delivery report"
    case recoveryToken = "belepo recovery token"
    case sessionToken = "belepo session token"
    case staff = "belepo staff"
    case unknownName = "belepo unknown name"
    case portalSession = "belepo portal session"
    case askedPage = "belepo asked page"
  }

  package enum Invalid: Error, Equatable {
    case notBase64
    case tooShort(bytes: Int)
  }

  /// The fewest bytes in a key (ASVS 11.2.3: 256 bits).
  package static let minimumBytes = 32

  // For each purpose one key for each of the operator's, in order; never empty.
  private let code: [[UInt8]]
  private let formToken: [[UInt8]]
  private let registrationToken: [[UInt8]]
  private let deliveryReport: [[UInt8]]
  private let recoveryToken: [[UInt8]]
  private let sessionToken: [[UInt8]]
  private let staff: [[UInt8]]
  private let unknownName: [[UInt8]]
  private let portalSession: [[UInt8]]
  private let askedPage: [[UInt8]]

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
    staff = derive(.staff)
    unknownName = derive(.unknownName)
    portalSession = derive(.portalSession)
    askedPage = derive(.askedPage)
  }

  /// Reads a comma-separated list of base64 keys.
  package init(list: String) throws(Invalid) {
    var keys: [[UInt8]] = []
    for part in list.utf8.split(separator: UInt8(ascii: ",")) {
      keys.append(try SecretKeys.decodeBase64(part))
    }
    try self.init(keys)
  }

  /// The places in a list, from 1, of keys that no random source has made: zeros, a pattern that
  /// repeats or counts, a sentence that somebody typed.
  ///
  /// It is no proof of entropy. A key that is random is wrongly named once in more than 2^40.
  package static func weakPlaces(inList list: String) -> [Int] {
    list.utf8.split(separator: UInt8(ascii: ",")).enumerated().compactMap { place, part in
      guard let key = try? decodeBase64(part) else { return nil }
      let steps = zip(key, key.dropFirst()).map { $1 &- $0 }
      let isText = key.allSatisfy { (0x20...0x7E).contains($0) }
      let isVaried = Set(key).count >= fewestValues && Set(steps).count >= fewestValues
      return isText || !isVaried ? place + 1 : nil
    }
  }

  /// Of 32 random bytes about thirty differ.
  private static let fewestValues = 16

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

  func derivedKeys(for purpose: Purpose) -> [[UInt8]] {
    switch purpose {
    case .code: code
    case .formToken: formToken
    case .registrationToken: registrationToken
    case .deliveryReport: deliveryReport
    case .recoveryToken: recoveryToken
    case .sessionToken: sessionToken
    case .staff: staff
    case .unknownName: unknownName
    case .portalSession: portalSession
    case .askedPage: askedPage
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
