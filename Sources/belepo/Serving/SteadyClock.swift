internal import Foundation
internal import Synchronization

/// A clock that never goes back, so that nothing lives longer than it was given, whatever becomes
/// of the machine's wall clock (attack 7).
///
/// Between two looks time passes as the monotonic clock says. A wall clock that is ahead is
/// followed at once; one that was set back is not, until the program starts again.
final class SteadyClock: Sendable {
  private struct Reading {
    var time: Date
    var elapsed: Duration
  }

  private let wall: @Sendable () -> Date
  private let elapsed: @Sendable () -> Duration
  private let latest: Mutex<Reading>

  /// - Parameters:
  ///   - wall: what time it is, as far as the machine knows
  ///   - elapsed: how much time has passed since any moment in the past; never goes back
  init(
    wall: @escaping @Sendable () -> Date, elapsed: @escaping @Sendable () -> Duration
  ) {
    self.wall = wall
    self.elapsed = elapsed
    latest = Mutex(Reading(time: wall(), elapsed: elapsed()))
  }

  /// The clock of this machine.
  convenience init() {
    let start = ContinuousClock.now
    self.init(wall: { Date() }, elapsed: { start.duration(to: .now) })
  }

  var now: Date {
    latest.withLock { latest in
      let elapsed = elapsed()
      let passed = latest.time.addingTimeInterval((elapsed - latest.elapsed) / .seconds(1))
      latest = Reading(time: max(passed, wall()), elapsed: elapsed)
      return latest.time
    }
  }

  /// By how many seconds the wall clock was set back since the start; 0 if it was not.
  var secondsAhead: Double {
    max(0, now.timeIntervalSince(wall()))
  }
}
