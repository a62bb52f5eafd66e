import Foundation
import RegisterImport
import Testing

struct FileChunksTests {
  @Test(arguments: [0, 1, 65_536, 65_537, 200_000])
  func `a file is read to its last byte in chunks of 64 KiB`(size: Int) async throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = FileManager.default.temporaryDirectory
      .appending(path: "belepo-\(ProcessInfo.processInfo.processIdentifier)-\(size).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(filePath: path))

    var read: [UInt8] = []
    for try await chunk in FileChunks(path: path) {
      #expect((1...FileChunks.size).contains(chunk.count))
      read += chunk
    }
    #expect(read == bytes)
  }

  @Test(arguments: [
    ("/nowhere/at/all.csv", "/nowhere/at/all.csv: No such file or directory"),
    ("/tmp", "/tmp: Is a directory"),
  ])
  func `a file that cannot be read is told by its path`(path: String, told: String) async {
    let fault = await #expect(throws: FileFault.self) {
      for try await _ in FileChunks(path: path) {}
    }
    #expect(fault?.description == told)
  }
}
