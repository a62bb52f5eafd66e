internal import Domain
internal import Foundation
internal import Markup
internal import Wording

/// A sentence of the bundles on its way into a template, once when the program starts.
struct Sentence {
  private let key: String
  private let words: String

  init(_ key: String, _ words: String) {
    self.key = key
    self.words = words
  }

  /// Its words escaped and its places turned into tags.
  ///
  /// A phone number is a link wherever somebody is told to call, and is never broken.
  func markup(for brand: Brand) -> String {
    var markup = ""
    Texts.replacePlaces(in: words) { part in
      switch part {
      case .words(let words): markup += Markup.escaped(String(words))
      case .place(let name): markup += "{{\(name)}}"
      }
    }
    guard !standsInLink else { return markup }
    let phone = Markup.escaped(brand.facts.callCentrePhone)
    let dialled = Markup.escaped(brand.texts(in: .hungarian)["brand.phoneLink"])
    return markup.replacingOccurrences(
      of: phone, with: "<a class=\"call\" href=\"tel:\(dialled)\">\(phone)</a>")
  }

  /// Whether a template has it inside a link, or in an attribute.
  private var standsInLink: Bool {
    key.hasPrefix("brand.") || key == "notice.call"
  }
}
