internal import Glibc
internal import Threads

/// The bytes of a file, 64 KiB at a time, however long it is; a pipe will do as well.
///
/// A file that `gzip` or `zstd` has packed is unpacked by that program while it is read. What comes
/// through standard input is taken as it is. However long the next bytes keep a reader waiting,
/// nobody else waits, and a reader that is cancelled goes at once.
package struct FileChunks: AsyncSequence, Sendable {
  package typealias Element = [UInt8]
  package typealias Failure = FileFault

  package static let size = 65_536
  /// The path of standard input.
  package static let standardInput = "-"

  private let path: String

  /// The file is opened when the first bytes are asked for.
  package init(path: String) {
    self.path = path
  }

  /// How many bytes there will be; nil where that is not known beforehand, of a pipe or a packed
  /// file.
  package var knownSize: Int? {
    // A pipe is not opened for this: its writer would believe that somebody reads.
    var status = stat()
    guard path != Self.standardInput, stat(path, &status) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    let file = openToRead(path)
    guard file >= 0 else { return nil }
    defer { _ = close(file) }
    return Packing(of: file) == nil ? Int(status.st_size) : nil
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(path: path)
  }

  package struct Iterator: AsyncIteratorProtocol {
    private let reader: PatientReader

    fileprivate init(path: String) {
      reader = PatientReader(path: path)
    }

    package func next() async throws(FileFault) -> [UInt8]? {
      try await reader.next()
    }
  }
}

/// A file that cannot be opened, read or written.
package struct FileFault: Error, Equatable, Sendable, CustomStringConvertible {
  package let path: String
  /// The system's own words, such as `No such file or directory`.
  package let reason: String
  /// Nothing is wrong with the file: whoever read it was cancelled.
  package let isCancellation: Bool

  package var description: String { "\(path): \(reason)" }

  init(path: String, reason: String, isCancellation: Bool = false) {
    self.path = path
    self.reason = reason
    self.isCancellation = isCancellation
  }

  init(path: String, number: Int32) {
    self.init(path: path, reason: String(cString: strerror(number)))
  }
}

/// Waits for a file's bytes on a thread of its own: those that everybody shares are as few as the
/// cores, and two pipes whose writers have come to a stop would take them all.
private actor PatientReader {
  private nonisolated let thread = ThreadExecutor(name: "register file")
  private let path: String
  private var file: OpenFile?

  init(path: String) {
    self.path = path
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  func next() throws(FileFault) -> [UInt8]? {
    if let file { return try file.read(upTo: FileChunks.size) }
    let opened = try OpenFile(path: path)
    file = opened
    return try opened.read(upTo: FileChunks.size)
  }
}

/// Closes the file when nobody reads it any more.
private final class OpenFile {
  /// How long it waits before it looks again whether anybody still wants the bytes.
  private static let millisecondsOfWaiting: Int32 = 100

  private let path: String
  private let descriptor: Int32
  private var unpacking: Unpacking?

  init(path: String) throws(FileFault) {
    self.path = path
    if path == FileChunks.standardInput {
      descriptor = 0
      return
    }
    let file = openToRead(path)
    if file < 0 {
      descriptor = -1
      throw FileFault(path: path, number: errno)
    }
    guard let packing = Packing(of: file) else {
      descriptor = file
      return
    }
    defer { _ = close(file) }
    do throws(FileFault) {
      let unpacking = try Unpacking(packing, of: file, path: path)
      descriptor = unpacking.output
      self.unpacking = unpacking
    } catch {
      descriptor = -1
      throw error
    }
  }

  deinit {
    if descriptor > 0 { _ = close(descriptor) }
    unpacking?.abandon()
  }

  /// The next bytes, or nil at the end.
  func read(upTo size: Int) throws(FileFault) -> [UInt8]? {
    while true {
      try waitForBytes()
      var problem: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        let result = systemRead(descriptor, buffer.baseAddress, size)
        if result < 0 { problem = errno }
        count = max(0, result)
      }
      if problem == EINTR || problem == EAGAIN { continue }
      if problem != 0 { throw FileFault(path: path, number: problem) }
      if !bytes.isEmpty { return bytes }
      try unpacking?.finish()
      return nil
    }
  }

  /// Waits for bytes or for the end.
  private func waitForBytes() throws(FileFault) {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let result = poll(&state, 1, Self.millisecondsOfWaiting)
      let problem = result < 0 ? errno : 0
      if Task.isCancelled {
        throw FileFault(path: path, reason: "its reader was cancelled", isCancellation: true)
      }
      if result > 0 { return }
      if result < 0, problem != EINTR { throw FileFault(path: path, number: problem) }
    }
  }
}

/// How a file is packed, by its first bytes.
private enum Packing: String {
  case gzip
  case zstd

  init?(of file: Int32) {
    var first = [UInt8](repeating: 0, count: 4)
    let count = pread(file, &first, first.count, 0)
    if count >= 2, first.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if count == 4, first == [0x28, 0xB5, 0x2F, 0xFD] {
      self = .zstd
    } else {
      return nil
    }
  }
}

/// A program that unpacks a file.
private final class Unpacking {
  private let packing: Packing
  private let path: String
  /// 0 when it has ended.
  private var process: pid_t
  /// Where the unpacked bytes come out.
  let output: Int32

  init(_ packing: Packing, of file: Int32, path: String) throws(FileFault) {
    self.packing = packing
    self.path = path
    let started = try OpeningTurn.take { () throws(FileFault) in
      try Self.start(packing, of: file, path: path)
    }
    process = started.process
    output = started.output
  }

  private static func start(
    _ packing: Packing, of file: Int32, path: String
  ) throws(FileFault) -> (process: pid_t, output: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw FileFault(path: path, number: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, file, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    var words: [UnsafeMutablePointer<CChar>?] = [strdup(packing.rawValue), strdup("-dcq"), nil]
    var process: pid_t = 0
    let problem = posix_spawnp(&process, packing.rawValue, &actions, nil, &words, environ)
    for word in words { free(word) }
    posix_spawn_file_actions_destroy(&actions)
    _ = close(ends[1])
    if problem != 0 {
      _ = close(ends[0])
      throw FileFault(
        path: path,
        reason: "\(packing.rawValue) cannot be run: \(String(cString: strerror(problem)))")
    }
    return (process, ends[0])
  }

  /// Waits for the program's end, when all its bytes have been read.
  func finish() throws(FileFault) {
    guard process != 0 else { return }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    process = 0
    if status != 0 {
      throw FileFault(path: path, reason: "\(packing.rawValue) cannot unpack it; it may be cut off")
    }
  }

  /// Nobody needs the rest: the program ends because nobody reads its output.
  func abandon() {
    guard process != 0 else { return }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    process = 0
  }
}

/// Opens a file, and a pipe although nobody has begun to write it.
///
/// - Returns: a descriptor, or a negative number with the reason in `errno`
private func openToRead(_ path: String) -> Int32 {
  let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  // A file server's client has the file on loan, and gives it back to whoever waits.
  return file < 0 && errno == EAGAIN ? open(path, O_RDONLY | O_CLOEXEC) : file
}

/// The system's `read`; inside the class the name would mean its own method.
private func systemRead(
  _ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ size: Int
) -> Int {
  read(descriptor, buffer, size)
}
