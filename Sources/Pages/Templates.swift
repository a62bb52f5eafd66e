package import Domain
package import Foundation
internal import Markup
internal import Mustache
package import Wording

/// All templates, once for each language.
///
/// Sentences are inserted when a template is loaded: `[[code.title]]` becomes the sentence of that
/// name, escaped, and a placeholder in it, `{minutes}`, becomes the tag `{{minutes}}`. So a page's
/// language costs nothing when it is shown, and a missing sentence is found at start-up.
package struct Templates: Sendable {
  private let libraries: [Language: MustacheLibrary]
  /// The prepared text of each template, for the tests that check tags against properties.
  package let sources: [Language: [String: String]]

  package struct Broken: Error, CustomStringConvertible {
    package let description: String
  }

  /// - Parameters:
  ///   - folders: where the `.mustache` files are; names are unique over all of them
  ///   - assets: addresses for `[[asset:site.css]]`
  /// - Throws: ``Broken``, naming the template.
  package init(folders: [URL], brand: Brand, assets: Assets) throws {
    var files: [String: String] = [:]
    for folder in folders + [Bundle.module.bundleURL.appendingPathComponent("Templates")] {
      for file in try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
      where file.pathExtension == "mustache" {
        let name = file.deletingPathExtension().lastPathComponent
        guard files.updateValue(try String(contentsOf: file, encoding: .utf8), forKey: name) == nil
        else { throw Broken(description: "There are two templates named \(name).") }
      }
    }
    var libraries: [Language: MustacheLibrary] = [:]
    var sources: [Language: [String: String]] = [:]
    for language in Language.allCases {
      let prepared = try Templates.prepare(files, language: language, brand: brand, assets: assets)
      sources[language] = prepared
      libraries[language] = try Templates.parse(prepared)
    }
    self.libraries = libraries
    self.sources = sources
  }

  /// The page's HTML.
  ///
  /// - Throws: ``Broken`` when there is no such template.
  package func render(_ page: some Page, in language: Language) throws -> String {
    try render(page, page.template, in: language)
  }

  /// The page's HTML, by another template than its own.
  func render(_ page: some Page, _ template: String, in language: Language) throws -> String {
    guard let html = libraries[language]?.render(Content(of: page), withTemplate: template)
    else { throw Broken(description: "There is no template \(template).") }
    return html
  }

  private static func parse(_ sources: [String: String]) throws -> MustacheLibrary {
    var templates: [String: MustacheTemplate] = [:]
    for (name, source) in sources {
      do { templates[name] = try Markup.template(source) } catch {
        throw Broken(description: "The template \(name) cannot be read: \(error)")
      }
    }
    return MustacheLibrary(templates: templates)
  }

  // MARK: Sentences

  private static func prepare(
    _ files: [String: String], language: Language, brand: Brand, assets: Assets
  ) throws -> [String: String] {
    let texts = brand.texts(in: language)
    var prepared: [String: String] = [:]
    for (name, source) in files {
      prepared[name] = try fill(source) { key in
        if let asset = key.strippingPrefix("asset:") { return assets.address(of: asset) }
        if key == "colour:light" { return brand.facts.accentColour }
        if key == "colour:dark" { return brand.facts.accentColourOnDark }
        return texts.sentences[key].map { Sentence(key, $0).markup(for: brand) }
      }
    }
    // The insurer's documents are its own HTML; each is a template without tags.
    for document in DocumentName.allCases {
      prepared["document-\(document.rawValue)"] =
        "{{<document}}{{$document}}\(brand.document(document, in: language).html)"
        + "{{/document}}{{/document}}"
    }
    return prepared
  }

  private static func fill(
    _ source: String, with sentence: (String) -> String?
  ) throws -> String {
    var filled = ""
    var rest = source[...]
    while let open = rest.range(of: "[["),
      let close = rest.range(of: "]]", range: open.upperBound..<rest.endIndex)
    {
      let key = String(rest[open.upperBound..<close.lowerBound])
      guard let words = sentence(key) else {
        throw Broken(description: "There is no sentence named \(key).")
      }
      filled += rest[..<open.lowerBound] + words
      rest = rest[close.upperBound...]
    }
    return filled + rest
  }

}

extension String {
  fileprivate func strippingPrefix(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
