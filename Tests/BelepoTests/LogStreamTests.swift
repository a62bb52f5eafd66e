internal import Foundation
internal import Logging
internal import Testing

@testable internal import belepo

/// A log whose reader is slow, or gone.
@Suite struct `A slow reader of the log` {
  private static let size = 4000
  /// Linux' F_SETPIPE_SZ.
  private static let setPipeSize: Int32 = 1031

  /// A stream into a pipe that takes a page.
  private func pipe() -> (stream: LogStream, pipe: Pipe) {
    let pipe = Pipe()
    _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, Self.setPipeSize, 4096)
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    return (LogStream(descriptor: descriptor, size: Self.size), pipe)
  }

  /// Nobody reads any more, and whoever still writes is done before the descriptor is another's.
  private func abandon(_ pipe: Pipe, of stream: LogStream) {
    try? pipe.fileHandleForReading.close()
    stream.flush(atMost: 60)
    withExtendedLifetime(pipe) {}
  }

  private func line(_ kind: String, _ number: Int) -> String {
    "{\"message\":\"\(kind) \(number)\",\"pad\":\"\(String(repeating: "x", count: 60))\"}\n"
  }

  @Test func `loses requests before errors, and is told how many`() async throws {
    let (stream, pipe) = pipe()
    for number in 1...500 { stream.write(line("request", number)) }
    #expect(stream.dropped > 0)
    for number in 1...8 { stream.write(line("error", number), isUrgent: true) }
    let before = stream.dropped
    let text = await withCheckedContinuation { continuation in
      // Threads of their own: both wait, and for each other.
      Thread.detachNewThread {
        let all = pipe.fileHandleForReading.readDataToEndOfFile()
        continuation.resume(returning: String(decoding: all, as: UTF8.self))
      }
      Thread.detachNewThread {
        stream.flush(atMost: 60)
        stream.write(line("request", 501))
        stream.flush(atMost: 60)
        try? pipe.fileHandleForWriting.close()
      }
    }
    let lines = try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let messages = lines.compactMap { $0["message"] as? String }
    #expect(messages.count { $0.hasPrefix("error") } == 8)
    #expect(messages.contains("request 501"))
    #expect(messages.count { $0.hasPrefix("request") } + before == 501)
    let told = lines.compactMap { $0["lines"] as? Int }.reduce(0, +)
    #expect(told == before)
  }

  @Test func `loses warnings before errors, however many a stranger causes`() {
    let (stream, pipe) = pipe()
    let logger = Logger(label: "test") { label in
      JSONLogHandler(
        label: label, level: .trace, urgent: { stream.write($0, isUrgent: true) }
      ) { stream.write($0) }
    }
    for _ in 1...500 {
      logger.warning("a form came from another site", metadata: ["event": "cross_site"])
    }
    let dropped = stream.dropped
    #expect(dropped > 0)
    logger.error("the database does not answer")
    #expect(stream.dropped == dropped)
    abandon(pipe, of: stream)
  }

  @Test func `who is gone takes nobody along`() throws {
    let (stream, pipe) = pipe()
    try pipe.fileHandleForReading.close()
    stream.write(line("request", 1))
    stream.flush(atMost: 60)
    stream.write(line("error", 2), isUrgent: true)
    stream.flush(atMost: 60)
    #expect(stream.dropped == 2)
  }

  @Test func `is not waited for at the end`() {
    let (stream, pipe) = pipe()
    for number in 1...500 { stream.write(line("request", number)) }
    stream.flush(atMost: 0.05)
    #expect(stream.dropped > 0)
    abandon(pipe, of: stream)
  }
}
