package import Domain
internal import Foundation
internal import Yams

/// The insurer's name, colours, phone and words: one folder, replaceable without a rebuild (D 11).
///
/// The folder holds `brand.yaml`, `texts/hu.yaml` and `texts/en.yaml` with overridden sentences,
/// and `documents/hu`, `documents/en` with the pages that the insurer answers for. What it lacks
/// comes from the brand that ships with Belépő.
package struct Brand: Sendable {
  package let facts: BrandFacts
  package let documents: [Language: [String: Document]]
  private let texts: [Language: Texts]
  private let contractFiles: [Language: [UInt8]]
  /// What still is the made-up insurer's and must not be shown to real customers: its name, and
  /// the pages that are law between an insurer and its customers. Files of the brand's folder.
  package let examples: [String]
  /// Stands on every page beside the insurer's name, if there is one.
  package let logo: Logo?

  package struct Broken: Error, CustomStringConvertible {
    package let description: String
  }

  /// Loads the brand that ships with Belépő, and over it the insurer's folder.
  ///
  /// - Parameter limits: what the sentences say of times and counts
  /// - Throws: ``Broken`` with a sentence that names the file.
  package static func load(directory: String?, limits: Limits = Limits()) throws -> Brand {
    let builtIn = Bundle.module.bundleURL.appendingPathComponent("Brand")
    let own = directory.map { URL(fileURLWithPath: $0, isDirectory: true) }
    if let own, !FileManager.default.fileExists(atPath: own.path) {
      throw Broken(description: "\(own.path): there is no such brand folder.")
    }
    let facts = try loadFacts(own: own, builtIn: builtIn)
    var texts: [Language: Texts] = [:]
    var documents: [Language: [String: Document]] = [:]
    for language in Language.allCases {
      texts[language] = try loadTexts(language, own: own).filling(facts, limits)
      documents[language] = try loadDocuments(language, own: own, builtIn: builtIn)
    }
    return Brand(
      facts: facts, documents: documents, texts: texts,
      contractFiles: try ContractFile.load(documents, folders: [own, builtIn].compactMap(\.self)),
      examples: try examples(facts, documents, builtIn), logo: try loadLogo(facts, own: own))
  }

  private static func loadLogo(_ facts: BrandFacts, own: URL?) throws -> Logo? {
    guard let name = facts.logo, let own else { return nil }
    let file = own.appendingPathComponent(name)
    guard let data = try? Data(contentsOf: file) else {
      throw Broken(description: "\(file.path): the logo cannot be read.")
    }
    do throws(Logo.Invalid) {
      return try Logo(Array(data), named: name)
    } catch {
      throw Broken(description: "\(file.path): no logo for a page: \(error).")
    }
  }

  private static func examples(
    _ facts: BrandFacts, _ documents: [Language: [String: Document]], _ builtIn: URL
  ) throws -> [String] {
    let shipped = try loadFacts(own: nil, builtIn: builtIn)
    var examples = facts.insurerName == shipped.insurerName ? ["brand.yaml"] : []
    for language in Language.allCases {
      let pages = try loadDocuments(language, own: nil, builtIn: builtIn)
      for name in [DocumentName.contract, .notice, .privacy, .imprint] {
        guard documents[language]?[name.rawValue] == pages[name.rawValue] else { continue }
        examples.append("documents/\(language.rawValue)/\(name.rawValue).html")
      }
    }
    return examples
  }

  private init(
    facts: BrandFacts, documents: [Language: [String: Document]], texts: [Language: Texts],
    contractFiles: [Language: [UInt8]], examples: [String], logo: Logo?
  ) {
    self.facts = facts
    self.documents = documents
    self.texts = texts
    self.contractFiles = contractFiles
    self.examples = examples
    self.logo = logo
  }

  /// The contract as a file (PDF), if one was rendered of exactly this text.
  package func contractFile(in language: Language) -> [UInt8]? { contractFiles[language] }

  /// All sentences in a language.
  package func texts(in language: Language) -> Texts {
    texts[language] ?? Texts(language: language, sentences: [:])
  }

  /// A page or contract in a language.
  package func document(_ name: DocumentName, in language: Language) -> Document {
    documents[language]?[name.rawValue]
      ?? Document(name: name, language: language, html: "<h1>\(name.rawValue)</h1>")
  }

  /// A contract's words without markup, for a letter: the brand's own, or others that an account
  /// accepted before they were changed.
  package func plainText(ofContract html: String, in language: Language) -> String {
    let own = document(.contract, in: language)
    return own.html == html ? own.plainText : Document.plainText(of: html)
  }

  /// The insurer's names and words, folded to lower case by the caller's rule.
  package var passwordContextWords: [String] {
    let names = [facts.insurerName, facts.portalName].flatMap { $0.split(separator: " ") }
    return facts.passwordContextWords + names.map(String.init)
  }

  // MARK: Loading

  private static func loadFacts(own: URL?, builtIn: URL) throws -> BrandFacts {
    for folder in [own, builtIn].compactMap(\.self) {
      let file = folder.appendingPathComponent("brand.yaml")
      guard let text = try Brand.text(of: file) else { continue }
      do throws(BrandFacts.Invalid) {
        return try BrandFacts(yaml: text)
      } catch {
        throw Broken(description: "\(file.path): \(error)")
      }
    }
    throw Broken(description: "There is no brand.yaml in \(builtIn.path).")
  }

  /// A file's text, of a brand's folder or of the one that ships.
  ///
  /// - Returns: `nil` when there is no such file
  static func text(of file: URL) throws -> String? {
    do throws(TextFile.Unreadable) {
      return try TextFile(file.path).text()
    } catch {
      throw Broken(description: "\(file.path): \(error)")
    }
  }

  private static func loadTexts(_ language: Language, own: URL?) throws -> Texts {
    let name = "\(language.rawValue).yaml"
    let shipped = Bundle.module.bundleURL.appendingPathComponent("Texts/\(name)")
    guard var sentences = try Brand.sentences(in: shipped) else {
      throw Broken(description: "\(shipped.path) is missing.")
    }
    if let file = own?.appendingPathComponent("texts/\(name)"),
      let overrides = try Brand.sentences(in: file)
    {
      if let unknown = overrides.keys.sorted().first(where: { sentences[$0] == nil }) {
        throw Broken(description: "\(file.path): there is no sentence named \(unknown).")
      }
      for (key, sentence) in overrides {
        try checkPlaceholders(sentence, like: sentences[key] ?? "", key: key, file: file)
      }
      sentences.merge(overrides) { $1 }
    }
    return Texts(language: language, sentences: sentences)
  }

  /// - Returns: `nil` when there is no such file
  private static func sentences(in file: URL) throws -> [String: String]? {
    guard let text = try Brand.text(of: file) else { return nil }
    do {
      // Not by YAMLDecoder: it looks for each key among all, and there are a thousand.
      guard case .mapping(let pairs)? = try Yams.compose(yaml: text) else {
        throw Broken(description: "\(file.path): no sentences")
      }
      var sentences: [String: String] = [:]
      for (key, value) in pairs {
        guard let key = key.string, let sentence = value.string else {
          throw Broken(description: "\(file.path): a name and a sentence are expected.")
        }
        sentences[key] = sentence
      }
      return sentences
    } catch let broken as Broken {
      throw broken
    } catch {
      throw Broken(description: "\(file.path): \(error)")
    }
  }

  private static func checkPlaceholders(
    _ sentence: String, like shipped: String, key: String, file: URL
  ) throws {
    let constants = Set(Constant.allCases.map(\.rawValue))
    let (own, known) = (Texts.placeholders(in: sentence), Texts.placeholders(in: shipped))
    if let name = own.subtracting(known).subtracting(constants).sorted().first {
      throw Broken(description: "\(file.path): \(key) has an unknown place {\(name)}.")
    }
    if let name = known.subtracting(own).subtracting(constants).sorted().first {
      throw Broken(description: "\(file.path): \(key) does not tell {\(name)}.")
    }
  }

  private static func loadDocuments(
    _ language: Language, own: URL?, builtIn: URL
  ) throws -> [String: Document] {
    var documents: [String: Document] = [:]
    for name in DocumentName.allCases {
      let path = "documents/\(language.rawValue)/\(name.rawValue).html"
      let given = try own.flatMap { try Brand.text(of: $0.appendingPathComponent(path)) }
      guard let html = try given ?? Brand.text(of: builtIn.appendingPathComponent(path)) else {
        throw Broken(description: "The document \(path) is missing.")
      }
      guard html.components(separatedBy: "<h1>").count == 2, !html.contains("{{"),
        !html.contains("[[")
      else {
        throw Broken(
          description: "The document \(path) must have one <h1>, and neither {{ nor [[.")
      }
      documents[name.rawValue] = Document(name: name, language: language, html: html)
    }
    return documents
  }
}
