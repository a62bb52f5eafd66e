internal import Foundation
internal import Synchronization
internal import Testing

@testable internal import belepo

/// Time that only goes on (attack 7).
struct SteadyClockTests {
  private final class Machine: Sendable {
    let wall = Mutex(Date(timeIntervalSince1970: 1_000_000))
    let elapsed = Mutex(Duration.seconds(5))

    /// Time passes, for both clocks.
    func wait(_ seconds: Double) {
      wall.withLock { $0 += seconds }
      elapsed.withLock { $0 += .seconds(seconds) }
    }

    /// Somebody sets the wall clock.
    func set(_ seconds: Double) { wall.withLock { $0 += seconds } }

    var clock: SteadyClock {
      SteadyClock(wall: { self.wall.withLock { $0 } }, elapsed: { self.elapsed.withLock { $0 } })
    }
  }

  @Test func `time passes as on the wall`() {
    let machine = Machine()
    let clock = machine.clock
    machine.wait(600)
    #expect(clock.now == Date(timeIntervalSince1970: 1_000_600))
    #expect(clock.secondsAhead == 0)
  }

  @Test func `a wall clock that was set back takes no time away`() {
    let machine = Machine()
    let clock = machine.clock
    machine.wait(60)
    machine.set(-3600)
    #expect(clock.now == Date(timeIntervalSince1970: 1_000_060))
    machine.wait(600)
    #expect(clock.now == Date(timeIntervalSince1970: 1_000_660))
    #expect(clock.secondsAhead == 3600)
  }

  @Test func `a wall clock that was set forward is followed, and not back again`() {
    let machine = Machine()
    let clock = machine.clock
    machine.set(86_400)
    #expect(clock.now == Date(timeIntervalSince1970: 1_086_400))
    machine.set(-86_400)
    machine.wait(1)
    #expect(clock.now == Date(timeIntervalSince1970: 1_086_401))
  }
}
