internal import Foundation
internal import Logging
internal import Synchronization
internal import Testing

@testable internal import belepo

/// What is written down is one line and nothing personal (attacks 81, 82).
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

  @Test func `the room for errors is not for warnings, which a stranger can cause`() {
    let (usual, urgent) = (Lines(), Lines())
    let logger = Logger(label: "test") { label in
      JSONLogHandler(
        label: label, level: .trace,
        urgent: { line in urgent.all.withLock { $0.append(line) } }
      ) { line in usual.all.withLock { $0.append(line) } }
    }
    for event in ["cross_site", "cookie_doubled", "receipt_forged"] {
      logger.warning("somebody tries something", metadata: ["event": "\(event)"])
    }
    logger.error("the database does not answer")
    logger.critical("the day's wrong codes are used up")
    #expect(usual.all.withLock { $0.count } == 3)
    #expect(urgent.all.withLock { $0.count } == 2)
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
    (hash, hash), ("\(hash)0", nil), (String(hash.dropLast()), nil),
    (String(repeating: "1", count: 64), nil),
  ])
  func `what looks personal is masked`(text: String, masked: String?) {
    let shown = Masking.mask(text)
    if let masked { #expect(shown == masked) } else { #expect(shown.contains("•••")) }
  }

  /// A seal's, with seven digits in a row.
  private static let hash = "0f1e2d3c4b5a69788796a5b4c3d2e1f01234567890123456789abcdef0123456"

  @Test func `the hash of a seal can be compared with the database's`() throws {
    #expect(try line("rows were sealed", ["hash": "\(Self.hash)"]).contains(Self.hash))
  }

  @Test func `a number stays a number, and a text that looks like one a text`() throws {
    let line = try line(
      "request",
      [
        "status": .stringConvertible(200), "rows": .stringConvertible(Int64(12_345_678)),
        "milliseconds": .stringConvertible(1.23456), "nothing": .stringConvertible(Double.nan),
        "version": "3",
      ])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["status"] as? Int == 200 && object["rows"] as? Int == 12_345_678)
    #expect(object["milliseconds"] as? Double == 1.235)
    #expect(object["nothing"] as? String == "nan" && object["version"] as? String == "3")
  }

  @Test func `a long value is cut`() throws {
    #expect(try line("\(String(repeating: "x", count: 100_000))").utf8.count < 2000)
  }
}
