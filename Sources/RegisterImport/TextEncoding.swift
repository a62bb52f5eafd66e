/// How the text of a register file is written down in bytes.
///
/// The raw value is what `--encoding` takes.
package enum TextEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  /// What Hungarian spreadsheets save as CSV.
  case windows1250 = "windows-1250"

  /// The text of the bytes, or nil if they are none in this encoding.
  package func decode(_ bytes: [UInt8]) -> String? {
    switch self {
    case .utf8: String(validating: bytes, as: UTF8.self)
    case .windows1250: Windows1250.decode(bytes)
    }
  }

  /// What may stand at the beginning of a file and is no part of its text.
  var byteOrderMark: [UInt8] {
    switch self {
    case .utf8: [0xEF, 0xBB, 0xBF]
    case .windows1250: []
    }
  }
}
