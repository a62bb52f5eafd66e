extension PasswordPolicy {
  /// What is wrong with a password, judged by its length and characters alone.
  func refusals(ofForm password: String) -> [Refusal] {
    var refusals: [Refusal] = []
    let length = password.count
    if length < minimumLength { refusals.append(.tooShort) }
    if length > Self.maximumLength { refusals.append(.tooLong) }
    switch self {
    case .insurer:
      let bytes = password.utf8
      if !bytes.contains(where: \.isLowerCaseLetter) { refusals.append(.lowerCaseMissing) }
      if !bytes.contains(where: \.isUpperCaseLetter) { refusals.append(.upperCaseMissing) }
      if !bytes.contains(where: \.isDigit) { refusals.append(.digitMissing) }
      if !bytes.allSatisfy({ $0.isLetter || $0.isDigit }) { refusals.append(.forbiddenCharacters) }
    case .modern:
      if password.unicodeScalars.contains(where: Self.isControl) {
        refusals.append(.controlCharacters)
      }
    }
    return refusals
  }

  /// NUL, line ends and the like, which keyboards do not type and at which some systems cut a text.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
