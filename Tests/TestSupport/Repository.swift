package import Foundation

/// The files of this repository, for the tests that read them.
package enum Repository {
  package struct File: Sendable {
    /// From the repository's root.
    package let path: String
    package let text: String

    package init(path: String, text: String) {
      self.path = path
      self.text = text
    }

    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// What is installed or downloaded, and what belongs to other programs.
  private static let foreign: Set<String> = [
    ".git", ".venv", "var", "node_modules", "__pycache__",
  ]

  /// The text files under a folder whose names end so, in the order of their paths.
  package static func files(
    under folder: String = "", endingIn endings: Set<String>
  ) throws -> [File] {
    try paths(under: folder)
      .filter { endings.contains(($0 as NSString).pathExtension) }
      .map { File(path: $0, text: try text(of: $0)) }
  }

  package static func text(of path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  private static func paths(under folder: String) throws -> [String] {
    let start = folder.isEmpty ? root : root.appendingPathComponent(folder)
    var paths: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: start.path).sorted()
    where !foreign.contains(name) && !name.hasPrefix(".build") {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      var isFolder: ObjCBool = false
      let full = root.appendingPathComponent(path).path
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        paths += try Repository.paths(under: path)
      } else {
        paths.append(path)
      }
    }
    return paths
  }
}
