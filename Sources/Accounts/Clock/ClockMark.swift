package import FoundationEssentials
internal import Outbox
package import Persistence

/// Notices that the clock was set back while the program did not run.
///
/// A running program follows no clock that goes back. The next one must take whatever time it
/// finds, and by that time what was given ten minutes might live for an hour. So the latest time is
/// kept, and when the clock is behind it, whatever has a life is over (attack 7).
package struct ClockMark: Sendable {
  private let store: any Store
  private let now: @Sendable () -> Date

  /// What the clocks of two machines may differ by, in seconds.
  static let tolerance = 5.0

  package init(store: any Store, now: @escaping @Sendable () -> Date) {
    self.store = store
    self.now = now
  }

  /// Compares the clock with the latest time known, before anything is served.
  ///
  /// - Returns: by how many seconds the clock was set back, when everything that had a life was
  ///   ended for that; `nil` otherwise
  package func settle() async throws -> Int? {
    let now = now()
    return try await store.write { transaction in
      let mark = try transaction.clockMark.move(to: now)
      let seconds = mark.timeIntervalSince(now)
      guard seconds > ClockMark.tolerance else { return nil }
      try transaction.allowLongStatements()
      try transaction.clockMark.endLives(at: now, behind: mark)
      try transaction.messages.clockWasSetBack(to: now)
      try transaction.clockMark.set(to: now)
      return Int(seconds)
    }
  }

  /// Keeps the present time.
  package func move() async throws {
    let now = now()
    _ = try await store.write { try $0.clockMark.move(to: now) }
  }
}
