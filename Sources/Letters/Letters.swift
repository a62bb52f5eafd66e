package import Domain
internal import Foundation
internal import Mustache
package import Wording

/// Letters as they are sent: the HTML twin of an e-mail's text, and the text with the same footer.
///
/// One template, `letter.mustache`, gives them their form. It refers to nothing outside: no image
/// but the logo that comes along, no font, no address but the portal's.
///
/// The brand's own letters are laid out when this is made; one that is sent only has its places
/// filled. Any other text, such as one that was queued before the brand's sentences were changed,
/// is laid out when it comes, and looks as it would have looked.
package struct Letters: Sendable {
  private let brand: Brand
  private let template: MustacheTemplate
  private let portal: String
  private let footers: [Language: String]
  /// The brand's letters by their subjects, which hardly ever are the same.
  private var prepared: [Language: [String: [PreparedLetter]]] = [:]
  /// What has to come along with each letter, because its HTML shows it; `nil` when it shows none.
  package private(set) var logo: LetterLogo?

  package struct Broken: Error, CustomStringConvertible {
    package let description: String
  }

  /// - Parameters:
  ///   - brand: the insurer's name, colours and sentences
  ///   - folder: the brand's folder; a `letter.mustache` in it takes the place of the shipped one
  ///   - portal: the portal's public URL, which is shown, and a link when it is of `https`
  /// - Throws: ``Broken`` with a sentence that names the file, or when the portal's URL is none.
  package init(brand: Brand, folder: String?, portal: String) throws {
    guard LetterFile.isAddress(portal) else {
      throw Broken(description: "\(portal) is no address of a portal.")
    }
    self.brand = brand
    self.portal = portal
    footers = Letters.footers(brand, portal: portal)
    let file = LetterFile(own: folder)
    do {
      template = try file.template()
      for language in Language.allCases { try check(language) }
    } catch {
      throw Broken(description: "\(file.path): \(error)")
    }
    for language in Language.allCases { prepared[language] = prepare(language) }
    if let logo = brand.logo.flatMap(LetterLogo.init), shows(logo) { self.logo = logo }
  }

  /// The letter as an HTML document.
  ///
  /// - Parameter text: paragraphs parted by empty lines; a paragraph that is a code stands out, a
  ///   line of dashes is a rule, and what stands in lines between two rules is a document
  package func html(subject: String, text: String, language: Language) -> String {
    preparedHTML(subject: subject, text: text, language: language)
      ?? laidOut(subject: subject, text: text, language: language)
  }

  /// The HTML of a letter that is one of the brand's.
  func preparedHTML(subject: String, text: String, language: Language) -> String? {
    prepared[language]?[subject]?.lazy.compactMap { $0.html(subject: subject, text: text) }.first
  }

  /// The letter as plain text, with the footer that the HTML has: both parts say the same.
  package func plainText(_ text: String, language: Language) -> String {
    func isLineEnd(_ scalar: Unicode.Scalar) -> Bool { Character(scalar).isNewline }
    let scalars = text.unicodeScalars.drop(while: isLineEnd)
    let end = scalars.lastIndex { !isLineEnd($0) }.map(scalars.index(after:))
    return text[scalars.startIndex..<(end ?? scalars.startIndex)] + (footers[language] ?? "")
  }

  /// The same HTML, made of the text alone.
  func laidOut(subject: String, text: String, language: Language) -> String {
    template.render(
      Letter(
        subject: subject, text: text, portal: portal, brand: brand, texts: brand.texts(in: language)
      ))
  }

  private static func footers(_ brand: Brand, portal: String) -> [Language: String] {
    let footers = Language.allCases.map { language in
      let texts = brand.texts(in: language)
      let footer = """


        \(String(repeating: "-", count: 40))

        \(texts["mail.footer.contact"])
        \(texts["mail.footer.portal"]) \(portal)

        \(texts["mail.footer.why"])

        """
      return (language, footer)
    }
    return Dictionary(uniqueKeysWithValues: footers)
  }

  // MARK: Preparing

  /// Lays out every letter that the brand has words for.
  private func prepare(_ language: Language) -> [String: [PreparedLetter]] {
    let texts = brand.texts(in: language)
    let contract = brand.document(.contract, in: language).plainText
    let writer = PreparedLetter.Writer(insurer: brand.facts.insurerName) {
      template.render(
        Letter(
          subject: $0, preheader: $1, parts: $2, portal: portal, brand: brand, texts: texts))
    }
    var letters: [String: [PreparedLetter]] = [:]
    for (key, sentence) in texts.sentences where key.hasPrefix("mail.") && key.hasSuffix(".text") {
      guard let subject = texts.sentences["\(key.dropLast(".text".count)).subject"],
        let text = PreparedText(sentence, known: ["contract": contract]),
        let letter = PreparedLetter(
          subject: subject, text: text, samples: text.names.map(sample), writer)
      else { continue }
      letters[subject, default: []].append(letter)
    }
    return letters
  }

  /// What usually stands in a place, as far as the form of a letter depends on it.
  private func sample(_ place: String) -> String {
    switch place {
    case "code": Letters.sampleCode
    case "link": "\(portal)/link"
    default: place
    }
  }

  private static let sampleCode = "K7M2XQ"

  /// Whether the template has a place for it: a part that no letter shows would be a file beside
  /// it.
  private func shows(_ logo: LetterLogo) -> Bool {
    laidOut(subject: "Subject", text: "Sentence", language: .hungarian)
      .contains("cid:\(logo.contentID)")
  }

  /// Tries the template out, so that no customer gets a letter without its words.
  private func check(_ language: Language) throws {
    let code = Letters.sampleCode
    let link = "\(portal)/link"
    let text = ["Salutation", "Sentence", code, link, "---", "Title\n1. Heading\n- Item", "---"]
    let html = laidOut(
      subject: "Subject", text: text.joined(separator: "\n\n"), language: language)
    for words in ["Subject", "Salutation", "Sentence", code, "Title", "1. Heading", "Item", link]
    where !html.contains(words) {
      throw Broken(description: "A letter loses some of its words: \(words).")
    }
    guard html.ranges(of: code).count == 1 else {
      throw Broken(description: "The code stands there more than once.")
    }
  }
}
