package import Domain
internal import Foundation
internal import Markup
internal import Mustache
package import Wording

/// Letters as they are sent: the HTML twin of an e-mail's text, and the text with the same footer.
///
/// One template, `letter.mustache`, gives them their form. It refers to nothing outside: no image,
/// no font, no address but the portal's.
package struct Letters: Sendable {
  private let brand: Brand
  private let template: MustacheTemplate

  package struct Broken: Error, CustomStringConvertible {
    package let description: String
  }

  /// - Parameters:
  ///   - brand: the insurer's name, colours and sentences
  ///   - folder: the brand's folder; a `letter.mustache` in it takes the place of the shipped one
  /// - Throws: ``Broken`` with a sentence that names the file.
  package init(brand: Brand, folder: String?) throws {
    self.brand = brand
    let file = Letters.file(own: folder)
    do {
      template = try Letters.template(in: file)
      for language in Language.allCases { try check(language) }
    } catch {
      throw Broken(description: "\(file.path): \(error)")
    }
  }

  /// The letter as an HTML document.
  ///
  /// - Parameters:
  ///   - text: paragraphs parted by empty lines; a paragraph that is a code stands out, a line of
  ///     dashes is a rule, and what stands in lines between two rules is a document
  ///   - portal: the portal's public URL, which is shown, and a link when it is of `https`
  /// - Throws: ``Broken`` when the portal's URL is none.
  package func html(
    subject: String, text: String, language: Language, portal: String
  ) throws -> String {
    guard portal.wholeMatch(of: Letters.address) != nil else {
      throw Broken(description: "\(portal) is no address of a portal.")
    }
    return template.render(
      Letter(
        subject: subject, text: text, portal: portal, brand: brand, texts: brand.texts(in: language)
      ))
  }

  /// A host, perhaps a port and a path, and nothing that would need to be escaped.
  private static var address: Regex<Substring> {
    #/https?:\/\/(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.\-]+)(?::[0-9]+)?(?:\/[A-Za-z0-9._~%\/\-]*)?/#
  }

  /// The letter as plain text, with the footer that the HTML has: both parts say the same.
  package func plainText(_ text: String, language: Language, portal: String) -> String {
    let texts = brand.texts(in: language)
    return """
      \(text.trimmingCharacters(in: .newlines))

      \(String(repeating: "-", count: 40))

      \(texts["mail.footer.contact"])
      \(texts["mail.footer.portal"]) \(portal)

      \(texts["mail.footer.why"])

      """
  }

  // MARK: Loading

  private static func file(own folder: String?) -> URL {
    let name = "letter"
    if let folder {
      let own = URL(fileURLWithPath: folder, isDirectory: true)
        .appendingPathComponent(name).appendingPathExtension("mustache")
      if FileManager.default.fileExists(atPath: own.path) { return own }
    }
    return Bundle.module.bundleURL.appendingPathComponent("Templates", isDirectory: true)
      .appendingPathComponent(name).appendingPathExtension("mustache")
  }

  private static func template(in file: URL) throws -> MustacheTemplate {
    let source = try String(contentsOf: file, encoding: .utf8)
    if let fault = fault(in: source) { throw Broken(description: fault) }
    return try Markup.template(source)
  }

  /// What Mustache would pass over in silence, and what no letter may have.
  private static func fault(in source: String) -> String? {
    for mark in ["{{{", "{{&", "{{%", "{{=", "{{>", "{{<", "{{$"] where source.contains(mark) {
      return "\(mark) is not for letters: everything is escaped, in one file."
    }
    let remote = ["<script", "<link", "<img", "src=", "background=", "url(", "@import"]
    for mark in remote where source.lowercased().contains(mark) {
      return "\(mark) is not for letters: they refer to nothing outside."
    }
    let names = source.matches(of: #/\{\{\s*[#^\/]?\s*([^!{}\s][^{}]*?)\s*\}\}/#)
      .flatMap { $0.1.split(separator: ".").map(String.init) }
    return names.first { !Letter.names.contains($0) }.map { "There is nothing named {{\($0)}}." }
  }

  /// Tries the template out, so that no customer gets a letter without its words.
  private func check(_ language: Language) throws {
    let text = ["Salutation", "Sentence", "K7M2XQ", "---", "Title\n1. Heading\n- Item", "---"]
    let html = try html(
      subject: "Subject", text: text.joined(separator: "\n\n"), language: language,
      portal: "https://portal.example")
    for words in ["Subject", "Salutation", "Sentence", "K7M2XQ", "Title", "1. Heading", "Item"]
    where !html.contains(words) {
      throw Broken(description: "A letter loses some of its words: \(words).")
    }
    guard html.ranges(of: "K7M2XQ").count == 1 else {
      throw Broken(description: "The code stands there more than once.")
    }
  }
}
