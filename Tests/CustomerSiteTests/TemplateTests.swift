internal import Domain
internal import Foundation
internal import Markup
internal import Mustache
internal import StaffSite
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import CustomerSite
@testable internal import Pages

@Suite struct `The templates` {
  private static let shipped = Result {
    let brand = try Props.brand.get()
    return try Templates(
      folders: [CustomerSite.templates], brand: brand, assets: try Assets(brand: brand)
    ).sources
  }

  private static func sources() throws -> [Language: [String: String]] { try shipped.get() }

  /// The files of both sites as they are written, with their names.
  private static func filesOfBothSites() throws -> [Repository.File] {
    // Letters have rules of their own.
    try Repository.files(under: "Sources", endingIn: ["mustache"])
      .filter { !$0.path.hasPrefix("Sources/Letters/") }
  }

  /// The same without those that only staff see.
  private static func files() throws -> [Repository.File] {
    try filesOfBothSites().filter { !$0.path.hasPrefix("Sources/StaffSite/") }
  }

  @Test(arguments: Language.allCases)
  func `every tag names a property of its page`(language: Language) throws {
    var checker = TagChecker(sources: try Self.sources()[language] ?? [:])
    for sample in try PageSample.all(in: language) { try checker.check(sample.page) }
    #expect(checker.faults == [])
  }

  @Test func `every property of a page is shown by some tag`() throws {
    var checker = TagChecker(sources: try Self.sources()[.hungarian] ?? [:])
    var names: Set<String> = []
    for sample in try PageSample.all(in: .hungarian) {
      try checker.check(sample.page)
      for child in Mirror(reflecting: sample.page).children {
        if let name = child.label { names.insert("\(sample.page.template): \(name)") }
      }
    }
    let unused = names.filter { name in
      !checker.used.contains(String(name.split(separator: " ").last ?? ""))
    }
    #expect(unused == [])
  }

  @Test func `every template is some page's, or a part of one`() throws {
    let pages = Set(try PageSample.all(in: .hungarian).map(\.page.template))
    let files = try Self.files()
    var parts: Set<String> = ["document"]
    for file in files {
      for match in file.text.matches(of: /\{\{[><]([a-z0-9-]+)\}\}/) {
        parts.insert(String(match.1))
      }
    }
    let names = Set(files.map { $0.name.replacing(".mustache", with: "") })
    #expect(names == pages.union(parts))
  }

  // MARK: The page of all elements

  /// What gives a whole page its shape, and would give it to the page of all elements.
  private static let shapes: Set = ["hero", "choices"]

  /// The classes that a template gives, and its parts and the layout around it.
  private static func classes(
    shownBy name: String, in sources: [String: String]
  ) -> Set<String> {
    guard let source = sources[name] else { return [] }
    var found = classes(in: source)
    for match in source.matches(of: /\{\{[><]([a-z0-9-]+)\}\}/) {
      found.formUnion(classes(shownBy: String(match.1), in: sources))
    }
    return found
  }

  private static func classes(in source: String) -> Set<String> {
    var found: Set<String> = []
    for match in source.matches(of: /class="([^"]*)"/) {
      let words = String(match.1).replacing(/\{\{[^}]*\}\}/, with: " ").split(separator: " ")
      found.formUnion(words.map { String($0) })
    }
    return found
  }

  @Test func `whoever changes how pages look finds every element on one page`() throws {
    let sources = try Self.sources()[.hungarian] ?? [:]
    let shown = Self.classes(shownBy: "demo-elements", in: sources)
    #expect(shown.isSuperset(of: ["button-danger", "site-footer", "policy-status-active"]))
    for (name, source) in sources where !name.hasPrefix("document-") {
      let missing = Self.classes(in: source).subtracting(shown).subtracting(Self.shapes)
      #expect(missing.isEmpty, "\(name): \(missing.sorted())")
    }
  }

  @Test(arguments: DocumentName.allCases, Language.allCases)
  func `a document is a template without tags of its own`(
    name: DocumentName, language: Language
  ) throws {
    let source = try #require(try Self.sources()[language]?["document-\(name.rawValue)"])
    #expect(
      try MustacheNode.parse(source) == [.parent("document", [.block("document", [])])])
  }

  @Test func `a mark upon a quotation mark does not let a value out of its attribute`() throws {
    // One character to Swift, two scalars to a browser.
    let hostile = "a\"\u{301} onfocus=\"x\"\u{301}<\u{338}b>&\u{20DD}'\u{301}"
    let template = try Markup.template("<input value=\"{{value}}\">")
    let html = template.render(["value": hostile])
    let value = html.unicodeScalars.dropFirst("<input value=\"".count).dropLast("\">".count)
    for scalar in ["\"", "'", "<", ">"] as [Unicode.Scalar] {
      #expect(!value.contains(scalar), "\(html)")
    }
  }

  // MARK: What a template may hold

  @Test func `nothing is shown unescaped, and no tag is where escaping does not help`() throws {
    for file in try Self.filesOfBothSites() {
      for ban in [
        #/\{\{\{/#, #/\{\{\s*&/#, #/(?i)\son[a-z]+\s*=/#, #/(?i)\sstyle\s*=/#,
        #/(?i)<script(?! src)/#, #/(?i)<style/#,
        #/(?:href|src|action)="\{\{(?!#frame\.hasPage\}\}\/)/#,
        #/\s[a-z-]+=(?:\{\{|\[\[)/#, #/(?i)javascript:/#, #/(?i)<iframe/#,
      ] {
        let found = file.text.firstRange(of: ban).map { String(file.text[$0]) }
        #expect(found == nil, "\(file.path)")
      }
      // A sentence in an attribute is quoted, so that a quote in it is escaped.
      #expect(file.text.firstMatch(of: /='[^']*(\{\{|\[\[)/) == nil, "\(file.path)")
    }
  }

  @Test func `every link and form leads to a path of ours`() throws {
    let paths = Set(
      CustomerPath.allCases.map(\.rawValue) + StaffPath.allCases.map(\.rawValue)
        + [DemoScreen.path, DemoScreen.elementsPath])
    for file in try Self.filesOfBothSites() {
      for match in file.text.matches(of: /(?:href|action)="([^"]*)"/) {
        let target = String(match.1)
        let isKnown =
          paths.contains(String(target.prefix { $0 != "?" })) || target.hasPrefix("#")
          || target.hasPrefix("[[asset:")
          || [
            "?nyelv=[[language.other.code]]", "tel:[[brand.phoneLink]]", "/{{path}}",
            "/{{running}}", "/{{way}}",
            "{{#frame.hasPage}}/{{frame.page}}{{/frame.hasPage}}?nyelv=[[language.other.code]]",
            "{{#frame.hasPage}}/{{frame.page}}{{/frame.hasPage}}{{frame.parameterMark}}"
              + "nyelv=[[language.other.code]]",
          ].contains(target)
        #expect(isKnown, "\(file.path): \(target)")
      }
    }
  }

  @Test(arguments: DocumentName.allCases, Language.allCases)
  func `every link of a document leads to a path of ours, a phone or a mailbox`(
    name: DocumentName, language: Language
  ) throws {
    let paths = Set(CustomerPath.allCases.map(\.rawValue))
    let html = try Props.brand.get().document(name, in: language).html
    for match in html.matches(of: /href="([^"]*)"/) {
      let target = String(match.1)
      let path = target.split(separator: "#", omittingEmptySubsequences: false)[0]
      let isKnown =
        target.hasPrefix("tel:") || target.hasPrefix("mailto:") || target.hasPrefix("#")
        || paths.contains(String(path))
      #expect(isKnown, "\(target)")
    }
  }

  @Test func `no form hinders typing, pasting or filling in`() throws {
    for file in try Self.filesOfBothSites() {
      for ban in [" required", " maxlength", " placeholder", "autocomplete=\"off\"", " pattern="] {
        #expect(!file.text.contains(ban), "\(file.path): \(ban)")
      }
      for form in file.text.matches(of: /<form [^>]*>/) where form.0.contains("id=\"form\"") {
        #expect(form.0.contains(" novalidate"), "\(file.path)")
      }
    }
  }

  @Test(arguments: Language.allCases)
  func `each page has one heading and one main, labels for its fields and ids that are unique`(
    language: Language
  ) throws {
    let brand = try Props.brand.get()
    let templates = try Templates(
      folders: [CustomerSite.templates], brand: brand, assets: try Assets(brand: brand))
    for sample in try PageSample.all(in: language) {
      let html = try render(sample.page, templates, language)
      #expect(html.matches(of: /<h1[ >]/).count == 1, "\(sample.name)")
      #expect(html.matches(of: /<main[ >]/).count == 1, "\(sample.name)")
      #expect(html.contains("<html lang=\"\(language.rawValue)\">"), "\(sample.name)")
      #expect(!html.contains("[[") && !html.contains("{{"), "\(sample.name)")
      let ids = html.matches(of: #/ id="([^"]*)"/#).map { String($0.1) }
      #expect(ids.count == Set(ids).count, "\(sample.name)")
      for reference in html.matches(of: /aria-(?:describedby|labelledby)="([^"]*)"/) {
        for id in reference.1.split(separator: " ") {
          #expect(ids.contains(String(id)), "\(sample.name): \(id)")
        }
      }
      for input in html.matches(of: /<(?:input|select)[^>]*>/) where !input.0.contains("hidden") {
        let id = input.0.firstMatch(of: #/ id="([^"]*)"/#)?.1 ?? ""
        #expect(html.contains("for=\"\(id)\""), "\(sample.name): \(input.0)")
      }
      for link in html.matches(of: /<a href="#([^"]*)"/) {
        #expect(ids.contains(String(link.1)), "\(sample.name): \(link.1)")
      }
    }
  }

  private func render(
    _ page: some Page, _ templates: Templates, _ language: Language
  ) throws -> String {
    try templates.render(page, in: language)
  }
}

/// Mustache passes over a name that it does not find, in silence.
@Suite struct `The staff's templates` {
  private static func sources(_ language: Language) throws -> [String: String] {
    let brand = try Props.brand.get()
    return try Templates(
      folders: [StaffSite.templates], brand: brand,
      assets: try Assets(brand: brand, style: StaffSite.style)
    ).sources[language] ?? [:]
  }

  private static func checked(_ language: Language) throws -> (TagChecker, [any Page]) {
    let pages = try StaffPageSamples(try Props.brand.get().texts(in: language)).all()
    var checker = TagChecker(sources: try sources(language))
    for page in pages { try checker.check(page) }
    return (checker, pages)
  }

  @Test(arguments: Language.allCases)
  func `name a property of their page with every tag`(language: Language) throws {
    #expect(try Self.checked(language).0.faults == [])
  }

  @Test func `show every property of a page, and each is some page's`() throws {
    let (checker, pages) = try Self.checked(.hungarian)
    for page in pages {
      for name in Mirror(reflecting: page).children.compactMap(\.label) {
        #expect(checker.used.contains(name), "\(page.template): \(name)")
      }
    }
    let files = try Repository.files(
      under: "Sources/StaffSite/Templates", endingIn: ["mustache"])
    let names = files.map { $0.name.replacing(".mustache", with: "") }
    #expect(Set(names) == Set(pages.map(\.template)).union(["staff-layout"]))
  }
}

@Suite struct `The tag checker` {
  private struct Sample: Page {
    let template = "sample"
    let frame = Frame(
      title: "", isError: false, errors: [], hasErrors: false, formToken: "", caseNumber: "",
      hasCaseNumber: false, isLoggedIn: false, page: "", hasPage: false, keepsTyped: false,
      isDemo: false)
    let name = "Anna"
    let isThere = true
    let rows = [Row(number: "1")]
    let words = ["egy"]
    var computed: String { name }

    struct Row: Sendable {
      let number: String
    }
  }

  private func faults(_ source: String, _ others: [String: String] = [:]) throws -> Set<String> {
    var checker = TagChecker(sources: others.merging(["sample": source]) { $1 })
    try checker.check(Sample())
    return checker.faults
  }

  @Test func `accepts what Mustache finds`() throws {
    #expect(
      try faults(
        """
        {{<base}}{{$main}}{{name}}{{#isThere}}{{name}}{{/isThere}}{{^isThere}}{{frame.title}}
        {{/isThere}}{{#rows}}{{number}}{{name}}{{/rows}}{{#words}}{{.}}{{/words}}{{>part}}
        {{/main}}{{/base}}
        """, ["base": "{{frame.title}}{{$main}}{{/main}}", "part": "{{name}}"]) == [])
  }

  @Test(arguments: [
    "{{nam}}", "{{computed}}", "{{#rows}}{{numbr}}{{/rows}}", "{{^isHere}}{{/isHere}}",
    "{{#frame}}{{heading}}{{/frame}}", "{{frame.heading}}", "{{>nowhere}}", "{{isThere}}",
    "{{{name}}}", "{{&name}}", "{{#name}}{{/name}}", "{{rows}}",
    "{{<base}}{{$main}}{{nam}}{{/main}}{{/base}}",
  ])
  func `finds a tag that Mustache would pass over in silence`(source: String) throws {
    #expect(!(try faults(source, ["base": "{{$main}}{{/main}}"])).isEmpty)
  }

  @Test(arguments: ["{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{#a}}{{#b}}{{/a}}{{/b}}"])
  func `refuses a template whose sections do not fit`(source: String) {
    #expect(throws: MustacheNode.Unbalanced.self) { try MustacheNode.parse(source) }
  }
}
