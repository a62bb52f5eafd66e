internal import Persistence
internal import Threads

/// A right that one program at a time has, and that the server takes back when its connection ends.
///
/// It has a session of its own for as long as the program runs. Behind a pooler in transaction mode
/// there is no such session.
package actor PostgresLock {
  private nonisolated let thread = ThreadExecutor(name: "postgres lock")
  private let settings: PostgresSettings
  private var session: Session?

  package init(_ settings: PostgresSettings) {
    self.settings = settings
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// - Returns: whether nobody else has it.
  /// - Throws: ``StoreFault`` when the database is unreachable.
  package func acquire() throws -> Bool {
    do {
      let opened = try Session(settings)
      // The number is one that nothing else uses in the database.
      let answer = try opened.run(
        "SELECT pg_try_advisory_lock(4621820, hashtext(current_schema()::text)) AS taken")
      guard try answer.rows.first?.value("taken", as: Bool.self) == true else { return false }
      session = opened
      return true
    } catch let fault as PostgresFault {
      throw fault.translated
    }
  }
}
