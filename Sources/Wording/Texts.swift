package import Domain

/// The name of a sentence in the bundles `Texts/hu.yaml` and `Texts/en.yaml`.
///
/// Written as a literal where it is used; a test finds every literal and proves that both bundles
/// have it, with the same places for values (R1).
package struct TextKey: Hashable, Sendable, ExpressibleByStringLiteral {
  package let name: String

  package init(stringLiteral name: String) {
    self.name = name
  }
}

/// All sentences in one language.
package struct Texts: Sendable {
  package let language: Language
  package let sentences: [String: String]
  /// The sentences that have places, cut at them once for all messages and pages.
  private let cut: [String: [Part]]

  package init(language: Language, sentences: [String: String]) {
    self.language = language
    self.sentences = sentences
    cut = sentences.compactMapValues { $0.contains("{") ? Texts.parts(of: $0) : nil }
  }

  /// A sentence as it stands.
  package subscript(_ key: TextKey) -> String {
    // A missing key is a mistake that the tests find; a customer would rather see a name than
    // nothing.
    sentences[key.name] ?? key.name
  }

  /// A sentence with its places filled: `{minutes}` becomes the value of `minutes`.
  package subscript(_ key: TextKey, _ values: [String: String]) -> String {
    cut[key.name].map { Texts.fill($0, values) } ?? self[key]
  }

  func filling(_ values: [String: String]) -> Texts {
    let filled = cut.mapValues { Texts.fill($0, values) }
    return Texts(language: language, sentences: sentences.merging(filled) { $1 })
  }

  private static func fill(_ parts: [Part], _ values: [String: String]) -> String {
    var filled = ""
    for part in parts {
      switch part {
      case .words(let words): filled += words
      case .place(let name): filled += values[name] ?? "{\(name)}"
      }
    }
    return filled
  }

  /// The names of a sentence's places.
  package static func placeholders(in sentence: String) -> Set<String> {
    var names: Set<String> = []
    replacePlaces(in: sentence) { part in
      if case .place(let name) = part { names.insert(name) }
    }
    return names
  }

  private static func parts(of sentence: String) -> [Part] {
    var parts: [Part] = []
    replacePlaces(in: sentence) { parts.append($0) }
    return parts
  }

  package enum Part: Sendable {
    case words(Substring)
    case place(String)
  }

  /// Walks a sentence's words and places in their order.
  package static func replacePlaces(in sentence: String, _ visit: (Part) -> Void) {
    var rest = sentence[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      visit(.words(rest[..<open]))
      visit(.place(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    visit(.words(rest))
  }
}
