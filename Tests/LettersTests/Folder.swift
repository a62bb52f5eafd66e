internal import Foundation

/// A brand's folder, for the length of a test.
final class Folder: Sendable {
  let path: String

  init(_ files: [String: String]) throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-letters-\(UUID().uuidString)")
    path = url.path
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files {
      let file = url.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Facts of another insurer.
  static func facts(insurer: String) -> String {
    """
    insurerName: \(insurer)
    portalName: Ügyfélportál
    callCentrePhone: 06-1-234-5678
    callCentreHours:
      hu: reggeltől estig
      en: all day
    email: segitseg@sajat.example
    accentColour: "#102030"
    accentColourOnDark: "#f0e0d0"
    passwordContextWords: []

    """
  }
}
