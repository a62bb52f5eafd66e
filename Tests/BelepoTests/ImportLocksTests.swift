internal import Glibc
internal import TestSupport
internal import Testing

@testable internal import belepo

/// The lock on a file beside the embedded database, which one import at a time has.
struct ImportLocksTests {
  @Test func `a second import is told of the first`() async throws {
    try await ScratchFolder.use { file in
      let first = try FileLock(path: file + ".import").acquire()
      let second = try FileLock(path: file + ".import").acquire()
      #expect(first && !second)
    }
  }

  @Test func `a file system that knows no locks is not taken for another import`() async throws {
    try await ScratchFolder.use { file in
      let lock = FileLock(path: file, take: { _ in ENOLCK })
      let failure = #expect(throws: Failure.self) { try lock.acquire() }
      #expect(failure?.code == .unavailable)
      #expect(failure?.description == "\(file) cannot be locked: No locks available")
    }
  }
}
