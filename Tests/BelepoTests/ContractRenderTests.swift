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

  @Test func `has the insurer's logo above it, and nothing that the tool must fetch`() async throws
  {
    let folder = try Program.folder()
    let (tool, seen) = (
      folder.appendingPathComponent("tool"), folder.appendingPathComponent("seen.html")
    )
    try "#!/bin/sh\ncat >>\(seen.path)\necho %PDF-\n"
      .write(to: tool, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool.path)
    let brand = folder.appendingPathComponent("brand")
    try FileManager.default.createDirectory(at: brand, withIntermediateDirectories: true)
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"
    try drawing.write(
      to: brand.appendingPathComponent("logo.svg"), atomically: true, encoding: .utf8)
    try """
    insurerName: Minta
    portalName: Ügyfélportál
    callCentrePhone: 06-1-234-5678
    callCentreHours: {hu: reggeltől estig, en: all day}
    email: segitseg@minta.example
    accentColour: "#102030"
    accentColourOnDark: "#f0e0d0"
    logo: logo.svg
    passwordContextWords: []
    """.write(to: brand.appendingPathComponent("brand.yaml"), atomically: true, encoding: .utf8)
    let run = try await Program.run(
      ["contract", "render", "--into", folder.path, "--tool", tool.path],
      environment: ["BELEPO_BRAND_DIRECTORY": brand.path])
    #expect(run.status == 0, "\(run.error)")
    let html = try String(contentsOf: seen, encoding: .utf8)
    let address = "data:image/svg+xml;base64,\(Data(drawing.utf8).base64EncodedString())"
    // Once in each language.
    #expect(html.ranges(of: "src=\"\(address)\"").count == 2)
    #expect(html.ranges(of: "src=").count == 2)
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
