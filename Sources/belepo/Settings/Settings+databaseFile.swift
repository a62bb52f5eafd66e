internal import Logging
internal import PersistenceSQLite

// What is looked at before a program that runs for long works with the embedded database.
extension Settings {
  /// Opens the configured database with the schema of this program, if its file is whole.
  ///
  /// - Throws: ``Failure`` when it is damaged, or has another schema.
  func openSoundDatabase(_ logger: Logger) async throws -> OpenedDatabase {
    try await openCurrentDatabase { database in
      guard case .sqlite(let store) = database else { return }
      try await warnAboutLibrary(store, logger)
      try await checkFile(store, logger)
    }
  }

  /// A damaged file must be restored before anybody writes into it.
  private func checkFile(_ store: SQLiteStore, _ logger: Logger) async throws {
    let seconds = seconds(.databaseQuickCheck)
    guard seconds > 0 else { return }
    switch try await store.quickCheck(within: Double(seconds)) {
    case .sound: break
    case .damaged(let words): throw Failure.damaged(words)
    case .unfinished:
      logger.notice(
        "the database file is too large to be checked in the time given",
        metadata: ["event": "quick_check_unfinished", "seconds": .stringConvertible(seconds)])
    }
  }

  /// SQLite before 3.51.3 can damage a file when one process writes while another checkpoints. Ours
  /// do not do that (decision 0009); other programs on the file might.
  private func warnAboutLibrary(_ store: SQLiteStore, _ logger: Logger) async throws {
    let version = try await store.libraryVersion()
    let numbers = version.split(separator: ".").compactMap { Int($0) }
    guard numbers.lexicographicallyPrecedes([3, 51, 3]) else { return }
    logger.notice(
      "this SQLite has the WAL-reset bug; keep other programs off the database file",
      metadata: ["event": "sqlite_wal_reset", "version": "\(version)"])
  }
}
