internal import Cryptography

/// What replaces a customer number once the customer is forgotten.
///
/// It is derived from the number and a salt of the customer's own. The chain of seals uses
/// pseudonyms from the first day, so that it verifies before and after an erasure. An erasure
/// deletes the salt, and then nobody can find the number by trying all numbers. An operator's key
/// would do less well: its holder could try them, and the chain would end when it is replaced.
enum Pseudonym {
  static let saltLength = 16

  static func of(_ number: String, salt: [UInt8]) -> String {
    "~" + hexadecimal(sha256(salt + Array(number.utf8)).prefix(16))
  }

  /// A customer number never begins with this mark.
  static func isOne(_ text: String) -> Bool { text.hasPrefix("~") }
}

/// Values in a row, each with its type and length, so that no two rows have the same bytes.
struct CanonicalBytes {
  private(set) var all: [UInt8] = []

  mutating func append(_ number: Int64?) {
    guard let number else { return all.append(0) }
    all.append(1)
    append(UInt64(bitPattern: number))
  }

  mutating func append(_ text: String?) {
    guard let text else { return all.append(0) }
    all.append(2)
    append(UInt64(text.utf8.count))
    all += text.utf8
  }

  private mutating func append(_ number: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      all.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }
}
