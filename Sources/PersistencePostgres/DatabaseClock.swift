package import FoundationEssentials
internal import Persistence
internal import Synchronization

/// The database's time, as an instance knows it between two looks.
///
/// All instances decide by this one clock when something is over, whatever their own clocks say.
/// Between two looks it goes by the machine's monotonic clock: a jump of the wall clock moves
/// nothing.
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

  /// Looks again, because two clocks never go quite alike.
  package func refresh() async throws {
    let fresh = try await DatabaseClock.look(at: store)
    look.withLock { $0 = fresh }
  }

  /// The answer's time belongs to the middle of the question's way; what is not known is half of
  /// the way, a fraction of a millisecond in one house.
  private static func look(at store: PostgresStore) async throws -> Look {
    let before = ContinuousClock.now
    let time = try await store.time()
    let after = ContinuousClock.now
    return Look(time: time, at: before + before.duration(to: after) / 2)
  }
}
