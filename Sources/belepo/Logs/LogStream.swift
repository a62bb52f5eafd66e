internal import Dispatch
internal import Foundation
internal import Synchronization

/// A log's way out, a whole line at a time: nobody who writes a line ever waits for its reader.
///
/// Lines wait in a buffer of limited size for the one thread that writes them. What does not fit is
/// dropped and counted, and a line says how much as soon as there is room again. A part of the
/// buffer is kept for errors, so that no crowd of requests or warnings can push them out.
final class LogStream: Sendable {
  static let standardOutput = LogStream(descriptor: FileHandle.standardOutput.fileDescriptor)

  private struct State {
    var waiting: [String] = []
    /// Of what waits and of what is being written.
    var bytes = 0
    var isWriting = false
    var dropped = 0
    /// How many of them a line has told of.
    var told = 0
  }

  private let descriptor: Int32
  private let size: Int
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "log")

  /// - Parameter size: the buffer's, in bytes; four MiB are some twenty thousand requests
  init(descriptor: Int32, size: Int = 4 << 20) {
    self.descriptor = descriptor
    self.size = size
    // A reader that went away must not take the server down: what cannot be written is lost.
    signal(SIGPIPE, SIG_IGN)
  }

  /// How many lines were lost so far.
  var dropped: Int { state.withLock { $0.dropped } }

  func write(_ line: String, isUrgent: Bool = false) {
    let mustWake = state.withLock { state in
      guard state.bytes + line.utf8.count <= (isUrgent ? size : size / 4 * 3) else {
        state.dropped += 1
        return false
      }
      state.waiting.append(line)
      state.bytes += line.utf8.count
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if mustWake { queue.async { self.writeAll() } }
  }

  /// Waits a moment until everything is written; a reader that does not read is not waited for.
  func flush(atMost seconds: Double = 1) {
    let done = DispatchSemaphore(value: 0)
    queue.async { done.signal() }
    _ = done.wait(timeout: .now() + seconds)
  }

  private func writeAll() {
    while let (text, count) = next() {
      let isWritten = put(Array(text.utf8))
      state.withLock { state in
        state.bytes -= text.utf8.count
        if !isWritten { state.dropped += count }
      }
    }
  }

  /// What is to be written next; nothing when all is.
  private func next() -> (text: String, lines: Int)? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isWriting = false
        return nil
      }
      // So many at a time that there is room again soon, and calls are few.
      let lines = Array(state.waiting.prefix(64))
      state.waiting.removeFirst(lines.count)
      guard state.dropped > state.told else { return (lines.joined(), lines.count) }
      let news = LogStream.news(of: state.dropped - state.told)
      state.told = state.dropped
      state.bytes += news.utf8.count
      return (news + lines.joined(), lines.count)
    }
  }

  private static func news(of count: Int) -> String {
    let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    return #"{"time":"\#(time)","level":"warning","logger":"belepo","#
      + #""message":"lines of the log were dropped: its reader is too slow","#
      + #""event":"log_dropped","lines":\#(count)}"# + "\n"
  }

  /// - Returns: whether all of it was taken.
  private func put(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // A descriptor that somebody else has made non-blocking: wait until it takes something.
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&state, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
