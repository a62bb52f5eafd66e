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

  // MARK: SQL

  @Test(arguments: [
    "try row(\"SELECT id FROM account\")", "    SELECT id\n    FROM account",
    "  INSERT INTO account (id)", "  UPDATE account\n  SET id = 1", "\"DELETE FROM account\"",
  ])
  func `a statement outside of the files for it`(text: String) throws {
    #expect(try SQLRules.faults(in: file(text)).count == 1)
    #expect(try SQLRules.faults(in: file(text, "Sources/Accounts/A/B+Queries.swift")) == [])
  }

  @Test(arguments: [
    "/// Selects what to update in an account.", "update account SET", "let UPDATE = 1",
  ])
  func `no statement where none is`(text: String) throws {
    #expect(try SQLRules.faults(in: file(text)) == [])
  }

  @Test func `a claim that may be made again for each row`() throws {
    func faults(_ before: String, _ after: String) throws -> Int {
      let lock = #"\(Query.Differing.skippingRowLock)"#
      let text = "try perform(\n\"\"\"\n\(before) SELECT id FROM a LIMIT \\(count) \(lock)\(after)"
      return SQLRules.repeatedClaims(in: file(text, "Sources/Accounts/A/B+Queries.swift")).count
    }
    #expect(try faults("UPDATE a WHERE id IN (", ")") == 1)
    #expect(try faults("WITH due AS MATERIALIZED (", ") UPDATE a SET b = 1") == 0)
    #expect(try faults("", "") == 0)
  }

  @Test func `a fault's line`() throws {
    let faults = try bans("let a = \"\"\"\n  x\n  \"\"\"\n/* a\n b */\nlet b = c!\n")
    #expect(faults.map(\.line) == [6])
    #expect(faults.first?.description.hasPrefix("Sources/Accounts/Sample.swift:6: ") == true)
  }

  // MARK: Regular expressions

  @Test(arguments: [
    "let a = b.matches(of: #/x+/#)", "let a = try Regex(b)", "let a: Regex<Substring>",
    "a.range(of: b, options: .regularExpression)", "a.replacing(/x/, with: y)",
    "a.firstMatch(of: ##/x/##)", "let a = NSRegularExpression(b)", "let a = /x/",
    "import RegexBuilder",
  ])
  func `a regular expression`(text: String) {
    #expect(PatternRules.faults(in: file("// one\n\(text)")).map(\.line) == [2])
    let place = PatternRules.places.first ?? ""
    #expect(PatternRules.faults(in: file(text, place)) == [])
    #expect(PatternRules.faults(in: file(text, "Tests/AccountsTests/Sample.swift")) == [])
  }

  @Test(arguments: [
    "let a = b / c", "// Regex", "let a = \"#/x/#\"", "let path = \"/a/b\"",
    "a.replacing(\"/\", with: b)",
    "let a = (b) / c / d",
  ])
  func `no regular expression where none is`(text: String) {
    #expect(PatternRules.faults(in: file(text)) == [])
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

  // MARK: Messages

  @Test(arguments: [
    "try transaction.enqueue(message, at: now)",
    "try transaction.enqueue(\n  letter(code, to: account.email), at: now)",
    "try enqueue(message, at: now)", "try self.enqueue([a, b], at: now)",
    "try transaction.enqueue(message) { a(to: b) }",
  ])
  func `a message that asks no rule`(text: String) throws {
    let planted = file("// one\n\(text)")
    #expect(MessageRules.faults(in: planted, SwiftCode(planted.text)).map(\.line) == [2])
    let place = try #require(MessageRules.places.first { $0.count == 1 })
    #expect(MessageRules.faults(in: file(text, place.file), SwiftCode(text)) == [])
    let twice = "\(text)\n\(text)"
    #expect(MessageRules.faults(in: file(twice, place.file), SwiftCode(twice)).count == 1)
    #expect(MessageRules.faults(in: file(text, "Sources/Outbox/A.swift"), SwiftCode(text)) == [])
  }

  @Test(arguments: [
    "try transaction.enqueue(letter(a), to: owner, at: now)",
    "try transaction.enqueue(\n  letter(code, to: account.email),\n  to: owner, at: now)",
    "// transaction.enqueue(message)", "func enqueue(_ message: Message, at now: Date) throws {}",
    "let a = \"transaction.enqueue(message)\"", "try enqueue(letter(a), to: owner, at: now)",
  ])
  func `no message that asks no rule where none is`(text: String) {
    #expect(MessageRules.faults(in: file(text), SwiftCode(text)) == [])
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
    #expect(MarkdownRules.faults(in: file(text, "README.md")).count == 1)
  }

  @Test(arguments: ["# A\n", "# A\n\n```\n# a comment\n```\n\n## B\n"])
  func `a document with one title`(text: String) {
    #expect(MarkdownRules.faults(in: file(text, "README.md")) == [])
  }

  // MARK: Marks

  /// Split, so that this file holds no mark that leads nowhere.
  private static let marks = MarkRules(documents: [
    Repository.File(path: MarkRules.rules, text: "# Rules\n\n### J" + "91\n\n### D " + "92\n"),
    Repository.File(path: MarkRules.interfaces, text: "# A\n\n## I" + "93: what is promised\n"),
    Repository.File(
      path: MarkRules.attacks,
      text: "# A\n" + [991, 992, 993, 995].map { "\n## Attack \($0)\n" }.joined()),
    Repository.File(path: "docs/decisions/" + "9999-a." + "md", text: "# A\n"),
  ])

  @Test(arguments: [
    "/// Why (J" + "94).", "(J" + "91, D " + "94)", "| J" + "94 |", "`I" + "94`", "attack" + " 994",
    "attacks" + " 991 to 995", "attacks" + " 991, 992 and 994", "attacks" + " 991,\n  /// 994",
    "# Attack" + " 996", "decision" + " 9998", "see no" + "where." + "md", "rules" + ".md#j94",
    "(G" + "-09)", "(S" + "13)", "(R" + "-28)", "(J" + " 91)", "(D" + "92)",
    "security" + ".md 2.3", "house style" + " 4.3", "contract" + ", part 2", ".." + "/shared",
    "the" + " specification says",
  ])
  func `a mark that leads nowhere`(text: String) {
    #expect(Self.marks.faults(in: file(text, "docs/sample.swift")).count == 1)
  }

  @Test(arguments: [
    "(J" + "91, D " + "92; NIST: 100 at most)", "(I" + "93)", "attacks" + " 991 to 993 and 995",
    "decision" + " 9999", "rules" + ".md", "docs/rules" + ".md#j" + "91", "RFC 5322, ASVS 6.5.5",
    "\"P12345\", \"P12-345\"", "(X11; Linux)", "attack " + "(5)",
    "https://example.hu/no" + "where." + "md", "7-M-2-X-Q",
  ])
  func `a mark that leads somewhere, and what is none`(text: String) {
    #expect(Self.marks.faults(in: file(text, "docs/sample.swift")) == [])
  }

  @Test func `a link within a document that leads nowhere`() {
    let text = "# Rules\n\n### J" + "91\n\n[a](#j" + "91) [b](#j" + "94)\n"
    #expect(Self.marks.faults(in: file(text, MarkRules.rules)).map(\.line) == [5])
  }

  @Test func `an attack that nobody names`() {
    let files = [file("// attacks" + " 991 to 993")]
    #expect(Self.marks.unnamedAttacks(in: files) == ["attack" + " 995"])
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
