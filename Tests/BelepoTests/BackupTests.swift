internal import Foundation
internal import Testing

@testable internal import belepo

/// `belepo backup` and `belepo restore`, as an operator runs them.
@Suite struct `A backup` {
  private let folder: URL
  private let environment: [String: String]

  init() throws {
    folder = try Program.folder()
    environment = ["BELEPO_DATABASE_URL": "sqlite:\(folder.path)/own.sqlite"]
  }

  private func run(_ arguments: String...) async throws -> Program.Run {
    try await Program.run(arguments, environment: environment)
  }

  private var backup: String { folder.path + "/backup" }
  private var database: String { folder.path + "/own.sqlite" }

  @Test func `is made while customers are served, and put back when nobody is`() async throws {
    let server = try Program.serve(environment)
    try await server.waitUntilReady()
    let made = try await run("backup", backup)
    #expect(made.status == 0, "\(made.error)")
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: backup)) == [
        "backup.json", "belepo.sqlite",
      ])
    let busy = try await run("restore", backup, "--by", "anna", "--reason", "trial")
    #expect(busy.status == 75 && busy.error.contains("stop the server first"))
    #expect(try await server.ask("/readyz") == "ok\n")
    #expect(try await server.stop() == 0)
    let restored = try await run("restore", backup, "--by", "anna", "--reason", "trial")
    #expect(restored.status == 0, "\(restored.error)")
    #expect(restored.output.contains("ended: 0 sessions; taken back: 0 messages"))
    let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(kept.contains { $0.hasPrefix("own.sqlite.before-") && !$0.hasSuffix("-wal") })
    let verified = try await run("audit", "verify")
    #expect(verified.status == 0, "\(verified.error)")
    let again = try Program.serve(environment)
    try await again.waitUntilReady()
    #expect(try await again.ask("/readyz") == "ok\n")
    #expect(try await again.stop() == 0)
  }

  @Test func `that was altered or never finished is not put back`() async throws {
    #expect(try await run("migrate").status == 0)
    #expect(try await run("backup", backup).status == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: database))
    let copy = URL(fileURLWithPath: backup + "/belepo.sqlite")
    let handle = try FileHandle(forUpdating: copy)
    try handle.seek(toOffset: 5000)
    try handle.write(contentsOf: Data([0xA5]))
    try handle.close()
    let altered = try await run("restore", backup)
    #expect(altered.status == 65 && altered.error.contains("its hash differs"))
    try FileManager.default.removeItem(atPath: backup + "/backup.json")
    let partial = try await run("restore", backup)
    #expect(partial.status == 65 && partial.error.contains("no finished backup"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: database)) == before)
  }

  @Test func `does not take an existing folder, or a database that is not there`() async throws {
    #expect(try await run("backup", backup).status == 69)
    #expect(!FileManager.default.fileExists(atPath: database))
    #expect(try await run("migrate").status == 0)
    #expect(try await run("backup", folder.path).status == 65)
    #expect(try await run("restore").status == 64)
    #expect(try await run("restore", backup, "--settle").status == 64)
    let settled = try await run("restore", "--settle", "--by", "anna")
    #expect(settled.status == 0 && settled.output.contains("ended: 0 sessions"))
  }

  @Test func `of a damaged database is never finished`() async throws {
    #expect(try await run("migrate").status == 0)
    let file = URL(fileURLWithPath: database)
    let handle = try FileHandle(forUpdating: file)
    let size = try handle.seekToEnd()
    try handle.seek(toOffset: size - 4096)
    try handle.write(contentsOf: Data(repeating: 0xA5, count: 4096))
    try handle.close()
    #expect(try await run("backup", backup).status == 65)
    #expect(!FileManager.default.fileExists(atPath: backup))
  }
}
