internal import TestSupport
internal import Testing

/// The style is a test (house style 4.4, 20). What `swift format` looks at is not repeated here.
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

  @Test func `the files are found`() throws {
    let paths = try Self.swift.get().map(\.path)
    #expect(paths.contains("Sources/Domain/Limits.swift"))
    #expect(paths.contains("Tests/TidyTests/TidyTests.swift"))
    #expect(!paths.contains { $0.contains(".build/") })
  }
}
