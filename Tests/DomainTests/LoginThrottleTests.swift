import Domain
import Foundation
import Testing

/// How fast a password may be guessed.
struct LoginThrottleTests {
  let start = Attempt.start
  let limits = Limits()

  private func throttle(after failures: Int) -> LoginThrottle {
    var throttle = LoginThrottle()
    for _ in 0..<failures { throttle.failed(at: start) }
    return throttle
  }

  @Test func `after three free failures the pause doubles up to a minute`() {
    let delays = (0...12).map { throttle(after: $0).delaySeconds(limits) }
    #expect(delays == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
  }

  @Test func `nobody is shut out for longer than a minute by a million failures`() {
    var throttle = LoginThrottle(failuresInARow: 1_000_000, lastFailureAt: start)
    throttle.failed(at: start)
    #expect(throttle.failuresInARow == 1_000_000)
    #expect(throttle.delaySeconds(limits) == 60)
  }

  @Test func `who never failed need not wait`() {
    #expect(LoginThrottle().isOpen(at: start, limits: limits))
  }

  @Test(arguments: [
    (3, 0.0, true), (4, 0, false), (4, 0.999, false), (4, 1, true), (5, 1.999, false), (5, 2, true),
    (9, 31.999, false), (9, 32, true), (10, 59.999, false), (10, 60, true), (99, 60, true),
  ])
  func `a pause is over at its very end`(failures: Int, waited: Double, isOpen: Bool) {
    let now = start.addingTimeInterval(waited)
    #expect(throttle(after: failures).isOpen(at: now, limits: limits) == isOpen)
  }

  @Test(arguments: [-0.001, -3_600, -31_536_000])
  func `a clock that was set back makes nobody wait longer`(seconds: Double) {
    let now = start.addingTimeInterval(seconds)
    #expect(throttle(after: 10).isOpen(at: now, limits: limits))
  }

  @Test func `a failure after the clock was set back is paused by the new time`() {
    var throttle = throttle(after: 9)
    let earlier = start.addingTimeInterval(-3_600)
    throttle.failed(at: earlier)
    #expect(throttle.opensAt(limits: limits) == earlier.addingTimeInterval(60))
    #expect(!throttle.isOpen(at: earlier.addingTimeInterval(59), limits: limits))
  }

  @Test func `a try that was not made after all is taken back`() {
    var throttle = throttle(after: 5)
    throttle.takeBack()
    #expect(throttle.failuresInARow == 4)
    #expect(throttle.delaySeconds(limits) == 1)
  }

  @Test func `nothing is taken back from who never failed`() {
    var throttle = LoginThrottle()
    throttle.takeBack()
    #expect(throttle == LoginThrottle())
  }

  @Test func `the insurer sets the free failures and the longest pause`() {
    var limits = Limits()
    limits.loginFailuresWithoutDelay = 1
    limits.loginDelaySecondsMax = 3
    let delays = (0...5).map { throttle(after: $0).delaySeconds(limits) }
    #expect(delays == [0, 0, 1, 2, 3, 3])
  }
}
