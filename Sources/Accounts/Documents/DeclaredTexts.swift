internal import Cryptography
package import Domain
package import Wording

/// The texts that customers answer with yes or no, as this instance shows them.
package struct DeclaredTexts: Sendable {
  private let texts: [Language: [DeclarationKind: DeclaredText]]

  package init(brand: Brand) {
    var texts: [Language: [DeclarationKind: DeclaredText]] = [:]
    for language in Language.allCases {
      for kind in DeclarationKind.allCases {
        let words = DeclaredTexts.words(of: kind, in: language, brand)
        texts[language, default: [:]][kind] = DeclaredText(
          version: hexadecimal(sha256(Array(words.utf8))), language: language, text: words)
      }
    }
    self.texts = texts
  }

  private static func words(
    of kind: DeclarationKind, in language: Language, _ brand: Brand
  ) -> String {
    switch kind {
    case .marketing: brand.texts(in: language)["contact.marketing.text"]
    case .dataProcessing: brand.texts(in: language)["contact.dataProcessing.text"]
    case .contract: brand.document(.contract, in: language).html
    case .notice: brand.document(.notice, in: language).html
    }
  }

  /// The version that a page in this language shows.
  package func version(of kind: DeclarationKind, in language: Language) -> String {
    texts[language]?[kind]?.version ?? ""
  }

  /// The language of the page on which the contact was entered.
  package func language(of contact: Registration.Contact) -> Language? {
    contact.declarations.lazy.compactMap { text(of: $0)?.language }.first
  }

  /// The text that a declaration answered, if this instance shows it in any language.
  package func text(of declaration: Declaration) -> DeclaredText? {
    Language.allCases.lazy
      .compactMap { texts[$0]?[declaration.kind] }
      .first { $0.version == declaration.version }
  }
}
