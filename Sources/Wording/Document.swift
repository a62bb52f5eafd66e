internal import Cryptography
package import Domain
internal import Foundation

/// The pages that the insurer answers for; the raw value is the file's name and the page's path.
package enum DocumentName: String, CaseIterable, Sendable {
  case questions = "gyik"
  case guide = "utmutato"
  case privacy = "adatkezeles"
  case notice = "tajekoztato"
  case contract = "portalszerzodes"
  case imprint = "impresszum"
  case contact = "kapcsolat"
  case accessibility = "akadalymentesseg"
}

/// One such page: a fragment of HTML that begins with its `h1`.
package struct Document: Hashable, Sendable {
  package let name: DocumentName
  package let language: Language
  package let html: String
  /// SHA-256 of the fragment: what a declaration records as the version (D 6).
  package let version: String

  package init(name: DocumentName, language: Language, html: String) {
    self.name = name
    self.language = language
    self.html = html
    version = hexadecimal(sha256(Array(html.utf8)))
  }

  /// The text of the first heading.
  package var title: String {
    guard let start = html.range(of: "<h1>"),
      let end = html.range(of: "</h1>", range: start.upperBound..<html.endIndex)
    else { return name.rawValue }
    return String(html[start.upperBound..<end.lowerBound])
  }

  /// The same words without markup, for a letter.
  package var plainText: String {
    var text = ""
    var isInTag = false
    var tag = ""
    for character in html {
      switch character {
      case "<":
        isInTag = true
        tag = ""
      case ">" where isInTag:
        isInTag = false
        if Document.endsLine(tag) { text += "\n" }
        if tag == "li" { text += "- " }
      default:
        if isInTag { tag.append(character) } else { text.append(character) }
      }
    }
    for (entity, character) in [
      ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&"),
    ] {
      text = text.replacing(entity, with: character)
    }
    return Document.withoutEmptyLines(text)
  }

  private static func endsLine(_ tag: String) -> Bool {
    ["/p", "/h1", "/h2", "/h3", "/li", "/dt", "/dd", "/summary", "br"].contains(tag)
  }

  private static func withoutEmptyLines(_ text: String) -> String {
    text.split(separator: "\n")
      .map { line in line.split(separator: " ", omittingEmptySubsequences: true) }
      .filter { !$0.isEmpty }
      .map { $0.joined(separator: " ") }
      .joined(separator: "\n")
  }
}
