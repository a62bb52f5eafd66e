/// Text in UTF-8 that was read in another encoding: of each accented letter two characters have
/// become, such as `Ă©` of `é`.
///
/// Found by the pairs that Hungarian letters become. Nobody writes them: behind the capital of a
/// neighbour's alphabet stands a sign, or a letter that does not follow it in any name.
enum GarbledText {
  static func isIn(_ text: String) -> Bool {
    var before: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if let lead = before, isLead(lead), pairs.contains(pair(lead, scalar)) {
        return true
      }
      before = scalar
    }
    return false
  }

  private static let letters = "áéíóöőúüűÁÉÍÓÖŐÚÜŰ"

  /// What the two bytes of each letter are in the encodings that are taken for UTF-8 by mistake:
  /// the two that we read, and the one in which each byte is the character of the same number.
  private static let pairs = pairsOfLetters()

  private static func pairsOfLetters() -> Set<UInt64> {
    var pairs: Set<UInt64> = []
    for letter in letters {
      let bytes = Array(String(letter).utf8)
      let texts = [
        CodePage.windows1250.decode(bytes[...]), CodePage.iso88592.decode(bytes[...]),
        latin1(bytes),
      ]
      for text in texts.compactMap(\.self) {
        let scalars = Array(text.unicodeScalars)
        if scalars.count == 2 { pairs.insert(pair(scalars[0], scalars[1])) }
      }
    }
    return pairs
  }

  /// Whether a pair may begin with it, which is quickly told of each character.
  private static func isLead(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "Ă", "Ĺ", "Ã", "Å": true
    default: false
    }
  }

  private static func latin1(_ bytes: [UInt8]) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
  }

  private static func pair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt64 {
    UInt64(first.value) << 32 | UInt64(second.value)
  }
}
