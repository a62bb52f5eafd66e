internal import TestSupport
internal import Testing

/// What the papers for a security department say is true.
@Suite struct `The papers on security` {
  private static let papers = [
    "SECURITY.md", "docs/security-deviations.md", "docs/security/asvs.md",
    "docs/security/keys.md", "docs/security/logs.md", "docs/security/threat-model.md",
  ]

  private static func rules() throws -> ASVSRules {
    ASVSRules(tests: try Repository.files(endingIn: ["swift", "py"]))
  }

  @Test func `each row of the standard names tests that exist, and the numbers are counted`()
    throws
  {
    let file = Repository.File(
      path: ASVSRules.table, text: try Repository.text(of: ASVSRules.table))
    #expect(ASVSRules.rows(of: file).count > 150)
    #expect(try Self.rules().faults(in: file) == [])
  }

  @Test(arguments: [
    "| 1.1.1 | 1 | met | `NoSuchTests` | words |", "| 1.1.1 | 1 | met |  | words |",
    "| 1.1.1 | 1 | done | `TidyTests` | words |", "| 1.1.1 | 1 | partly | `TidyTests` |  |",
    "| 1.1.1 | 1 | met | `TidyTests` | words |",
  ])
  func `a planted fault is found`(row: String) throws {
    // The last one is right, and missing in the numbers.
    let text = "# Table\n\n| met | 0 |\n| partly | 1 |\n| not met | 0 |\n| n/a | 0 |\n\n\(row)\n"
    let file = Repository.File(path: ASVSRules.table, text: text)
    #expect(try !Self.rules().faults(in: file).isEmpty)
  }

  @Test(arguments: papers)
  func `every paper is there and says something`(path: String) throws {
    #expect(try Repository.text(of: path).count > 1000)
  }

  /// Each event of the log has its line in the inventory, and each line its event (ASVS 16.1.1).
  @Test func `the inventory of logs has every event`() throws {
    let inventory = try Repository.text(of: "docs/security/logs.md")
    let sources = try Repository.files(under: "Sources", endingIn: ["swift"])
    let events = Set(
      sources.flatMap { file in
        file.text.matches(of: #/"event": ?"([a-z_]+)"/#).map { String($0.output.1) }
      })
    let listed = Set(
      inventory.matches(of: #/(?m)^\| `([a-z_]+)` \| log /#).map { String($0.output.1) })
    #expect(events.count > 10)
    #expect(events.subtracting(listed).sorted() == [])
    #expect(listed.subtracting(events).sorted() == [])
  }

  @Test func `the inventory of logs has every kind of the audit trail`() throws {
    let inventory = try Repository.text(of: "docs/security/logs.md")
    let kinds = try Repository.text(of: "Sources/Accounts/Audit/AuditEvent.swift")
    let names = kinds.matches(of: #/case (\w+)(?: = "([a-z_]+)")?\n/#).map {
      String($0.output.2 ?? $0.output.1)
    }
    #expect(names.count > 40)
    #expect(names.filter { !inventory.contains("`\($0)`") } == [])
  }

  @Test func `the inventory of keys has every purpose`() throws {
    let inventory = try Repository.text(of: "docs/security/keys.md")
    let purposes = try Repository.text(of: "Sources/Cryptography/SecretKeys.swift")
      .matches(of: #/case \w+ = "(belepo [a-z ]+)"/#).map { String($0.output.1) }
    #expect(purposes.count > 4)
    #expect(purposes.filter { !inventory.contains("`\($0)`") } == [])
    let secrets = try Repository.text(of: "docs/configuration.md").split(separator: "\n")
      .filter { $0.hasSuffix("Secret. |") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(secrets.count > 4)
    #expect(secrets.filter { !inventory.contains("`\($0)`") } == [])
  }

  @Test func `the server starts no other program, and formats nothing with data`() throws {
    for file in try Repository.files(under: "Sources", endingIn: ["swift"])
    where file.name != "PDFRenderer.swift" {
      #expect(!file.text.contains("Process()"), "\(file.path)")
      #expect(!file.text.contains("String(format:"), "\(file.path)")
    }
  }
}
