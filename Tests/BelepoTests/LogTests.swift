internal import Foundation
internal import Logging
internal import Synchronization
internal import Testing

@testable internal import belepo

@Suite struct `The log` {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private func line(_ message: Logger.Message, _ metadata: Logger.Metadata = [:]) throws -> String {
    let lines = Lines()
    let logger = Logger(label: "test") { label in
      JSONLogHandler(label: label, level: .trace) { line in lines.all.withLock { $0.append(line) } }
    }
    logger.notice(message, metadata: metadata)
    return try #require(lines.all.withLock { $0.first })
  }

  @Test func `a line is one JSON object`() throws {
    let line = try line("a \"quoted\"\\ word", ["event": "x"])
    #expect(line.hasSuffix("}\n"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["message"] == "a \"quoted\"\\ word")
    #expect(object["event"] == "x")
    #expect(object["level"] == "notice")
  }

  @Test(arguments: ["a\r\nb", "a\u{1B}[31mb", "a\u{2028}b", "a\u{85}b", "a\u{0}b"])
  func `nobody writes a second line into it`(hostile: String) throws {
    let line = try line("\(hostile)")
    let allowed = line.unicodeScalars.dropLast().allSatisfy {
      $0.value >= 0x20 && $0 != "\u{2028}" && $0 != "\u{85}"
    }
    #expect(allowed)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["message"] == hostile)
  }

  @Test(arguments: [
    ("mail to anna@pelda.hu failed", "mail to •••@••• failed"),
    ("number +36301234567 refused", "number +•••67 refused"),
    ("policy 12345678", "policy •••78"),
    ("took 123456 ms", "took 123456 ms"),
  ])
  func `what looks personal is masked`(text: String, masked: String) {
    #expect(Masking.mask(text) == masked)
  }

  @Test func `a long value is cut`() throws {
    #expect(try line("\(String(repeating: "x", count: 100_000))").utf8.count < 2000)
  }
}
