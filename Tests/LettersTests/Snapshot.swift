internal import Foundation
internal import Testing

/// Compares text with a file under `Snapshots`, or writes the file anew.
///
/// `BELEPO_UPDATE=1 swift test --filter LettersTests` rewrites what has changed; the change is then
/// read in the diff, like any other.
enum Snapshot {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")

  private static let isUpdating = ProcessInfo.processInfo.environment["BELEPO_UPDATE"] != nil

  static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appendingPathComponent(name)
    let stored = try? Data(contentsOf: file)
    guard stored != Data(text.utf8) else { return }
    if isUpdating { return try Data(text.utf8).write(to: file) }
    let old = Set(String(decoding: stored ?? Data(), as: UTF8.self).split(separator: "\n"))
    let new = text.split(separator: "\n").first { !old.contains($0) } ?? ""
    Issue.record(
      "\(name): «\(new)» is new. Look at it, then run with BELEPO_UPDATE=1.",
      sourceLocation: sourceLocation)
  }

  static func files() throws -> Set<String> {
    Set(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        !$0.hasPrefix(".")
      })
  }
}
