internal import FoundationEssentials
internal import GRDB
internal import Persistence

/// Copies of the whole database, as one file that stands alone.
extension SQLiteStore {
  /// Copies the database as it is at one moment into a new file, by SQLite's backup interface.
  ///
  /// Everything that was acknowledged before is in it, what is still in the log too; others read
  /// and write meanwhile.
  ///
  /// - Throws: ``StoreFault/unavailable(_:)`` when the copy cannot be written.
  package func backUp(to path: String) throws {
    SQLiteStore.keepPrivate(path)
    try SQLiteStore.translatingErrorsNow {
      let copy = try DatabaseQueue(path: path, configuration: SQLiteStore.configuration())
      try database.backup(to: copy)
      try copy.close()
    }
    try SQLiteStore.standAlone(path)
  }

  /// Leaves a database that nobody has open as one file, without a log beside it.
  package static func standAlone(_ path: String) throws {
    try translatingErrorsNow {
      let queue = try DatabaseQueue(path: path, configuration: configuration())
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try queue.close()
    }
  }

  /// Does something while no other program has the database open, and none can open it; its log is
  /// in the file by then.
  ///
  /// - Throws: ``StoreFault/busy`` when another program has it open.
  package static func withoutOthers<Result>(
    _ path: String, _ work: () throws -> Result
  ) throws -> Result {
    try translatingErrorsNow {
      var configuration = Configuration()
      configuration.busyMode = .immediateError
      // Without memory to share with others there is but one lock, and whoever has it is alone.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }
      return try queue.writeWithoutTransaction { database in
        try database.execute(sql: "BEGIN EXCLUSIVE; COMMIT")
        try database.execute(sql: "PRAGMA journal_mode = DELETE")
        try database.execute(sql: "BEGIN EXCLUSIVE")
        defer { try? database.execute(sql: "ROLLBACK") }
        return try work()
      }
    }
  }
}
