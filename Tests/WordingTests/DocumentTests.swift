internal import Domain
internal import TestSupport
internal import Testing
internal import Wording

@Suite struct `The documents` {
  private func document(_ name: DocumentName, _ language: Language) throws -> Document {
    try Props.brand.get().document(name, in: language)
  }

  /// The opening tags in their order.
  private func structure(_ html: String) -> [String] {
    html.matches(of: #/<([a-z][a-z0-9]*)/#).map { String($0.1) }
  }

  @Test(arguments: DocumentName.allCases, Language.allCases)
  func `begin with their one heading, and hold nothing that is not text`(
    name: DocumentName, language: Language
  ) throws {
    let html = try document(name, language).html
    #expect(html.hasPrefix("<h1>"))
    #expect(html.ranges(of: "<h1").count == 1)
    for ban in ["{{", "[[", "<script", "<style", "<iframe", "<form", " style=", "javascript:"] {
      #expect(!html.contains(ban), "\(ban)")
    }
    #expect(html.firstMatch(of: #/\son[a-z]+=/#) == nil)
  }

  @Test(arguments: DocumentName.allCases, Language.allCases)
  func `close every tag that they open`(name: DocumentName, language: Language) throws {
    let html = try document(name, language).html
    var open: [String] = []
    for tag in html.matches(of: #/<(\/?)([a-z][a-z0-9]*)[^>]*>/#) {
      let element = String(tag.2)
      if ["br", "hr", "img"].contains(element) { continue }
      if tag.1.isEmpty { open.append(element) } else { #expect(open.popLast() == element) }
    }
    #expect(open == [])
  }

  @Test(arguments: DocumentName.allCases)
  func `have the same structure in both languages`(name: DocumentName) throws {
    #expect(
      structure(try document(name, .hungarian).html)
        == structure(try document(name, .english).html))
  }

  @Test(arguments: DocumentName.allCases)
  func `lead to the same places in both languages`(name: DocumentName) throws {
    func links(_ language: Language) throws -> [String] {
      try document(name, language).html.matches(of: #/href="([^"]*)"/#).map { String($0.1) }
    }
    #expect(try links(.hungarian) == links(.english))
  }

  @Test(arguments: [DocumentName.contract, .notice, .privacy], Language.allCases)
  func `say which version they are, when somebody agrees to them`(
    name: DocumentName, language: Language
  ) throws {
    let text = try document(name, language).plainText
    #expect(text.contains(language == .hungarian ? "Változat:" : "Version"))
  }

  @Test(arguments: DocumentName.allCases, Language.allCases)
  func `can be read without their markup`(name: DocumentName, language: Language) throws {
    let document = try document(name, language)
    let text = document.plainText
    #expect(text.hasPrefix(document.title))
    #expect(text.firstMatch(of: #/<[a-z]|&[a-z]+;/#) == nil)
    #expect(!text.contains("\n\n") && !text.contains("  "))
  }

  @Test func `have a version that is the hash of their bytes`() {
    let one = Document(name: .contract, language: .english, html: "<h1>A</h1>")
    let other = Document(name: .contract, language: .english, html: "<h1>A</h1> ")
    #expect(one.version.count == 64 && one.version != other.version)
    #expect(
      one.version == Document(name: .notice, language: .hungarian, html: one.html).version)
  }

  @Test func `are split into lines where a reader would`() {
    let html = "<h1>A &amp; B</h1>\n<p>Egy<br>kettő &lt;3&gt;</p><ul><li>három</li></ul>"
    let document = Document(name: .contract, language: .english, html: html)
    #expect(document.plainText == "A & B\nEgy\nkettő <3>\n- három")
  }
}
