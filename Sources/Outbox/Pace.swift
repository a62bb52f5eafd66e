internal import FoundationEssentials
internal import Synchronization

/// Limits a route to so many messages a second.
///
/// A tenth of a second's worth may go at once; a provider might take more for a burst.
final class Pace: Sendable {
  private struct State {
    var credit: Double
    var at: Date?
  }

  private let rate: Int
  private let state: Mutex<State>

  /// - Parameter rate: messages a second; 0 means no limit
  init(rate: Int) {
    self.rate = rate
    state = Mutex(State(credit: Pace.most(rate)))
  }

  var isLimited: Bool { rate > 0 }

  /// How many may go now.
  func room(at now: Date) -> Int {
    guard isLimited else { return .max }
    return state.withLock { state in
      if let at = state.at {
        // A clock that was turned back earns nothing.
        let seconds = max(0, now.timeIntervalSince(at))
        state.credit = min(Pace.most(rate), state.credit + seconds * Double(rate))
      }
      state.at = now
      return Int(state.credit)
    }
  }

  func spend(_ count: Int) {
    guard isLimited else { return }
    state.withLock { $0.credit -= Double(count) }
  }

  private static func most(_ rate: Int) -> Double { max(1, Double(rate) / 10) }
}
