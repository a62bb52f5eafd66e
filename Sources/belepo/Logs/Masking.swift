/// Hides what looks personal in a text for the log: e-mail addresses and long numbers.
///
/// The log's own values hold nothing of the kind; this is for what others put into an error's
/// words.
enum Masking {
  /// Digits in a row from which a number may be somebody's.
  private static let digits = 7

  /// Whether a text has to be looked at closely; most have neither an @ nor a long number.
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
    return words.map { $0.contains("@") ? "•••@•••" : maskNumbers($0) }.joined(separator: " ")
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
