internal import Foundation

/// A folder of its own for one test, gone afterwards.
package enum ScratchFolder {
  /// - Parameter story: gets the path of a database file that does not exist yet
  package static func use<Result>(
    _ story: (_ file: String) async throws -> Result
  ) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await story(folder.appendingPathComponent("belepo.sqlite").path)
  }
}
