internal import Domain
internal import Foundation
internal import Testing
internal import Wording

@testable internal import Letters

/// An insurer's own form of its letters (M-17).
@Suite struct `An insurer's own letter` {
  static let words =
    "<h1>{{heading.words}}</h1>{{#parts}}{{#lines}}<p>{{words}}</p>{{/lines}}{{/parts}}{{why.words}}"

  private func letters(_ template: String?) throws -> Letters {
    let folder = try Folder(template.map { ["letter.mustache": $0] } ?? [:])
    return try Letters(brand: Brand.load(directory: folder.path), folder: folder.path)
  }

  @Test func `takes the place of the shipped one, and is escaped as well`() throws {
    let html = try letters(Self.words).html(
      subject: "a", text: "<b>\"\u{301}", language: .english, portal: "https://portal.example")
    #expect(html.hasPrefix("<h1>a</h1><p>&lt;b&gt;&quot;\u{301}</p>You received"))
  }

  @Test func `may be missing`() throws {
    let own = try letters(nil)
    let shipped = try Letters(brand: Brand.load(directory: nil), folder: nil)
    func html(_ letters: Letters) throws -> String {
      try letters.html(
        subject: "a", text: "b", language: .hungarian, portal: "https://portal.example")
    }
    #expect(try html(own) == html(shipped))
  }

  @Test(arguments: [
    ("{{{words}}}", "{{{"), ("{{&words}}", "{{&"), ("{{% CONTENT_TYPE: TEXT }}", "{{%"),
    ("{{=<% %>=}}", "{{="), ("{{>footer}}", "{{>"), ("{{wrods}}", "wrods"),
    ("{{#parts}}", "ParserError"),
    ("<img src=\"https://a.example/a.png\" alt=\"\">", "<img"), ("<SCRIPT>", "<script"),
    ("<td style=\"background: url(https://a.example)\">", "url("), ("{{#lines}}{{/lines}}", "Item"),
  ])
  func `is refused with a sentence that names the file`(piece: String, words: String) throws {
    let template = words == "Item" ? "{{heading.words}}{{preheader}}" : Self.words + piece
    let error = #expect(throws: Letters.Broken.self) { try letters(template) }
    let sentence = try #require(error?.description)
    #expect(sentence.contains("letter.mustache: "), "\(sentence)")
    #expect(words == "Item" || sentence.contains(words), "\(sentence)")
  }

  @Test func `is refused when it tells the code twice`() throws {
    let error = #expect(throws: Letters.Broken.self) { try letters(Self.words + Self.words) }
    #expect(error?.description.hasSuffix("The code stands there more than once.") == true)
  }

  @Test func `may use every name that there is, and no other`() throws {
    let brand = try Brand.load(directory: nil)
    let letter = Letter(
      subject: "a", text: "b", portal: "https://portal.example", brand: brand,
      texts: brand.texts(in: .english))
    let part = try #require(letter.parts.first)
    let line = try #require(part.lines.first)
    let piece = try #require(line.pieces.first)
    let values: [Any] = [letter, part, line, piece]
    let names = values.flatMap { Mirror(reflecting: $0).children.compactMap(\.label) }
    #expect(Set(names) == Letter.names)
    #expect(names.count == Letter.names.count)
  }
}
