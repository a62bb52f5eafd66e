internal import TestSupport
internal import Testing

/// A checker that finds nothing is worth nothing: each has faults planted before it.
@Suite struct `The checkers find planted faults` {
  private func file(
    _ text: String, _ path: String = "Sources/Accounts/Sample.swift"
  ) -> Repository.File {
    Repository.File(path: path, text: text)
  }

  private func bans(_ text: String, _ path: String = "Sources/Accounts/Sample.swift") throws
    -> [Fault]
  {
    try Ban.all.flatMap { try $0.faults(in: file(text, path), SwiftCode(text)) }
  }

  // MARK: Words

  @Test(arguments: [
    "let a = try! load()", "let a = b as! C", "print(a)", "  print(\"a\")", "let now = Date()",
    "let now = Date.now", "let id = UUID()", "let n = Int.random(in: 1...6)",
    "let n = list.randomElement()", "final class A: @unchecked Sendable {}",
    "nonisolated(unsafe) var a = 1", "fatalError(\"no\")", "assert(a > 0)", "let a = b!",
    "let a = b!.c", "let a = list[0]!", "let a = call()!", "f(a!, b)", "f(a!)", "let a: Int!",
    "try await Task.sleep(for: .seconds(1))", "public struct A {}", "struct PolicyManager {}",
    "final class RegisterService {}", "enum DateUtils {}", "struct StoreImpl: Store {}",
    "let a = \"\\(b!)\"", "let home = getenv(\"HOME\")", "@preconcurrency import Foundation",
    "let a = b!\n", "return b! + 1",
  ])
  func `a bad habit`(text: String) throws {
    #expect(!(try bans(text)).isEmpty)
  }

  @Test(arguments: [
    "// try! would be wrong", "/* as! and\n fatalError( */", "let a = \"try! print(\"",
    "let a = \"\"\"\n  Date() UUID()\n  \"\"\"", "let a = #\"print(\"x\")\"#", "if !isOpen {}",
    "a != b", "guard !list.isEmpty, !done else { return }", "logger.print(a)", "sprint(a)",
    "let date = Date(timeIntervalSince1970: 0)", "func `it is time! print(it)`() {}",
    "let f: (Int) -> Bool = { !($0 > 1) }", "x = [!a, !b]", "return !a", "struct Services {}",
    "struct Serviced {}", "throw Overloaded()", "let a = b ?? c", "\"text!\"", "a && !b",
    "let pattern = #/print(\\w!)/#", "precondition(a > 0, \"why\")", "x ? !a : !b",
  ])
  func `nothing where nothing is`(text: String) throws {
    #expect(try bans(text) == [])
  }

  @Test func `what is allowed elsewhere`() throws {
    #expect(try bans("print(Date())", "Sources/belepo/Sample.swift") == [])
    #expect(try bans("let id = UUID()", "Tests/AccountsTests/Sample.swift") == [])
    #expect(!(try bans("let a = b!", "Tests/AccountsTests/Sample.swift")).isEmpty)
    #expect(!(try bans("let now = Date()", "Tests/AccountsTests/Sample.swift")).isEmpty)
  }

  @Test func `a fault's line`() throws {
    let faults = try bans("let a = \"\"\"\n  x\n  \"\"\"\n/* a\n b */\nlet b = c!\n")
    #expect(faults.map(\.line) == [6])
    #expect(faults.first?.description.hasPrefix("Sources/Accounts/Sample.swift:6: ") == true)
  }

  // MARK: Functions

  private func function(lines: Int, _ start: String = "func f()") -> String {
    "\(start) {\n" + String(repeating: "  a()\n", count: lines - 2) + "}\n"
  }

  @Test(arguments: [
    "func f()", "func f(\n  a: Int\n)\n  async throws -> Int", "  init()", "  init?(_ a: Int)",
    "func `a name (with {braces})`()", "func f<T>(_ a: T) where T: P", "  static func f()",
  ])
  func `a function that is too long`(start: String) {
    let more = start.count { $0 == "\n" }
    func faults(_ lines: Int) -> [Fault] {
      let text = function(lines: lines - more, start)
      return FunctionLength.faults(in: file(text), SwiftCode(text))
    }
    #expect(faults(FunctionLength.longest) == [])
    #expect(faults(FunctionLength.longest + 1).count == 1)
  }

  @Test func `no function in a requirement, a call or a text`() {
    for text in [
      "protocol P {\n  func f()\n  func g() -> Int\n}\n" + function(lines: 100, "struct A"),
      "let a = A.init(x)\n" + function(lines: 100, "extension A"),
      "let a = \"func f() {\"\n" + function(lines: 100, "enum A"),
    ] {
      #expect(FunctionLength.faults(in: file(text), SwiftCode(text)) == [])
    }
  }

  // MARK: Imports

  @Test(arguments: [
    ("Domain", "internal import Foundation"), ("Domain", "package import Persistence"),
    ("Accounts", "internal import GRDB"), ("Accounts", "internal import CSodium"),
    ("Accounts", "internal import Hummingbird"), ("CustomerSite", "internal import Persistence"),
    ("Pages", "internal import CustomerSite"), ("Pages", "internal import Accounts"),
    ("Outbox", "import Domain"), ("Outbox", "internal import TestSupport"),
    ("CustomerSite", "internal import Mustache"), ("Accounts", "@testable internal import Testing"),
  ])
  func `an import that is not allowed`(target: String, line: String) {
    let faults = ImportRules.faults(
      in: file(line, "Sources/\(target)/Sample.swift"), SwiftCode(line))
    #expect(!faults.isEmpty)
  }

  @Test(arguments: [
    ("Domain", "package import FoundationEssentials"),
    ("PersistenceSQLite", "internal import GRDB"),
    ("CustomerSite", "internal import Accounts"), ("belepo", "internal import PersistenceSQLite"),
    ("Domain", "// import GRDB"), ("Domain", "let important = 1"),
  ])
  func `an import that is allowed`(target: String, line: String) {
    let faults = ImportRules.faults(
      in: file(line, "Sources/\(target)/Sample.swift"), SwiftCode(line))
    #expect(faults == [])
  }

  // MARK: Texts

  @Test(arguments: [
    "let a = 1 // TO" + "DO: later", "FIX" + "ME", String(repeating: "x", count: 101),
    "let a = 1 ", "\tlet a = 1", "cd /ho" + "me/anna/belepo", "`/wo" + "rk/main`",
    "(/Us" + "ers/anna)", "\"/ro" + "ot/.ssh\"",
  ])
  func `an unfinished, wide or private line`(line: String) {
    #expect(TextRules.faults(in: file(line)).count == 1)
  }

  @Test(arguments: [
    String(repeating: "x", count: 100), String(repeating: "é", count: 100),
    "see https://example.hu/ho" + "me/index", "Tests/wo" + "rk/x", "~/ho" + "me/x",
    "/var/lib/belepo",
  ])
  func `a line that is fine`(line: String) {
    #expect(TextRules.faults(in: file(line)) == [])
  }

  @Test(arguments: ["", "Text.", "# A\n\n# B\n", "## A\n", "Text.\n\n# A\n"])
  func `a document without its one title`(text: String) {
    #expect(MarkdownRules.faults(in: file(text, "docs/a.md")).count == 1)
  }

  @Test(arguments: ["# A\n", "# A\n\n```\n# a comment\n```\n\n## B\n"])
  func `a document with one title`(text: String) {
    #expect(MarkdownRules.faults(in: file(text, "docs/a.md")) == [])
  }

  @Test(arguments: ["{{{a}}}", "{{& a}}", "{{&a}}", "<p style=\"x\">", "<script>"])
  func `a template that is not escaped or holds code`(text: String) {
    #expect(!TemplateRules.faults(in: file(text, "Sources/Pages/Templates/a.mustache")).isEmpty)
  }

  @Test func `a template that no page has`() {
    let templates = ["page", "part", "layout", "orphan"].map {
      file("{{<layout}}{{>part}}{{/layout}}", "Sources/Pages/Templates/\($0).mustache")
    }
    let program = [file("var template: String { \"page\" }")]
    #expect(
      TemplateRules.orphans(templates, program: program).map(\.file)
        == ["Sources/Pages/Templates/orphan.mustache"])
  }
}
