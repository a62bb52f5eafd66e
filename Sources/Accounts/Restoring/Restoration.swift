package import FoundationEssentials
internal import Outbox
package import Persistence

/// Ends what a restored database must not revive (attack 97).
///
/// A backup is a picture of the past: sessions that were ended since are open in it, codes that
/// were used are live, messages that were sent wait. From here on a new life begins: whoever was
/// logged in logs in again, whoever registered begins anew, and nothing is sent a second time.
package struct Restoration: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  /// What was ended.
  package struct Ended: Hashable, Sendable {
    package let sessions: Int
    package let messages: Int
  }

  /// Ends sessions, registrations, recoveries and codes, and takes back every message that waits.
  package func settle(by act: StaffAct) async throws -> Ended {
    let now = now()
    return try await store.write { transaction in
      try transaction.allowLongStatements()
      let sessions = try transaction.sessions.endOpen(at: now)
      try transaction.staff.endEverySession(at: now)
      try transaction.clockMark.endLives(at: now, behind: now)
      _ = try transaction.clockMark.move(to: now)
      let messages = try transaction.messages.cancelWaiting()
      try transaction.record(
        AuditEvent(kind: .restored, detail: act.detail("\(sessions) sessions ended")), at: now)
      return Ended(sessions: sessions, messages: messages)
    }
  }
}
