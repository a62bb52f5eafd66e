extension EmailAddress {
  /// The text without the spaces that autofill and paste leave around it, and without the marks
  /// that nobody sees.
  package static func trimmed(_ typed: String) -> Substring {
    typed.trimmed(of: \.isSpacing)
  }

  package static func hasInvisible(_ text: Substring) -> Bool {
    text.unicodeScalars.contains(where: \.isInvisible)
  }

  /// Atoms of RFC 5322 joined by single dots; none that mail programs would decode into something
  /// else (RFC 2047).
  static func isDotAtom(_ text: Substring.UTF8View) -> Bool {
    let (equals, question) = (UInt8(ascii: "="), UInt8(ascii: "?"))
    guard !contains(equals, question, text) || !contains(question, equals, text) else {
      return false
    }
    return text.split(separator: 0x2E, omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) }
  }

  private static func contains(
    _ first: UInt8, _ second: UInt8, _ text: Substring.UTF8View
  ) -> Bool {
    zip(text, text.dropFirst()).contains { $0 == first && $1 == second }
  }

  /// A host name of at least two labels that cannot be taken for an IP address.
  static func isHostName(_ text: Substring.UTF8View) -> Bool {
    let labels = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard labels.count >= 2, let last = labels.last, !last.allSatisfy(\.isDigit) else {
      return false
    }
    return labels.allSatisfy(isHostLabel)
  }

  private static func isHostLabel(_ label: Substring.UTF8View) -> Bool {
    let hyphen: UInt8 = 0x2D
    return (1...63).contains(label.count)
      && label.first != hyphen && label.last != hyphen
      && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == hyphen }
  }

  /// The `atext` of RFC 5322, 3.2.3.
  private static func isAtomText(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || atomPunctuation.contains(byte)
  }

  private static let atomPunctuation = Set("!#$%&'*+-/=?^_`{|}~".utf8)
}
