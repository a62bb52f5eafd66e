internal import Foundation
internal import Glibc
internal import Persistence
internal import PersistenceSQLite

/// The place of the embedded database while another one is put there.
struct RestoredFile {
  let path: String

  /// Where the new one is prepared: beside it, so that giving it its name is one step.
  var new: String { path + ".restoring" }

  /// - Throws: ``Failure`` with 75 while a server or a command has the database open.
  func mustBeFree() throws { try alone {} }

  func copy(_ source: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try BackupFolder.work("\(new) cannot be written") {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for file in [new, new + "-wal", new + "-shm", new + "-journal"] {
        if FileManager.default.fileExists(atPath: file) {
          try FileManager.default.removeItem(atPath: file)
        }
      }
      try FileManager.default.copyItem(atPath: source, toPath: new)
    }
  }

  /// Gives the new database the old one's place.
  ///
  /// - Returns: where the old one is now, if there was one
  func put() throws -> String? {
    try FileOnDisk.sync(new)
    guard FileManager.default.fileExists(atPath: path) else {
      try FileOnDisk.rename(new, to: path)
      return nil
    }
    let kept = path + ".before-" + Date().ISO8601Format().filter { !":-".contains($0) }
    try alone {
      guard link(path, kept) == 0 else { throw FileOnDisk.failure(kept) }
      // A log that is still there belongs to the old database, and would be read into the new one.
      for companion in ["-wal", "-journal"] { moveAside(path + companion, kept + companion) }
      // What programs that had it open shared is of no use to anybody.
      unlink(path + "-shm")
      try FileOnDisk.rename(new, to: path)
    }
    return kept
  }

  private func moveAside(_ file: String, _ kept: String) {
    if FileManager.default.fileExists(atPath: file) { rename(file, kept) }
  }

  /// A database that is too damaged to be locked has nobody who could work with it.
  private func alone(_ work: () throws -> Void) throws {
    guard FileManager.default.fileExists(atPath: path) else { return try work() }
    var isDone = false
    do {
      try SQLiteStore.withoutOthers(path) {
        isDone = true
        try work()
      }
    } catch StoreFault.busy {
      throw Failure(
        "The database is open in another program: stop the server first.", .tryAgain)
    } catch StoreFault.unavailable where !isDone {
      try work()
    }
  }
}
