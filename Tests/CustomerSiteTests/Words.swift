internal import Domain
internal import TestSupport
internal import Testing
internal import Wording

/// The shipped sentences, so that a test names what is said and not how it is said.
enum Words {
  private static let brand = Result { try Props.brand.get() }

  static func say(
    _ key: String, _ values: [String: String] = [:], in language: Language = .hungarian
  ) -> String {
    guard let texts = try? brand.get().texts(in: language), texts.sentences[key] != nil else {
      Issue.record("there is no sentence named \(key)")
      return key
    }
    return texts[TextKey(stringLiteral: key), values]
  }
}
