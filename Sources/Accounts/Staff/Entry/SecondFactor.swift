internal import Cryptography
internal import Domain
internal import FoundationEssentials
internal import OneTimePasswords

/// What staff have besides the password: an app's codes, and one recovery code on paper.
///
/// Both are derived from the account's nonce with the operator's key; nothing of them is stored.
struct SecondFactor: Sendable {
  let keys: SecretKeys
  let nonce: [UInt8]

  /// Steps on either side of the present one whose password is taken: a phone's clock may be off by
  /// half a minute (RFC 6238, 5.2).
  private static let drift: ClosedRange<Int64> = -1...1
  private static let recoveryLength = 16

  /// For the app: made with the key that signs.
  var password: TimeBasedPassword {
    TimeBasedPassword(secret: secrets.first ?? [])
  }

  private var secrets: [[UInt8]] {
    keys.signatures(of: Array("secret".utf8) + nonce, for: .staff)
      .map { Array($0.prefix(TimeBasedPassword.secretSize)) }
  }

  /// The step whose password was typed, with whichever key; compared in constant time.
  func step(of typed: String, at now: Date) -> Int64? {
    let typed = Array(typed.ungrouped.utf8)
    let present = TimeBasedPassword.step(at: Int64(now.timeIntervalSince1970))
    var found: Int64?
    for secret in secrets {
      for step in Self.drift.map({ present + $0 }) where step >= 0 {
        let password = Array(TimeBasedPassword(secret: secret).password(at: step).utf8)
        if equalInConstantTime(password, typed) { found = step }
      }
    }
    return found
  }

  /// Sixteen letters and digits in groups of four: 79 bits.
  var recoveryCode: String {
    let code = recoveryCodes.first ?? []
    return stride(from: 0, to: code.count, by: 4).map { place in
      String(decoding: code[place..<min(place + 4, code.count)], as: UTF8.self)
    }.joined(separator: "-")
  }

  func isRecoveryCode(_ typed: String) -> Bool {
    let typed = Array(typed.ungrouped.uppercased().utf8)
    return recoveryCodes.reduce(false) { equalInConstantTime($1, typed) || $0 }
  }

  private var recoveryCodes: [[UInt8]] {
    let symbols = CodeAlphabet.unambiguous.symbols
    return keys.signatures(of: Array("recovery".utf8) + nonce, for: .staff).map { bytes in
      bytes.prefix(Self.recoveryLength).map { symbols[Int($0) % symbols.count] }
    }
  }
}
