/// Hides what looks personal in a text for the log: e-mail addresses and long numbers.
///
/// The log's own values contain nothing of the kind; this is for the text of errors from elsewhere.
enum Masking {
  /// This many digits in a row may be somebody's number.
  private static let digits = 7

  /// Whether a text must be examined closely; most have neither an @ nor a long number.
  static func mayBePersonal(_ text: String) -> Bool {
    var run = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "@") { return true }
      run = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? run + 1 : 0
      if run >= digits { return true }
    }
    return false
  }

  static func mask(_ text: String) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return words.map { word in
      if word.contains("@") { return "•••@•••" }
      return isHash(word) ? String(word) : maskNumbers(word)
    }.joined(separator: " ")
  }

  /// Whether a word is a SHA-256 in hexadecimal digits, such as that of a seal: it names nobody,
  /// and operators compare it digit by digit. Nobody's number is so long or has letters.
  private static func isHash(_ word: Substring) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
    return word.utf8.count == 64 && word.utf8.contains(where: letters.contains)
      && word.utf8.allSatisfy { digits.contains($0) || letters.contains($0) }
  }

  private static func maskNumbers(_ word: Substring) -> String {
    var masked = ""
    var run: [Unicode.Scalar] = []
    func close() {
      guard run.count >= digits else {
        for scalar in run { masked.unicodeScalars.append(scalar) }
        run = []
        return
      }
      masked += "•••"
      for scalar in run.suffix(2) { masked.unicodeScalars.append(scalar) }
      run = []
    }
    for scalar in word.unicodeScalars {
      if ("0"..."9").contains(scalar) {
        run.append(scalar)
      } else {
        close()
        masked.unicodeScalars.append(scalar)
      }
    }
    close()
    return masked
  }
}
