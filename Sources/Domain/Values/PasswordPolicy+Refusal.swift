extension PasswordPolicy {
  /// Why a password cannot be accepted.
  package enum Refusal: Hashable, Sendable {
    case missing
    case tooShort
    case tooLong
    case lowerCaseMissing
    case upperCaseMissing
    case digitMissing
    /// Anything but unaccented letters and digits, where nothing else is allowed.
    case forbiddenCharacters
    /// Characters that no keyboard types, where everything else is allowed.
    case controlCharacters
    case equalsEmail
    case containsEmailName
    /// The word as it was passed in, to be shown.
    case contextWord(String)
    case common
  }
}

extension PasswordPolicy.Refusal: CaseIterable {
  /// One of each kind, with an example of a word.
  package static var allCases: [PasswordPolicy.Refusal] {
    [
      .missing, .tooShort, .tooLong, .lowerCaseMissing, .upperCaseMissing, .digitMissing,
      .forbiddenCharacters, .controlCharacters, .equalsEmail, .containsEmailName,
      .contextWord("Biztosító"), .common,
    ]
  }
}
