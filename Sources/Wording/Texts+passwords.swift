package import Domain

/// Why a password is refused, by an exhaustive switch (R1).
extension Texts {
  package func sentence(for refusal: PasswordPolicy.Refusal, policy: PasswordPolicy) -> String {
    switch refusal {
    case .missing: self["password.missing"]
    case .tooShort: self["password.tooShort", ["minimum": String(policy.minimumLength)]]
    case .tooLong: self["password.tooLong", ["maximum": String(PasswordPolicy.maximumLength)]]
    case .lowerCaseMissing: self["password.lowerCaseMissing"]
    case .upperCaseMissing: self["password.upperCaseMissing"]
    case .digitMissing: self["password.digitMissing"]
    case .forbiddenCharacters: self["password.forbiddenCharacters"]
    case .controlCharacters: self["password.controlCharacters"]
    case .equalsEmail: self["password.equalsEmail"]
    case .containsEmailName: self["password.containsEmailName"]
    case .contextWord(let word): self["password.contextWord", ["word": word]]
    case .common: self["password.common"]
    }
  }

  /// Everything that is wrong with a password.
  package func sentences(for refusals: [PasswordPolicy.Refusal], policy: PasswordPolicy) -> String {
    refusals.map { sentence(for: $0, policy: policy) }.joined(separator: ". ")
  }
}
