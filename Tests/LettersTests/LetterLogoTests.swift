internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import Letters

/// The insurer's logo in its letters (D 11).
@Suite struct `A letter's logo` {
  private static let portal = "https://portal.pelda.example"
  private static let drawing = Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)

  /// The beginning of a PNG, as far as its header.
  private static func picture(width: UInt32, height: UInt32) -> [UInt8] {
    func bytes(_ number: UInt32) -> [UInt8] {
      stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bytes(13) + Array("IHDR".utf8)
      + bytes(width) + bytes(height)
  }

  /// Letters of an insurer that has this file for its logo, or none.
  private func letters(
    _ name: String? = nil, _ bytes: [UInt8] = [], template: String? = nil
  ) throws -> Letters {
    var files = ["brand.yaml": Folder.facts(insurer: "Minta")]
    if let name { files["brand.yaml", default: ""] += "logo: \(name)\n" }
    if let template { files["letter.mustache"] = template }
    let folder = try Folder(files)
    if let name {
      try Data(bytes).write(to: URL(fileURLWithPath: folder.path).appendingPathComponent(name))
    }
    return try Letters(
      brand: Brand.load(directory: folder.path), folder: folder.path, portal: Self.portal)
  }

  private func html(_ letters: Letters) -> String {
    letters.html(subject: "Subject", text: "Hello\n\nSentence.", language: .english)
  }

  @Test func `comes along inside it, and looking at it tells nobody`() throws {
    let picture = Self.picture(width: 800, height: 100)
    let letters = try letters("logo.png", picture)
    let logo = try #require(letters.logo)
    let without = html(try self.letters())
    let shown = html(letters)
    #expect(logo.bytes == picture)
    #expect(shown.ranges(of: "<img ").count == 1 && shown.ranges(of: "src=").count == 1)
    let tag = "<img src=\"cid:\(logo.contentID)\" width=\"240\" height=\"30\" alt=\"\""
    #expect(shown.contains(tag))
    #expect(shown.ranges(of: "://").count == without.ranges(of: "://").count)
    // Whatever ground a mail program gives the letter, dark words of a logo can be read.
    #expect(shown.contains("background-color: #ffffff; background-image: linear-gradient("))
    #expect(Reading(html: shown).words == Reading(html: without).words)
  }

  @Test(arguments: Language.allCases)
  func `is in each of the brand's letters`(language: Language) throws {
    let letters = try letters("logo.png", Self.picture(width: 40, height: 40))
    let logo = try #require(letters.logo)
    let texts = try Props.brand.get().texts(in: language)
    for kind in `A letter`.kinds {
      let html = letters.html(
        subject: texts[TextKey(stringLiteral: "\(kind).subject")],
        text: texts[TextKey(stringLiteral: "\(kind).text")], language: language)
      #expect(html.ranges(of: "cid:\(logo.contentID)").count == 1, "\(kind)")
    }
  }

  @Test(
    arguments: [
      (800, 100, 240, 30), (48, 96, 24, 48), (20, 10, 20, 10), (4_000, 1, 240, 1),
      (.max, .max, 48, 48),
    ] as [(UInt32, UInt32, Int, Int)])
  func `is never larger than it is, nor than its place, nor distorted`(
    width: UInt32, height: UInt32, shownWidth: Int, shownHeight: Int
  ) throws {
    let logo = try Logo(Self.picture(width: width, height: height), named: "logo.png")
    let shown = try #require(LetterLogo(logo))
    #expect(shown.width == shownWidth && shown.height == shownHeight)
  }

  @Test func `is none when it is a drawing, and the letter is as it was`() throws {
    let letters = try letters("logo.svg", Self.drawing)
    #expect(letters.logo == nil)
    let without = html(try self.letters())
    #expect(html(letters) == without)
    #expect(!html(letters).contains("<img"))
  }

  @Test func `goes along with no letter whose own form has no place for it`() throws {
    let picture = Self.picture(width: 40, height: 40)
    let own = `An insurer's own letter`.words
    #expect(try letters("logo.png", picture, template: own).logo == nil)
    let place = "{{#hasLogo}}<img src=\"cid:{{logo}}\" alt=\"{{insurer}}\">{{/hasLogo}}"
    #expect(try letters("logo.png", picture, template: place + own).logo != nil)
    let without = html(try letters(template: place + own))
    #expect(!without.contains("<img"))
  }

  @Test(arguments: [
    "<img src=\"cid:{{logo}}\" src=\"https://a.example\">", "<img src=\"cid:{{insurer}}\">",
    "<img alt=\"\" src=\"cid:{{logo}}\">", "<img src=\"{{logo}}\">",
  ])
  func `is the only picture that a form may have, written in one way`(piece: String) {
    #expect(throws: Letters.Broken.self) {
      try letters(template: `An insurer's own letter`.words + piece)
    }
  }
}
