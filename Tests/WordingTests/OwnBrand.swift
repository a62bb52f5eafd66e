internal import Foundation
internal import Wording

/// An insurer's own folder, for the length of a test.
final class OwnBrand: Sendable {
  private let folder: URL

  convenience init(_ files: [String: String] = [:]) throws {
    try self.init(bytes: files.mapValues { Array($0.utf8) })
  }

  init(bytes files: [String: [UInt8]]) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-brand-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (path, bytes) in files {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func load() throws -> Brand { try Brand.load(directory: folder.path) }

  /// The sentence with which the folder is refused.
  func refusal() -> String? {
    do {
      _ = try load()
      return nil
    } catch let error as Brand.Broken {
      return error.description
    } catch {
      return "an error of another kind: \(error)"
    }
  }

  /// The shipped facts with one line changed.
  static func facts(_ key: String, _ value: String) throws -> String {
    """
    insurerName: Saját Biztosító
    portalName: Ügyfélkapu
    callCentrePhone: 06-1-234-5678
    callCentreHours:
      hu: reggeltől estig
      en: all day
    email: segitseg@sajat.example
    accentColour: "#102030"
    accentColourOnDark: "#f0e0d0"
    passwordContextWords: [sajat]

    """.split(separator: "\n").map { $0.hasPrefix("\(key):") ? "\(key): \(value)" : $0 }
      .joined(separator: "\n") + "\n"
  }
}
