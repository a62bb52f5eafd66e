internal import Cryptography

/// What stands for a customer number when the customer is forgotten.
///
/// It is made of the number and of a salt that each customer has for themselves. The chain of seals
/// holds pseudonyms from the first day, so that it verifies before and after an erasure. An erasure
/// throws the salt away, and then nobody can find the number by trying all numbers. A key of the
/// operator's would do that less well: whoever has it could, and the chain would end when it is
/// replaced.
enum Pseudonym {
  static let saltLength = 16

  static func of(_ number: String, salt: [UInt8]) -> String {
    "~" + hexadecimal(sha256(salt + Array(number.utf8)).prefix(16))
  }

  /// A customer number has no such mark.
  static func isOne(_ text: String) -> Bool { text.hasPrefix("~") }
}

/// Values in a row, each with its kind and its length, so that no two rows have the same bytes.
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
