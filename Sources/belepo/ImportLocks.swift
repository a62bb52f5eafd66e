internal import Foundation
internal import Glibc
internal import PersistencePostgres
internal import RegisterImport

extension OpenedDatabase {
  /// Lets one import at a time work on the database; nil where only its silence tells that another
  /// one is dead.
  func importLock(_ settings: Settings) -> (any ImportLock)? {
    switch self {
    case .sqlite:
      Setting.sqlitePath(settings.checkedText(.databaseURL)).map { FileLock(path: $0 + ".import") }
    case .postgres(_, let postgres):
      postgres.isPooled ? nil : SessionLock(lock: PostgresLock(postgres))
    }
  }
}

/// A lock of the system on a file beside the database.
private struct FileLock: ImportLock {
  let path: String

  func acquire() throws -> Bool {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw Failure("\(path): \(String(cString: strerror(errno)))", .unavailable)
    }
    // The descriptor stays open, and the lock with it, until the program ends.
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
    close(file)
    return false
  }
}

/// A lock of PostgreSQL that lives as long as its session.
private struct SessionLock: ImportLock {
  let lock: PostgresLock

  func acquire() async throws -> Bool { try await lock.acquire() }
}
