internal import TestSupport
internal import Testing

/// The style is a test (CONTRIBUTING.md#house-style), but for what `swift format` looks at.
@Suite struct `The repository is tidy` {
  private static let swift = Result {
    try Repository.files(under: "Sources", endingIn: ["swift"])
      + Repository.files(under: "Tests", endingIn: ["swift"])
  }

  private static let readable: Set<String> = [
    "swift", "mustache", "md", "yaml", "yml", "py", "sh", "css", "js", "sql", "html", "svg", "h",
    "modulemap", "csv", "txt", "",
  ]

  @Test func `no Swift file has a word that stands for a bad habit`() throws {
    for file in try Self.swift.get() {
      let code = SwiftCode(file.text)
      for ban in Ban.all {
        let faults = try ban.faults(in: file, code)
        #expect(faults == [])
      }
    }
  }

  @Test func `regular expressions are made where the program starts, and nowhere else`() throws {
    let files = try Self.swift.get()
    for file in files { #expect(PatternRules.faults(in: file) == []) }
    let makers = files.filter { !PatternRules.makers(in: $0).isEmpty }.map(\.path)
    #expect(PatternRules.places.isSubset(of: makers), "a place on the list has none any more")
  }

  @Test func `no function is longer than a page`() throws {
    for file in try Self.swift.get() {
      #expect(FunctionLength.faults(in: file, SwiftCode(file.text)) == [])
    }
  }

  @Test func `every target knows only whom it may know`() throws {
    for file in try Self.swift.get() {
      #expect(ImportRules.faults(in: file, SwiftCode(file.text)) == [])
    }
  }

  @Test func `no message goes past the rule of whom it may go to`() throws {
    let files = try Self.swift.get()
    for file in files { #expect(MessageRules.faults(in: file, SwiftCode(file.text)) == []) }
    for place in MessageRules.places {
      let file = try #require(files.first { $0.path == place.file })
      #expect(
        MessageRules.direct(in: SwiftCode(file.text)).count == place.count,
        "\(place.file): \(place.reason)")
    }
  }

  @Test func `SQL stands in files of its own`() throws {
    for file in try Self.swift.get() {
      #expect(try SQLRules.faults(in: file) == [])
      #expect(SQLRules.repeatedClaims(in: file) == [])
    }
  }

  @Test func `no text is unfinished, too wide, or about one machine`() throws {
    for file in try Repository.files(endingIn: Self.readable) {
      #expect(TextRules.faults(in: file) == [])
    }
  }

  @Test func `every template is escaped and some page's`() throws {
    let templates = try Repository.files(under: "Sources", endingIn: ["mustache"])
    #expect(templates.count > 10)
    for file in templates { #expect(TemplateRules.faults(in: file) == []) }
    let program = try Repository.files(under: "Sources", endingIn: ["swift"])
    #expect(TemplateRules.orphans(templates, program: program) == [])
  }

  @Test func `every document has one title`() throws {
    let documents = try Repository.files(endingIn: ["md"])
    for file in documents { #expect(MarkdownRules.faults(in: file) == []) }
  }

  /// Without what programs wrote: pages as they were reviewed, lists, pictures.
  private static let marked: Set<String> = [
    "swift", "mustache", "md", "yaml", "yml", "py", "sh", "css", "js", "sql", "html", "h", "c",
    "modulemap", "cfg", "conf", "ini", "",
  ]

  @Test func `every mark leads to a heading of this repository`() throws {
    let files = try Repository.files(endingIn: Self.marked).filter {
      !$0.path.hasPrefix("Tests/CustomerSiteTests/Snapshots/")
    }
    let rules = MarkRules(documents: files.filter { $0.path.hasSuffix(".md") })
    for file in files { #expect(rules.faults(in: file) == []) }
    #expect(rules.unnamedAttacks(in: files) == [])
  }

  @Test func `the files are found`() throws {
    let paths = try Self.swift.get().map(\.path)
    #expect(paths.contains("Sources/Domain/Limits.swift"))
    #expect(paths.contains("Tests/TidyTests/TidyTests.swift"))
    #expect(!paths.contains { $0.contains(".build") })
  }
}
