import Foundation
import PersistencePostgres
import Synchronization
import Testing

/// The database's time as an instance knows it: it only goes on (attack 7).
struct DatabaseClockTests {
  /// The database's clock, and the monotonic one of the machine that asks it.
  private final class Machines: Sendable {
    private let database = Mutex(Date(timeIntervalSince1970: 1_000_000))
    private let elapsed = Mutex(Duration.seconds(5))
    private let isAway = Mutex(false)

    /// - Parameter speed: how fast the database's clock runs meanwhile
    func wait(_ seconds: Double, speed: Double = 1) {
      database.withLock { $0 += seconds * speed }
      elapsed.withLock { $0 += .seconds(seconds) }
    }

    /// Somebody sets the database's clock.
    func set(_ seconds: Double) { database.withLock { $0 += seconds } }

    /// The database cannot be asked any more.
    func leave() { isAway.withLock { $0 = true } }

    var time: Date { database.withLock { $0 } }

    func clock() async throws -> DatabaseClock {
      try await DatabaseClock(
        asking: {
          if self.isAway.withLock({ $0 }) { throw Away() }
          return self.time
        }, elapsed: { self.elapsed.withLock { $0 } })
    }
  }

  private struct Away: Error {}

  /// Since the start, in seconds.
  private func passed(_ clock: DatabaseClock) -> Double {
    clock.now.timeIntervalSince1970 - 1_000_000
  }

  @Test func `between two looks time passes as for the machine that asks`() async throws {
    let machines = Machines()
    let clock = try await machines.clock()
    machines.wait(60)
    machines.set(-3600)
    #expect(passed(clock) == 60)
    machines.leave()
    await #expect(throws: Away.self) { try await clock.refresh() }
    machines.wait(600)
    #expect(passed(clock) == 660)
  }

  @Test(arguments: [-3600.0, -31_536_000, -1.5])
  func `a database that was set back takes no time away, however often it is asked`(
    jump: Double
  ) async throws {
    let machines = Machines()
    let clock = try await machines.clock()
    machines.wait(60)
    machines.set(jump)
    try await clock.refresh()
    #expect(passed(clock) == 60)
    for _ in 1...360 {
      machines.wait(10)
      try await clock.refresh()
    }
    #expect(passed(clock) == 3660)
  }

  /// Each look for itself could be a doubtful answer.
  @Test func `a database whose clock is turned back bit by bit is not followed either`()
    async throws
  {
    let machines = Machines()
    let clock = try await machines.clock()
    for _ in 1...60 {
      machines.wait(10, speed: 0.91)
      try await clock.refresh()
    }
    // A code of ten minutes is over; without this it would live for another.
    #expect(passed(clock) > 598)
    #expect(passed(clock) <= 600)
  }

  @Test func `a database that was set forward is followed, and not back again`() async throws {
    let machines = Machines()
    let clock = try await machines.clock()
    machines.set(86_400)
    machines.wait(10)
    try await clock.refresh()
    #expect(passed(clock) == 86_410)
    machines.set(-86_400)
    machines.wait(10)
    try await clock.refresh()
    #expect(passed(clock) == 86_420)
  }

  @Test(arguments: [0.9999, 1.0001])
  func `two sound clocks that run a little apart stay together`(speed: Double) async throws {
    let machines = Machines()
    let clock = try await machines.clock()
    for _ in 1...8640 {
      machines.wait(10, speed: speed)
      try await clock.refresh()
    }
    #expect(abs(clock.now.timeIntervalSince(machines.time)) < 0.01)
  }
}
