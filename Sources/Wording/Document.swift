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
  /// The text of the first heading.
  package let title: String
  /// The same words without markup, for a letter.
  package let plainText: String

  package init(name: DocumentName, language: Language, html: String) {
    self.name = name
    self.language = language
    self.html = html
    version = hexadecimal(sha256(Array(html.utf8)))
    title = Document.heading(of: html) ?? name.rawValue
    plainText = Document.plainText(of: html)
  }

  private static func heading(of html: String) -> String? {
    guard let start = html.range(of: "<h1>"),
      let end = html.range(of: "</h1>", range: start.upperBound..<html.endIndex)
    else { return nil }
    return String(html[start.upperBound..<end.lowerBound])
  }

  /// Words without their markup, read byte by byte.
  static func plainText(of html: String) -> String {
    var lines: [[UInt8]] = [[]]
    var rest = Array(html.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "<"):
        let tag = rest.prefix { $0 != UInt8(ascii: ">") }
        rest = rest.dropFirst(tag.count + 1)
        if Document.lineEnds.contains(where: tag.elementsEqual) { lines.append([]) }
        if tag.elementsEqual("li".utf8) { lines[lines.count - 1] += Array("- ".utf8) }
      case UInt8(ascii: "\n"): lines.append([])
      default: lines[lines.count - 1].append(byte)
      }
    }
    let text = lines.map { line in
      line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        .joined(separator: " ")
    }.filter { !$0.isEmpty }.joined(separator: "\n")
    return Document.entities.reduce(text) { $0.replacing($1.entity, with: $1.character) }
  }

  private static let lineEnds = [
    "/p", "/h1", "/h2", "/h3", "/li", "/dt", "/dd", "/summary", "br",
  ].map { Array($0.utf8) }

  /// The ampersand comes last, so that nothing is read twice.
  private static let entities = [
    ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&"),
  ].map { (entity: $0.0, character: $0.1) }
}
