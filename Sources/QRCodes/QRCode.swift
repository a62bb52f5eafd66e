internal import CQREncode

/// A text as a square of dark and light modules that a phone's camera reads (ISO/IEC 18004).
///
/// It is drawn by a template as an SVG path, so that nothing leaves the page:
/// `<svg viewBox="0 0 {{size}} {{size}}"><path d="{{path}}"/></svg>`.
package struct QRCode: Hashable, Sendable {
  /// Modules along one side, the quiet zone that the standard demands included.
  package let size: Int
  /// The dark modules in the syntax of an SVG path: digits, letters and spaces only.
  package let path: String

  /// The light border that the standard demands, in modules.
  private static let quietZone = 4

  /// - Returns: `nil` for an empty text, one with a zero byte, and one too long for any code.
  package init?(_ text: String) {
    guard !text.isEmpty, !text.utf8.contains(0),
      let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M)
    else { return nil }
    defer { QRcode_free(code) }
    let width = Int(code.pointee.width)
    guard width > 0, let data = code.pointee.data else { return nil }
    // The lowest bit of each byte says whether the module is dark.
    let modules = UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 }
    size = width + 2 * QRCode.quietZone
    path = QRCode.path(of: modules, width: width)
  }

  /// One rectangle for each run of dark modules in a row.
  private static func path(of modules: [Bool], width: Int) -> String {
    var path = ""
    for row in 0..<width {
      var column = 0
      while column < width {
        guard modules[row * width + column] else {
          column += 1
          continue
        }
        let start = column
        while column < width, modules[row * width + column] { column += 1 }
        path += "M\(start + quietZone) \(row + quietZone)h\(column - start)v1h-\(column - start)z"
      }
    }
    return path
  }
}
