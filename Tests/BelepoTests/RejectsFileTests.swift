internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import RegisterImport
@testable internal import belepo

/// The files that `--rejects` names.
struct RejectsFileTests {
  /// A folder in which an earlier import has left its rejected rows.
  private struct Earlier {
    static let rows = "rows of an earlier import\n"

    let folder: URL
    var path: String { folder.appending(path: "r.csv").path }

    init(beside file: String) throws {
      folder = URL(filePath: file).deletingLastPathComponent()
      for part in parts { try Data(Self.rows.utf8).write(to: part) }
    }

    private var parts: [URL] {
      ["r-customers.csv", "r-policies.csv"].map { folder.appending(path: $0) }
    }

    func contents() throws -> [String] {
      try parts.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    }
  }

  @Test func `keep what an earlier import wrote until this one writes into either`() async throws {
    try await ScratchFolder.use { file in
      let earlier = try Earlier(beside: file)
      let rejects = try RejectsFile(path: earlier.path)
      #expect(try earlier.contents() == [Earlier.rows, Earlier.rows])
      try rejects.rejected(.utf8).policies.add(
        Array("P1234".utf8)[...],
        Reject(file: .policies, line: 2, column: nil, reason: .unknownCustomer))
      let written = try earlier.contents()
      #expect(written[0].isEmpty)
      #expect(written[1].hasPrefix("P1234,2,"))
      try rejects.empty()
      #expect(try earlier.contents() == written)
    }
  }

  @Test func `are empty after files that are refused as a whole`() async throws {
    try await ScratchFolder.use { file in
      let earlier = try Earlier(beside: file)
      let nonsense = earlier.folder.appending(path: "nonsense.csv")
      try Data("nonsense\n".utf8).write(to: nonsense)
      let run = try await Program.run([
        "register", "import", "--customers", nonsense.path, "--policies", nonsense.path,
        "--rejects", earlier.path,
      ])
      #expect(run.status == 65, "\(run.error)")
      #expect(try earlier.contents() == ["", ""])
    }
  }

  @Test func `are told of before anything is read if they cannot be written`() {
    let failure = #expect(throws: Failure.self) { try RejectsFile(path: "/nowhere/r.csv") }
    #expect(failure?.code == .unavailable)
    #expect(failure?.description == "/nowhere/r-customers.csv: No such file or directory")
  }
}
