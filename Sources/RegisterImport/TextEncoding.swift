/// How the text of a register file is encoded in bytes.
///
/// The raw value is what `--encoding` accepts.
package enum TextEncoding: String, CaseIterable, Sendable {
  case utf8 = "utf-8"
  /// What Hungarian spreadsheets save as CSV.
  case windows1250 = "windows-1250"
  /// What older systems write; also called Latin-2.
  case iso88592 = "iso-8859-2"

  /// The text of the bytes, or nil if they are invalid in this encoding.
  package func decode(_ bytes: ArraySlice<UInt8>) -> String? {
    switch self {
    case .utf8: Self.valid(bytes)
    case .windows1250: CodePage.windows1250.decode(bytes)
    case .iso88592: CodePage.iso88592.decode(bytes)
    }
  }

  /// `String(validating:as:)` takes several times as long, and there are millions of cells.
  private static func valid(_ bytes: ArraySlice<UInt8>) -> String? {
    do {
      return String(copying: try UTF8Span(validating: bytes.span))
    } catch {
      return nil
    }
  }

  /// The bytes of a text that was read in this encoding.
  func encode(_ text: String) -> [UInt8] {
    switch self {
    case .utf8: Array(text.utf8)
    case .windows1250: CodePage.windows1250.encode(text)
    case .iso88592: CodePage.iso88592.encode(text)
    }
  }

  /// What a file may begin with that is not part of its text.
  var byteOrderMark: [UInt8] {
    switch self {
    case .utf8: [0xEF, 0xBB, 0xBF]
    case .windows1250, .iso88592: []
    }
  }
}
