internal import Domain
internal import Foundation
internal import Mustache
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import Letters

/// An insurer's own form of its letters (D 11).
@Suite struct `An insurer's own letter` {
  static let words =
    "<h1>{{heading.words}}</h1>{{#parts}}{{#lines}}<p>{{words}}</p>{{/lines}}{{/parts}}{{why.words}}"

  private static let portal = "https://portal.example"

  private func letters(_ template: String?) throws -> Letters {
    let folder = try Folder(template.map { ["letter.mustache": $0] } ?? [:])
    return try Letters(
      brand: Brand.load(directory: folder.path), folder: folder.path, portal: Self.portal)
  }

  @Test func `takes the place of the shipped one, and is escaped as well`() throws {
    let html = try letters(Self.words).html(
      subject: "a", text: "<b>\"\u{301}", language: .english)
    #expect(html.hasPrefix("<h1>a</h1><p>&lt;b&gt;&quot;\u{301}</p>You received"))
  }

  @Test func `may be missing`() throws {
    let own = try letters(nil)
    let shipped = try Letters(
      brand: Props.brand.get(), folder: nil, portal: Self.portal)
    func html(_ letters: Letters) -> String {
      letters.html(subject: "a", text: "b", language: .hungarian)
    }
    #expect(html(own) == html(shipped))
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

  @Test func `is refused in another encoding`() throws {
    let folder = try Folder([:])
    try Data(Array(Self.words.utf8) + [0xF5])
      .write(to: URL(fileURLWithPath: folder.path + "/letter.mustache"))
    let error = #expect(throws: Letters.Broken.self) {
      try Letters(brand: Props.brand.get(), folder: folder.path, portal: Self.portal)
    }
    let sentence = try #require(error?.description)
    #expect(sentence.contains("/letter.mustache: it is not in UTF-8 (line 1)"), "\(sentence)")
  }

  @Test func `is refused when it tells the code twice`() throws {
    let error = #expect(throws: Letters.Broken.self) { try letters(Self.words + Self.words) }
    #expect(error?.description.hasSuffix("The code stands there more than once.") == true)
  }

  @Test func `may use every name that there is, and no other`() throws {
    let brand = try Props.brand.get()
    let letter = Letter(
      subject: "a", text: "b", portal: Self.portal, brand: brand,
      texts: brand.texts(in: .english))
    let part = try #require(letter.parts.first)
    let line = try #require(part.lines.first)
    let piece = try #require(line.pieces.first)
    let values: [any MustacheParent] = [letter, part, line, piece]
    let names = values.flatMap { value in
      let names = Mirror(reflecting: value).children.compactMap(\.label)
      for name in names { #expect(value.child(named: name) != nil, "\(name)") }
      return names
    }
    #expect(Set(names) == Letter.names)
    #expect(names.count == Letter.names.count)
  }
}
