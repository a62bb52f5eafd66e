internal import Domain
internal import Foundation
internal import TestSupport
internal import Wording

/// The sentences as they stand in the files, with every place unfilled.
enum Bundles {
  static func sentences(in language: Language) throws -> [String: String] {
    switch language {
    case .hungarian: try hungarian.get()
    case .english: try english.get()
    }
  }

  private static let hungarian = Result { try read(.hungarian) }
  private static let english = Result { try read(.english) }

  private static func read(_ language: Language) throws -> [String: String] {
    let text = try Repository.text(of: "Sources/Wording/Texts/\(language.rawValue).yaml")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // The keys are the loaded ones; the words are the file's, which still have the brand's places.
    let keys = try Props.brand.get().texts(in: language).sentences.keys
    var sentences: [String: String] = [:]
    for (place, line) in lines.enumerated() {
      guard let colon = line.firstIndex(of: ":"), keys.contains(String(line[..<colon])) else {
        continue
      }
      let key = String(line[..<colon])
      sentences[key] = words(line[colon...].dropFirst(2), before: lines[(place + 1)...])
    }
    for key in keys where sentences[key] == nil { throw Missing(key: key) }
    return sentences
  }

  struct Missing: Error {
    let key: String
  }

  /// The value of a key: plain, quoted, or a block of lines.
  private static func words(_ value: Substring, before rest: ArraySlice<Substring>) -> String {
    if value == "|" {
      return rest.prefix { $0.isEmpty || $0.hasPrefix("  ") }
        .map { $0.drop { $0 == " " } }.joined(separator: "\n")
        .trimmingCharacters(in: .newlines)
    }
    guard value.hasPrefix("\""), value.hasSuffix("\"") else { return String(value) }
    return String(value.dropFirst().dropLast()).replacing("\\\"", with: "\"")
  }

  /// Sentences without their messages' line ends and places.
  static func sentencesApart(_ text: String) -> [String] {
    text.replacing("\n\n", with: ". ").replacing("\n", with: " ")
      .replacing(#/\{[a-zA-Z]+\}/#, with: "X")
      .split(separator: #/[.!?:;](\s|$)/#)
      .map(String.init)
  }

  /// The keys whose sentence tells of a mistake or a refusal.
  static func isError(_ key: String) -> Bool {
    let endings = [
      ".empty", ".length", ".characters", ".wrong", ".missing", ".tooShort", ".tooLong", ".noAt",
      ".severalAt", ".notASCII", ".localPart", ".domain", ".taken", ".common", ".differ",
      ".refused", ".expired", ".spent", ".tooSoon", ".tooMany", ".landline", ".foreign", ".prefix",
      ".noMatch", ".textsChanged", ".wrongPassword", ".contextWord", ".equalsEmail",
    ]
    return key.hasPrefix("error.") || key.hasPrefix("notice.")
      || endings.contains { key.hasSuffix($0) } || key.contains(".wrong.")
  }
}
