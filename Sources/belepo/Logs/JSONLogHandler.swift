internal import Foundation
internal import Logging

/// Writes one JSON object per line (I2): time, level, message and metadata.
///
/// Every value goes through ``Masking`` and is shortened, whoever wrote it: the last safeguard of
/// the rule that nothing personal is logged (R8).
struct JSONLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  private let label: String
  private let write: @Sendable (String) -> Void
  private let urgent: @Sendable (String) -> Void

  /// The longest value, in bytes.
  private static let valueSize = 1000

  /// - Parameter urgent: takes errors; without it `write` does. Warnings are not among them: a
  ///   stranger can cause some of those without end, and would push the errors out.
  init(
    label: String, level: Logger.Level, urgent: (@Sendable (String) -> Void)? = nil,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.label = label
    logLevel = level
    self.write = write
    self.urgent = urgent ?? write
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
      let shown = JSONLogHandler.number(value) ?? JSONLogHandler.quote("\(value)")
      line += ",\(JSONLogHandler.quote(key)):\(shown)"
    }
    let take = event.level >= .error ? urgent : write
    take(line + "}\n")
  }

  private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// A value that was logged as a number stays one: counts, times and statuses can be added up.
  ///
  /// A number of somebody's is never an `Int` here; customers' numbers and phones are texts.
  private static func number(_ value: Logger.Metadata.Value) -> String? {
    guard case .stringConvertible(let value) = value else { return nil }
    switch value {
    case let number as Int: return String(number)
    case let number as Int64: return String(number)
    case let number as Double where number.isFinite:
      // Thousandths are enough, and readable.
      return abs(number) < 1e12 ? "\((number * 1000).rounded() / 1000)" : "\(number)"
    default: return nil
    }
  }

  /// A JSON string of a masked and shortened text.
  private static func quote(_ text: String) -> String {
    // Nearly every value is short and plain; only the others are examined character by character.
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

  /// A byte of ASCII that JSON takes unescaped.
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// Line separators that some readers treat as the end of a line.
  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }
}
