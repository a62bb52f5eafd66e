internal import Foundation
internal import Testing

/// The contract's file, made by the tool that makes it.
@Suite struct `A rendered contract` {
  private static let tool = "/usr/bin/weasyprint"

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: tool), "weasyprint is not installed"))
  func `is tagged, is the same each time, and comes with the note of what it was made of`()
    async throws
  {
    let folders = [try Program.folder(), try Program.folder()]
    var files: [Data] = []
    for folder in folders {
      let run = try await Program.run(["contract", "render", "--into", folder.path])
      #expect(run.status == 0, "\(run.error)")
      let file = folder.appendingPathComponent("documents/hu/portalszerzodes.pdf")
      files.append(try Data(contentsOf: file))
      let note = try String(contentsOf: file.appendingPathExtension("yaml"), encoding: .utf8)
      #expect(note.contains("version:") && note.contains("sha256:"))
    }
    #expect(files[0] == files[1])
    let text = String(decoding: files[0], as: Unicode.ASCII.self)
    #expect(text.contains("/MarkInfo") && text.contains("/Lang (hu)"))
  }

  @Test(arguments: [
    "exit 1", "echo this is no PDF", "head -c 3000000 /dev/zero", "kill -9 $$",
  ])
  func `is not what another program says`(script: String) async throws {
    let folder = try Program.folder()
    let tool = folder.appendingPathComponent("tool")
    try "#!/bin/sh\n\(script)\n".write(to: tool, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: tool.path)
    let run = try await Program.run(
      ["contract", "render", "--into", folder.path, "--tool", tool.path])
    #expect(run.status == 69)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/documents"))
  }
}
