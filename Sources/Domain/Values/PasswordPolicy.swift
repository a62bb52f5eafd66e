/// The rules for a password.
///
/// Both policies refuse what attackers try first: common passwords, the name before the @ of the
/// e-mail address, and words from the customer's surroundings.
package enum PasswordPolicy: String, CaseIterable, Sendable {
  /// Unaccented letters and digits, at least one of each case and a digit.
  case insurer
  /// Long, and anything that can be typed.
  case modern

  /// The most characters, as a person counts them.
  ///
  /// Under the insurer's policy a character is a byte, since no other kind is accepted.
  package static let maximumLength = 128

  /// The most bytes, whatever the policy.
  ///
  /// One character can be a letter with a thousand marks on it, and longer text is refused before
  /// anything looks at it. 128 of the longest common characters, flags and skin tones, fit.
  package static let maximumBytes = 1024

  /// Shorter local parts occur in passwords by chance; they only must not be the whole password.
  package static let shortestContainedName = 4

  /// Shorter context words occur in passwords by chance, and are not looked for.
  package static let shortestContextWord = 3

  package var minimumLength: Int {
    switch self {
    case .insurer: 6
    case .modern: 12
    }
  }

  /// Every reason why the password cannot be accepted, in the order in which to report them.
  ///
  /// An empty or far too long text and the e-mail address itself have only one reason: the rest
  /// would only distract. The address contains an @, so without this exception its owner would read
  /// about forbidden characters under the insurer's policy.
  package func refusals(
    of password: String,
    email: EmailAddress,
    contextWords: [String],
    isCommon: (String) -> Bool
  ) -> [Refusal] {
    if password.isEmpty { return [.missing] }
    if password.utf8.count > Self.maximumBytes { return [.tooLong] }
    if Self.asciiFold(password.utf8) == Self.asciiFold(email.canonical.utf8) {
      return [.equalsEmail]
    }

    var refusals = refusals(ofForm: password)
    if Self.containsName(of: email, in: password) { refusals.append(.containsEmailName) }
    refusals += Self.refusals(of: contextWords, in: password)
    if isCommon(password) { refusals.append(.common) }
    return refusals
  }

  private static func containsName(of email: EmailAddress, in password: String) -> Bool {
    let name = asciiFold(email.localPart.utf8)
    let folded = asciiFold(password.utf8)
    return name.count < shortestContainedName ? folded == name : folded.contains(name)
  }

  private static func refusals(of words: [String], in password: String) -> [Refusal] {
    let folded = looseFold(password)
    return words.compactMap { word in
      let foldedWord = looseFold(word)
      guard foldedWord.count >= shortestContextWord, folded.contains(foldedWord) else {
        return nil
      }
      return .contextWord(word)
    }
  }
}
