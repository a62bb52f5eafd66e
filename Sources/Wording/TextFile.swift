internal import Foundation

/// A text that whoever runs Belépő gives as a file: a brand's, a configuration, a secret.
///
/// One that is there and cannot be read is refused, and never taken for one that is not there: the
/// made-up insurer's name or contract would stand in its place, and nobody would be told.
package struct TextFile: Sendable {
  package let path: String

  /// Why a file is no text, in a sentence that its path goes before.
  package struct Unreadable: Error, CustomStringConvertible {
    package let description: String
  }

  package init(_ path: String) {
    self.path = path
  }

  /// What the file holds, in UTF-8.
  ///
  /// - Returns: `nil` when there is no such file
  package func text() throws(Unreadable) -> String? {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      return nil
    } catch {
      guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
        throw Unreadable(description: "it cannot be read: \(error)")
      }
      throw Unreadable(description: TextFile.sentence(aboutBytes: Array(bytes)))
    }
  }

  /// An editor that does not write UTF-8 writes, in Hungary, windows-1250.
  private static func sentence(aboutBytes bytes: [UInt8]) -> String {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return "it is not in UTF-8 but in UTF-16: save it in UTF-8."
    }
    // A key of random bytes, for example; whoever wrote a text has none of these.
    if bytes.contains(where: { $0 < 0x09 }) { return "it is no text." }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let place = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
    let line = place.map { " (line \($0 + 1))" } ?? ""
    return "it is not in UTF-8\(line) but most likely in windows-1250: save it in UTF-8."
  }
}
