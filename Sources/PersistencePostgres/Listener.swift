internal import Persistence
internal import Threads

/// Hears when another instance has queued something (`LISTEN`).
///
/// It has its own session, since a notification goes to the session that listens. Behind a pooler
/// in transaction mode there is no such session: there the dispatchers' polling finds everything,
/// at most a second later.
package actor Listener {
  private nonisolated let thread = ThreadExecutor(name: "postgres listener")
  private let settings: PostgresSettings
  private let channel: String
  private let store: PostgresStore
  private var session: Session?

  /// - Parameters:
  ///   - channel: the name of the table whose new rows are announced
  ///   - store: whose own announcements are no news
  package init(_ settings: PostgresSettings, channel: StaticString, besides store: PostgresStore) {
    self.settings = settings
    self.store = store
    self.channel = channel.description
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// Waits for news, at most a second.
  ///
  /// - Returns: whether something may have been queued; also after a new connection, since nobody
  ///   knows what was missed.
  /// - Throws: ``StoreFault`` when the database is unreachable; the next call tries again.
  package func hear() throws -> Bool {
    do {
      if let session {
        return try session.awaitNotification(milliseconds: 1000, ignoring: store.hasProcess)
      }
      let opened = try Session(settings)
      try opened.run(script: "LISTEN \(channel)")
      session = opened
      return true
    } catch let fault as PostgresFault {
      session = nil
      throw fault.translated
    }
  }
}
