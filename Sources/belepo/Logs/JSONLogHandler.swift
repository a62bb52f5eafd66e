internal import Foundation
internal import Logging
internal import Synchronization

/// Writes one JSON object a line (contract, part 2): time, level, message and what belongs to it.
///
/// Every value goes through ``Masking`` and is cut at a length, whoever wrote it: the last net
/// under the rule that nothing personal is logged (R8).
struct JSONLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let label: String
  private let write: @Sendable (String) -> Void

  /// Longest value, in bytes.
  private static let valueSize = 1000

  init(label: String, level: Logger.Level, write: @escaping @Sendable (String) -> Void) {
    self.label = label
    logLevel = level
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "{\"time\":\"\(Date.now.formatted(JSONLogHandler.time))\""
    line += ",\"level\":\"\(event.level.rawValue)\",\"logger\":\(JSONLogHandler.quote(label))"
    line += ",\"message\":\(JSONLogHandler.quote("\(event.message)"))"
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      // The server's own number for a request: hexadecimal digits, which must not be masked.
      if key == "hb.request.id" {
        line += ",\"request\":\"\(value)\""
        continue
      }
      line += ",\(JSONLogHandler.quote(key)):\(JSONLogHandler.quote("\(value)"))"
    }
    write(line + "}\n")
  }

  private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// A JSON string of a masked and shortened text.
  private static func quote(_ text: String) -> String {
    // Nearly every value is short and plain; only the others are looked at letter by letter.
    if text.utf8.count <= valueSize, !Masking.mayBePersonal(text), text.utf8.allSatisfy(isPlain) {
      return "\"\(text)\""
    }
    var quoted = "\""
    for scalar in Masking.mask(String(text.prefix(valueSize))).unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || isSeparator(scalar):
        quoted += "\\u" + String(scalar.value + 0x10000, radix: 16).suffix(4)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// A byte of ASCII that JSON takes as it is.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// Line separators that some readers of lines obey.
  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }
}

/// Standard output, a whole line at a time.
final class LogStream: Sendable {
  static let standardOutput = LogStream()

  private let turn = Mutex(())

  func write(_ line: String) {
    turn.withLock { _ in
      // A reader that went away must not take the server with it: what cannot be written is lost.
      try? FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
    }
  }
}
