extension PasswordPolicy {
  /// For comparison with an e-mail address, where only ASCII letters have two cases.
  static func asciiFold(_ text: some Sequence<UInt8>) -> [UInt8] {
    text.map(\.lowerCased)
  }

  /// For comparison with words of the insurer and the customer: without case and without Hungarian
  /// accents.
  ///
  /// The insurer's policy allows no accents, so «Biztosító» can only be used as «Biztosito». Where
  /// this folds too much, a password is refused needlessly, which does no harm.
  static func looseFold(_ text: String) -> [UInt8] {
    var folded: [UInt8] = []
    for scalar in text.lowercased().unicodeScalars {
      if let plain = plainLetters[scalar] {
        folded.append(plain)
      } else if !isAccent(scalar) {
        folded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return folded
  }

  /// The accents of decomposed letters: acute, diaeresis, double acute.
  private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0x301 || scalar.value == 0x308 || scalar.value == 0x30B
  }

  private static let plainLetters: [Unicode.Scalar: UInt8] = [
    "á": 0x61, "é": 0x65, "í": 0x69, "ó": 0x6F, "ö": 0x6F, "ő": 0x6F,
    "ú": 0x75, "ü": 0x75, "ű": 0x75,
  ]
}
