import Foundation
import Glibc
import RegisterImport
import TestSupport
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
    #expect(fault?.isCancellation == false)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a reader that is cancelled goes, although the writer of its pipe has come to a stop`()
    async throws
  {
    try await ScratchFolder.use { file in
      #expect(mkfifo(file, 0o600) == 0)
      // Open for both, it waits for nobody, and the pipe has no end as long as it is there.
      let writer = FileHandle(fileDescriptor: open(file, O_RDWR), closeOnDealloc: true)
      let (chunks, beginning) = AsyncStream.makeStream(of: [UInt8].self)
      let reader = Task {
        for try await chunk in FileChunks(path: file) { beginning.yield(chunk) }
      }
      try writer.write(contentsOf: Data("customer_number".utf8))
      let first = await chunks.first { _ in true }
      #expect(first == Array("customer_number".utf8))
      reader.cancel()
      let fault = await #expect(throws: FileFault.self) { try await reader.value }
      #expect(fault?.isCancellation == true)
      withExtendedLifetime(writer) {}
    }
  }

  @Test(
    arguments: [
      (Array("customer_number\n".utf8), 16), ([], 0), ([0x1F, 0x8B, 0x08, 0x00], nil),
      ([0x28, 0xB5, 0x2F, 0xFD], nil),
    ] as [([UInt8], Int?)])
  func `a file tells how many bytes there will be, and a packed one does not`(
    bytes: [UInt8], size: Int?
  ) async throws {
    try await ScratchFolder.use { file in
      try Data(bytes).write(to: URL(filePath: file))
      #expect(FileChunks(path: file).knownSize == size)
    }
  }

  @Test func `what is no file does not tell how many bytes there will be`() async throws {
    try await ScratchFolder.use { file in
      #expect(mkfifo(file, 0o600) == 0)
      for path in [file, FileChunks.standardInput, "/nowhere/at/all.csv"] {
        #expect(FileChunks(path: path).knownSize == nil)
      }
    }
  }
}
