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
    let time: Date
    let at: Duration

    /// The time some while later, as the monotonic clock counts.
    func time(at elapsed: Duration) -> Date {
      time.addingTimeInterval((elapsed - at) / .seconds(1))
    }
  }

  private struct Looks {
    var latest: Look
    /// The one that was ahead of all before it.
    var furthest: Look
  }

  private let ask: @Sendable () async throws -> Date
  private let elapsed: @Sendable () -> Duration
  private let looks: Mutex<Looks>

  /// Takes the first look.
  ///
  /// - Throws: ``StoreFault`` when the database cannot be asked.
  package convenience init(_ store: PostgresStore) async throws {
    let start = ContinuousClock.now
    try await self.init(
      asking: { try await store.time() }, elapsed: { start.duration(to: .now) })
  }

  /// Takes the first look.
  ///
  /// - Parameters:
  ///   - ask: what time it is at the database
  ///   - elapsed: how much time has passed since any moment in the past; never goes back
  package init(
    asking ask: @escaping @Sendable () async throws -> Date,
    elapsed: @escaping @Sendable () -> Duration
  ) async throws {
    let first = try await DatabaseClock.look(ask, elapsed)
    self.ask = ask
    self.elapsed = elapsed
    looks = Mutex(Looks(latest: first, furthest: first))
  }

  package var now: Date {
    looks.withLock { $0.latest.time(at: elapsed()) }
  }

  /// Looks again, because two clocks never run exactly alike.
  ///
  /// A database whose clock was set back is not followed, neither at once nor bit by bit: nothing
  /// may live longer than it was given (attack 7). The next start takes its time.
  package func refresh() async throws {
    let fresh = try await DatabaseClock.look(ask, elapsed)
    looks.withLock { looks in
      let present = looks.latest.time(at: fresh.at)
      let furthest = looks.furthest.time(at: fresh.at)
      let seconds: Double = (fresh.at - looks.furthest.at) / .seconds(1)
      let slowest = DatabaseClock.doubt + seconds * DatabaseClock.drift
      guard fresh.time > present.addingTimeInterval(-DatabaseClock.doubt),
        fresh.time > furthest.addingTimeInterval(-slowest)
      else { return }
      looks.latest = fresh
      if fresh.time > furthest { looks.furthest = fresh }
    }
  }

  /// What two looks may contradict each other by, in seconds; more than that was set.
  private static let doubt = 1.0
  /// How much slower than ours a sound clock may run. One that was ahead, and is slowed down until
  /// the time has caught up with it, loses far more.
  private static let drift = 0.001

  /// The time in the answer is taken for the middle of the round trip; the uncertainty is half of
  /// that, a fraction of a millisecond on a local network.
  private static func look(
    _ ask: @Sendable () async throws -> Date, _ elapsed: @Sendable () -> Duration
  ) async throws -> Look {
    let before = elapsed()
    let time = try await ask()
    let after = elapsed()
    return Look(time: time, at: before + (after - before) / 2)
  }
}
