internal import Domain
internal import Foundation
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import Letters

/// The HTML twin of every e-mail (I6).
@Suite struct `A letter` {
  static let portal = "https://portal.pelda.example"
  private static let link = "\(portal)/oldal"

  let brand: Brand
  let letters: Letters

  /// Laid out once for all tests.
  private static let shipped = Result {
    try Letters(brand: try Props.brand.get(), folder: nil, portal: portal)
  }

  init() throws {
    brand = try Props.brand.get()
    letters = try Self.shipped.get()
  }

  /// Every letter that the bundles have words for.
  static let kinds: [String] = {
    let brand = try? Props.brand.get()
    let keys = brand?.texts(in: .hungarian).sentences.keys.sorted() ?? []
    return keys.filter { $0.hasPrefix("mail.") && $0.hasSuffix(".text") }
      .map { String($0.dropLast(".text".count)) }
  }()

  private func words(
    _ kind: String, _ language: Language, code: String = "K7M2XQ"
  ) -> (subject: String, text: String) {
    let texts = brand.texts(in: language)
    let values = [
      "code": code, "until": "november 25. 13:05",
      "link": Self.link,
      "contract": brand.document(.contract, in: language).plainText,
      "device": "Chrome, Android", "time": "2026. november 24. 13:05", "failures": "5",
      "reason": "Két évig meg kell őriznünk.",
    ]
    return (
      texts[TextKey(stringLiteral: "\(kind).subject")],
      texts[TextKey(stringLiteral: "\(kind).text"), values]
    )
  }

  private func read(_ kind: String, _ language: Language) throws -> Reading {
    let letter = words(kind, language)
    return try read(letter.text, subject: letter.subject, language)
  }

  private func read(
    _ text: String, subject: String = "Subject", _ language: Language = .english,
    portal: String? = nil
  ) throws -> Reading {
    let letters =
      try portal.map { try Letters(brand: brand, folder: nil, portal: $0) } ?? letters
    return Reading(html: letters.html(subject: subject, text: text, language: language))
  }

  @Test func `has its kinds from the bundles`() {
    #expect(
      Self.kinds == [
        "mail.accountLocked", "mail.accountLockedNewProof", "mail.accountUnlocked", "mail.code",
        "mail.contract", "mail.contractEnded", "mail.correspondenceChanged",
        "mail.correspondenceCode", "mail.correspondenceRemoved", "mail.dataRequestDeclined",
        "mail.loginAfterFailures", "mail.loginCode", "mail.loginNewDevice",
        "mail.passwordChanged", "mail.recoveryCode", "mail.registeredAgain",
        "mail.sessionsEnded", "mail.taken", "mail.userNameChanged", "mail.userNameCode",
        "mail.userNameRestored", "mail.userNameUndo",
      ])
  }

  // MARK: What it says

  @Test(arguments: kinds, Language.allCases)
  func `says word for word what its text says`(kind: String, language: Language) throws {
    let (subject, text) = words(kind, language)
    let letter = try read(kind, language)
    let heading = try #require(letter.texts("h1").first)
    let plain = letters.plainText(text, language: language)
    let above = [letter.preheader ?? "", brand.facts.insurerName, heading].joined(separator: " ")
    // A link is a button.
    let button = brand.texts(in: language)["mail.button"]
    let shown = plain.replacing("\n\n\(Self.link)\n\n", with: "\n\n\(button)\n\n")
    #expect(letter.words == Reading.words(of: above) + Reading.words(of: shown))
    #expect(letter.texts("title") == [subject])
    #expect(subject.lowercased() == "\(brand.facts.insurerName): \(heading)".lowercased())
    let lines = text.split(separator: "\n").count
    #expect(letter.pieces == lines)
  }

  @Test(arguments: kinds, Language.allCases)
  func `names its language, its letters and its colours`(kind: String, language: Language) throws {
    let letter = try read(kind, language)
    #expect(letter.html.hasPrefix("<!DOCTYPE html>\n<html lang=\"\(language.rawValue)\""))
    #expect(letter.html.contains("<meta charset=\"utf-8\">"))
    #expect(letter.html.contains("name=\"color-scheme\" content=\"light dark\""))
    #expect(letter.html.contains("name=\"supported-color-schemes\" content=\"light dark\""))
    #expect(letter.html.contains(brand.facts.accentColour))
    #expect(letter.html.contains("{{") == false)
    #expect(letter.texts("h1").count == 1)
  }

  @Test(arguments: kinds, Language.allCases)
  func `ends with who wrote it, how to call them, and why it came`(
    kind: String, language: Language
  ) throws {
    let footer = try read(kind, language).texts("p").suffix(3).joined(separator: "\n")
    let hours = try #require(brand.facts.callCentreHours[language.rawValue])
    let why = brand.texts(in: language)["mail.footer.why"]
    for words in [
      brand.facts.insurerName, brand.facts.callCentrePhone, hours, Self.portal, why,
    ] {
      #expect(footer.contains(words))
    }
  }

  @Test func `has lines in a paragraph as they were`() throws {
    let letter = try read("Hello\n\none\r\ntwo\u{2028}three\n\n\n\nfour")
    #expect(letter.texts("p").dropFirst().prefix(3) == ["Hello", "one\ntwo\nthree", "four"])
  }

  @Test func `tears no phone number and no short word at its hyphens`() throws {
    let letter = try read("Hello\n\nCall +36-1-234-5678, e-mail us, or see ügyfélportál-szerződés.")
    let whole = letter.html.matches(of: #/nowrap;">([^<]*)</#).map { String($0.1) }
    #expect(whole == ["+36-1-234-5678", "e-mail", "06-40-421-421"])
  }

  @Test func `looks into no endless word`() throws {
    let word = String(repeating: "a-", count: 20_000)
    let letter = try read("Hello\n\n\(word)\n\ne-mail")
    #expect(letter.texts("p").contains(word))
    #expect(letter.html.contains("nowrap;\">e-mail<"))
  }

  // MARK: The code

  @Test(arguments: Language.allCases, ["K7M2XQ", "123456", "000000", "WWWWWW", "222222"])
  func `has its code once, whole, and alone`(language: Language, code: String) throws {
    let (subject, text) = words("mail.code", language, code: code)
    let letter = try read(text, subject: subject, language)
    #expect(letter.html.ranges(of: code).count == 1)
    #expect(letter.texts("p").filter { $0 == code }.count == 1)
    #expect(letter.html.contains("letter-spacing: 6px"))
  }

  @Test(arguments: ["K7M2X", "K7M2XQA", "k7m2xq", "K7M2XO", "PÉLDA7", "K7 M2XQ", "K7M2XQ."])
  func `takes nothing else for a code`(words: String) throws {
    #expect(try read("Hello\n\n\(words)").html.contains("letter-spacing") == false)
  }

  @Test func `takes no second code, and no insurer's name, for one`() throws {
    let letter = try read("Hello\n\nK7M2XQ\n\nABCDEF")
    #expect(letter.html.ranges(of: "letter-spacing").count == 1)
    let folder = try Folder(["brand.yaml": Folder.facts(insurer: "AXAXAX")])
    let brand = try Brand.load(directory: folder.path)
    let html = try Letters(brand: brand, folder: folder.path, portal: Self.portal).html(
      subject: "AXAXAX: words", text: "Hello\n\nK7M2XQ\n\nAXAXAX", language: .english)
    #expect(html.ranges(of: "letter-spacing").count == 1)
    #expect(html.ranges(of: "K7M2XQ").count == 1)
  }

  // MARK: The list of letters

  @Test(arguments: kinds, Language.allCases)
  func `shows its first sentence after the greeting, hidden`(
    kind: String, language: Language
  ) throws {
    let preheader = try #require(try read(kind, language).preheader)
    #expect(words(kind, language).text.contains("\n\n\(preheader)"))
    #expect(preheader.count > 20 && preheader.count < 140)
  }

  @Test(arguments: [
    ("Hello\n\nOne. Two.", "One."), ("Hello\n\nOne: two", "One"),
    ("Hello\n\nVersion 1.2 of", "Version 1.2 of"),
    ("Hello\n\n---\n\nK7M2XQ\n\nAfter it!", "After it!"), ("Hello\n\none\ntwo. three", "one two."),
    ("Hello\n\nYour code: K7M2XQ.", "Your code"),
  ])
  func `cuts its first sentence where it ends`(text: String, preheader: String) throws {
    #expect(try read(text).preheader == preheader)
  }

  @Test(arguments: [
    "Hello", "", "Hello\n\nYour code is K7M2XQ. Keep it.", "Hello\n\n---\n\n123456",
  ])
  func `shows no sentence rather than a code`(text: String) throws {
    #expect(try read(text).preheader == nil)
  }

  // MARK: The document that it holds

  @Test(arguments: Language.allCases)
  func `gives the contract its titles and lists`(language: Language) throws {
    let html = brand.document(.contract, in: language).html
    let contract = Reading(html: html)
    let letter = try read("mail.contract", language)
    #expect(letter.texts("h2") == contract.texts("h1"))
    #expect(letter.texts("h3") == contract.texts("h2"))
    #expect(letter.texts("li") == contract.texts("li"))
    #expect(letter.html.ranges(of: "<hr ").count == 3)
  }

  @Test func `takes for a title only what is open at its end`() throws {
    let lines = [
      "Ends with a mark.", "1. Heading", "2. Sentence.", "2.1. Clause", "- item", "----",
    ]
    let letter = try read("Hello\n\n---\n\n\(lines.joined(separator: "\n"))\n\n---\n\nBye")
    #expect(letter.texts("h2") == [])
    #expect(letter.texts("h3") == ["1. Heading"])
    #expect(letter.texts("li") == ["item"])
    #expect(
      letter.texts("p").dropFirst().dropLast(3)
        == ["Hello", "Ends with a mark.", "2. Sentence.", "2.1. Clause", "Bye"])
  }

  @Test func `has no document without a second rule`() throws {
    let letter = try read("Hello\n\n---\n\nTitle\n1. Heading\n- item")
    #expect(letter.texts("h2") + letter.texts("h3") + letter.texts("li") == [])
    #expect(letter.html.ranges(of: "<hr ").count == 2)
  }

  // MARK: What is hostile

  @Test(arguments: [
    "<script>alert(1)</script>", "a & b &amp; c", "{{subject}} {{{why}}} {{#parts}}",
    "\" onload=\"x", "'quoted'",
    "\u{202E}backwards\u{202C}", "<!-- <![endif]-->", "</title></style></p></table>",
    "[[mail.code.text]]", "{code}", "\"\u{301} onclick=\u{201D}x", "<\u{338}b>", "&\u{200D}lt;",
  ])
  func `shows hostile words and obeys none`(words: String) throws {
    let letter = try read("Hello\n\n\(words)\n\nBye", subject: words)
    #expect(letter.texts("p").contains(words))
    #expect(letter.texts("h1").first?.lowercased() == words.lowercased())
    #expect(letter.texts("title") == [words])
    let harmless = try read("Hello\n\nharmless\n\nBye", subject: "harmless")
    for mark in ["<", ">", "\""] {
      let marks = letter.html.unicodeScalars.count { String($0) == mark }
      #expect(marks == harmless.html.unicodeScalars.count { String($0) == mark }, "\(mark)")
    }
  }

  @Test func `is HTML even when its text has control characters`() throws {
    let letter = try read("Hello\n\none\u{0}two\u{8}\u{1B}[0m\tthree\u{7F}")
    #expect(letter.texts("p").contains("onetwo[0m\tthree"))
  }

  // MARK: What it must not do

  @Test(arguments: kinds, Language.allCases)
  func `refers to nothing but the portal`(kind: String, language: Language) throws {
    let letter = try read(kind, language)
    let isLinked = words(kind, language).text.contains(Self.link)
    let button = brand.texts(in: language)["mail.button"]
    #expect(letter.values(of: "href") == (isLinked ? [Self.link] : []) + [Self.portal])
    #expect(letter.texts("a") == (isLinked ? [button] : []) + [Self.portal])
    #expect(letter.html.ranges(of: "://").count == (isLinked ? 3 : 2))
    for mark in ["src=", "url(", "@import", "<link", "<img", "<script", "<form", "mailto:", "tel:"]
    {
      #expect(letter.html.contains(mark) == false, "\(mark)")
    }
  }

  @Test(arguments: ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost/"])
  func `shows a portal without https, but links to none`(portal: String) throws {
    let letter = try read("Hello", portal: portal)
    #expect(letter.values(of: "href") == [])
    #expect(letter.texts("p").contains { $0.hasSuffix(" \(portal)") })
  }

  @Test(arguments: [
    "javascript:alert(1)", "https://", "portal.example", "https://a.example/\"x",
    "https://a b.example", "https://a.example?x=<", "https://user@a.example",
    "https://a.example\n", "",
  ])
  func `has no portal that is none`(portal: String) {
    #expect(throws: Letters.Broken.self) {
      try Letters(brand: brand, folder: nil, portal: portal)
    }
  }

  @Test func `keeps to what mail programs can show`() throws {
    let html = try read("mail.contract", .hungarian).html
    for mark in ["flex", "grid", "var(", "position:", "float:", "<section", "class=\"\"", "rem;"] {
      #expect(html.contains(mark) == false, "\(mark)")
    }
    #expect(html.ranges(of: "<style").count == 1)
    for table in html.components(separatedBy: "<table").dropFirst() {
      #expect(table.hasPrefix(" role=\"presentation\""))
    }
    for size in html.matches(of: #/font-size: (\d+)px/#) {
      #expect((Int(size.1) ?? 0) >= 16)
    }
    // Gmail cuts a longer letter, and drops a longer style.
    #expect(html.utf8.count < 100_000)
    #expect((Reading(html: html).texts("style").first?.utf8.count ?? .max) < 8_000)
  }

  @Test func `has its accents on the grounds that they were checked against`() throws {
    let html = try read("mail.code", .hungarian).html
    #expect(html.contains(".sheet { background-color: #0b1518 !important; }"))
    #expect(html.contains("max-width: 600px; background-color: #ffffff;"))
  }
}
