internal import Glibc

/// The bytes of a file, 64 KiB at a time, however long it is; a pipe will do as well.
package struct FileChunks: AsyncSequence, Sendable {
  package typealias Element = [UInt8]
  package typealias Failure = FileFault

  package static let size = 65_536

  private let path: String

  /// The file is opened when the first bytes are asked for.
  package init(path: String) {
    self.path = path
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(path: path)
  }

  package struct Iterator: AsyncIteratorProtocol {
    private let path: String
    private var file: OpenFile?

    fileprivate init(path: String) {
      self.path = path
    }

    package mutating func next() async throws(FileFault) -> [UInt8]? {
      if let file { return try file.read(upTo: FileChunks.size) }
      file = try OpenFile(path: path)
      return try await next()
    }
  }
}

/// A file that cannot be opened or read.
package struct FileFault: Error, Equatable, CustomStringConvertible {
  package let path: String
  /// The system's own words, such as `No such file or directory`.
  package let reason: String

  package var description: String { "\(path): \(reason)" }

  fileprivate init(path: String, number: Int32) {
    self.path = path
    reason = String(cString: strerror(number))
  }
}

/// Closes the file when nobody reads it any more.
private final class OpenFile {
  private let path: String
  private let descriptor: Int32

  init(path: String) throws(FileFault) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw FileFault(path: path, number: errno) }
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
  }

  /// The next bytes, or nil at the end.
  func read(upTo size: Int) throws(FileFault) -> [UInt8]? {
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var result: Int
      repeat {
        result = systemRead(descriptor, buffer.baseAddress, size)
      } while result < 0 && errno == EINTR
      if result < 0 { problem = errno }
      count = max(0, result)
    }
    if problem != 0 { throw FileFault(path: path, number: problem) }
    return bytes.isEmpty ? nil : bytes
  }
}

/// The system's `read`; inside the class the name would mean its own method.
private func systemRead(
  _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ size: Int
) -> Int {
  read(descriptor, buffer, size)
}
