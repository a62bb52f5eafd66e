internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing

/// One word for one thing: what docs/words.md says customers never read.
@Suite struct `Twins of our words` {
  /// The words that docs/words.md forbids.
  private func banned(in language: Language) throws -> [String] {
    let words = try Repository.text(of: "docs/words.md")
    let table = try #require(words.range(of: "## For customers")).upperBound
    let column = language == .hungarian ? 1 : 3
    return words[table...].split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
      .filter { !$0.hasPrefix("| ---") }
      .flatMap { row in
        row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }[column]
          .components(separatedBy: ", ")
      }
  }

  /// Every text that customers read, by its name.
  private func texts(in language: Language) throws -> [(name: String, text: String)] {
    let folder = "Sources/Wording/Brand/documents/\(language.rawValue)"
    let documents = try Repository.files(under: folder, endingIn: ["html"]).map {
      ($0.path, $0.text.replacing(#/<[^>]*>/#, with: ""))
    }
    // Staff have words of their own trade.
    let staff = try Repository.files(under: "Sources/StaffSite", endingIn: ["swift", "mustache"])
      .map(\.text).joined()
    return try Bundles.sentences(in: language)
      .filter { sentence in
        let key = sentence.key
        return !["finding.", "caseEvent."].contains { key.hasPrefix($0) }
          && !staff.contains("\"\(key)\"") && !staff.contains("[[\(key)]]")
      }
      .map { ($0.key, $0.value) } + documents
  }

  @Test(arguments: Language.allCases)
  func `are in no sentence, letter or document`(language: Language) throws {
    let banned = try banned(in: language)
    #expect(banned.count > 15)
    for (name, text) in try texts(in: language) {
      for word in banned {
        #expect(!text.lowercased().contains(word.lowercased()), "\(name): \(word)")
      }
    }
  }
}
