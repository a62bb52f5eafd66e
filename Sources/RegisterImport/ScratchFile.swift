internal import Glibc

/// A file without a name, for what does not fit into memory; it is gone with the program.
final class ScratchFile: Sendable {
  private let descriptor: Int32
  private let folder: String

  /// - Parameter folder: a folder on a disk with room for a copy of the files that are read
  init(in folder: String) throws(FileFault) {
    self.folder = folder
    var template = Array(
      "\(folder)/belepo-import-\(String(repeating: "X", count: 6))".utf8CString)
    descriptor = try OpeningTurn.take { () throws(FileFault) in
      let file = mkstemp(&template)
      if file < 0 { throw FileFault(path: folder, number: errno) }
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      return file
    }
    unlink(template)
  }

  deinit {
    _ = close(descriptor)
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(FileFault) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, offset + done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileFault(path: folder, number: count < 0 ? errno : ENOSPC) }
      done += count
    }
  }

  /// As many bytes as there are, up to a number.
  func read(upTo size: Int, at offset: Int) throws(FileFault) -> [UInt8] {
    // An empty array is the same for all threads, and is not to be written to.
    guard size > 0 else { return [] }
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var result: Int
      repeat {
        result = pread(descriptor, buffer.baseAddress, size, offset)
      } while result < 0 && errno == EINTR
      if result < 0 { problem = errno }
      count = max(0, result)
    }
    if problem != 0 { throw FileFault(path: folder, number: problem) }
    return bytes
  }
}
