/// All the five-character codes that a customer can be asked to type, numbered.
///
/// Phones offer to fill in a code only if it contains a digit (WebOTP), so those of letters alone
/// are left out: 31^5 - 23^5 = 22,192,808 remain, which is 24.40 bits instead of 24.77. Drawing one
/// of their numbers makes them all equally likely; drawing five symbols and replacing one with a
/// digit if there is none would not.
enum TypedPart {
  /// How many there are: 10^5 with digits alone (16.61 bits).
  static func count(in alphabet: CodeAlphabet) -> UInt64 {
    let all = power(alphabet.symbols.count, VerificationCode.typedLength)
    return all - power(alphabet.letters.count, VerificationCode.typedLength)
  }

  /// The one with this number, which must be below the count.
  ///
  /// Those that begin with a digit come first, then those whose first digit is the second symbol,
  /// and so on.
  static func symbols(at number: UInt64, in alphabet: CodeAlphabet) -> [UInt8] {
    let (letters, numerals, all) = (alphabet.letters, alphabet.numerals, alphabet.symbols)
    var number = number
    for lettersBefore in 0..<VerificationCode.typedLength {
      let after = VerificationCode.typedLength - lettersBefore - 1
      let block =
        power(letters.count, lettersBefore) * UInt64(numerals.count) * power(all.count, after)
      guard number >= block else {
        let places =
          Array(repeating: letters, count: lettersBefore) + [numerals]
          + Array(repeating: all, count: after)
        return symbols(at: number, places: places)
      }
      number -= block
    }
    preconditionFailure("the number must be below the count")
  }

  /// Counts like an odometer whose wheels carry the given symbols.
  private static func symbols(at number: UInt64, places: [[UInt8]]) -> [UInt8] {
    var number = number
    return places.map { symbols in
      let (rest, symbol) = number.quotientAndRemainder(dividingBy: UInt64(symbols.count))
      number = rest
      return symbols[Int(symbol)]
    }
  }

  private static func power(_ base: Int, _ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { product, _ in product * UInt64(base) }
  }
}
