/// The number by which staff find a registration attempt, such as «K7M2-4XQP».
///
/// Customers read it out over the telephone, hence the unambiguous symbols. It opens nothing, so it
/// is shown and logged in full.
package struct CaseNumber: Hashable, Sendable, CustomStringConvertible {
  package static let length = 8
  package static let bytesToDraw = 16

  /// With the hyphen in its middle.
  package let text: String

  /// Makes a number from random bytes; 31^8 possible ones (39.6 bits) make a coincidence rare.
  ///
  /// Rare is not never: the database refuses the same number twice.
  package init(drawing bytes: [UInt8]) {
    precondition(bytes.count >= Self.bytesToDraw, "a case number needs 16 random bytes")
    let symbols = CodeAlphabet.unambiguous.symbols
    let base = UInt64(symbols.count)
    let limit = (0..<Self.length).reduce(1 as UInt64) { product, _ in product * base }
    var number = RandomNumber.below(limit, from: bytes)
    let drawn = (0..<Self.length).map { _ in
      defer { number /= base }
      return symbols[Int(number % base)]
    }
    text = Self.withHyphen(drawn)
  }

  /// Reads a number as staff type it: either case, with or without hyphen and spaces.
  package init?(_ typed: String) {
    guard typed.utf8.count <= String.longestTypedNumber else { return nil }
    let symbols = CodeAlphabet.unambiguous.symbols
    let number = String(typed.trimmed { $0.isSpacing || $0 == "." })
    guard let bytes = number.symbols(skipping: { $0.isSpacing || $0.isDash }),
      bytes.count == Self.length, bytes.allSatisfy(symbols.contains)
    else { return nil }
    text = Self.withHyphen(bytes)
  }

  package var description: String { text }

  private static func withHyphen(_ symbols: [UInt8]) -> String {
    let half = length / 2
    return String(decoding: symbols.prefix(half) + [0x2D] + symbols.dropFirst(half), as: UTF8.self)
  }
}
