package import Foundation
internal import Synchronization

/// A clock that a test turns.
package final class ManualClock: Sendable {
  private let time: Mutex<Date>

  /// A Monday morning in the register's spring.
  package static let morning = Date(timeIntervalSince1970: 1_775_462_400)

  package init(_ start: Date = ManualClock.morning) {
    time = Mutex(start)
  }

  package var now: Date { time.withLock { $0 } }

  package func advance(by seconds: Double) {
    time.withLock { $0 = $0.addingTimeInterval(seconds) }
  }
}
