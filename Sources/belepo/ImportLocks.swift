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
struct FileLock: ImportLock {
  let path: String
  /// Locks an open file, and answers with the number of the error, or 0.
  var take: @Sendable (Int32) -> Int32 = { flock($0, LOCK_EX | LOCK_NB) == 0 ? 0 : errno }

  func acquire() throws -> Bool {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw Failure("\(path): \(String(cString: strerror(errno)))", .unavailable)
    }
    // The descriptor stays open, and the lock with it, until the program ends.
    let problem = take(file)
    if problem == 0 { return true }
    close(file)
    if problem == EWOULDBLOCK { return false }
    // Some file systems know no locks: then nobody knows whether another import is running.
    throw Failure(
      "\(path) cannot be locked: \(String(cString: strerror(problem)))", .unavailable)
  }
}

/// A lock of PostgreSQL that lives as long as its session.
private struct SessionLock: ImportLock {
  let lock: PostgresLock

  func acquire() async throws -> Bool { try await lock.acquire() }
}
