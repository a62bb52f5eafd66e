internal import Persistence
internal import Threads

/// Hears when another instance has queued something (`LISTEN`).
///
/// It has a session of its own, since a notification comes to the session that listens. Behind a
/// pooler in transaction mode there is no such session: there the dispatchers' own rounds find
/// everything, a second later at most.
package actor Listener {
  private nonisolated let thread = ThreadExecutor(name: "postgres listener")
  private let settings: PostgresSettings
  private let channel: String
  private var session: Session?

  /// - Parameter channel: the name of the table whose new rows are announced
  package init(_ settings: PostgresSettings, channel: StaticString) {
    self.settings = settings
    self.channel = channel.description
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// Waits for news, a second at most.
  ///
  /// - Returns: whether something may have been queued; also after a new connection, since nobody
  ///   knows what was missed.
  /// - Throws: ``StoreFault`` when the database is out of reach; the next call tries again.
  package func hear() throws -> Bool {
    do {
      if let session { return try session.awaitNotification(milliseconds: 1000) }
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
