package import FoundationEssentials
internal import Persistence
internal import Synchronization

/// The database's time, as an instance knows it between two looks.
///
/// All instances use this one clock to decide when something is over, whatever their own clocks
/// say. Between two looks it follows the machine's monotonic clock, so that a jump of the wall
/// clock has no effect.
package final class DatabaseClock: Sendable {
  private struct Look {
    var time: Date
    var at: ContinuousClock.Instant
  }

  private let store: PostgresStore
  private let look: Mutex<Look>

  /// Takes the first look.
  ///
  /// - Throws: ``StoreFault`` when the database cannot be asked.
  package init(_ store: PostgresStore) async throws {
    self.store = store
    look = Mutex(try await DatabaseClock.look(at: store))
  }

  package var now: Date {
    look.withLock { look in
      look.time.addingTimeInterval(look.at.duration(to: .now) / .seconds(1))
    }
  }

  /// Looks again, because two clocks never run exactly alike.
  ///
  /// A database whose clock was set back is not followed: nothing may live longer than it was given
  /// (attack 7). The next start takes its time.
  package func refresh() async throws {
    let fresh = try await DatabaseClock.look(at: store)
    look.withLock { look in
      let present = look.time.addingTimeInterval(look.at.duration(to: fresh.at) / .seconds(1))
      guard fresh.time > present.addingTimeInterval(-DatabaseClock.drift) else { return }
      look = fresh
    }
  }

  /// How much two clocks may part between two looks, in seconds; more than that was set.
  private static let drift = 1.0

  /// The time in the answer is taken for the middle of the round trip; the uncertainty is half of
  /// that, a fraction of a millisecond on a local network.
  private static func look(at store: PostgresStore) async throws -> Look {
    let before = ContinuousClock.now
    let time = try await store.time()
    let after = ContinuousClock.now
    return Look(time: time, at: before + before.duration(to: after) / 2)
  }
}
