package import FoundationEssentials
internal import Synchronization

/// Lets a gateway or a service that keeps failing rest.
///
/// A gateway's messages wait in the queue instead of using up their tries, and a gateway in trouble
/// is not overrun.
///
/// After a rest one message tries; its success ends the trouble, its failure doubles the rest.
package final class Breaker: Sendable {
  private enum State {
    /// Working, after so many failures in a row.
    case closed(failures: Int)
    case open(until: Date, rest: Int)
    /// One message is being tried.
    case trying(rest: Int)
  }

  /// What a result has changed.
  package enum Change: Sendable {
    case none
    case opened(seconds: Int)
    case closed
  }

  private let state = Mutex(State.closed(failures: 0))

  package init() {}

  /// The rest of its rest.
  package func secondsLeft(at now: Date) -> Int {
    state.withLock { state in
      guard case .open(let until, _) = state else { return 0 }
      return max(0, Int(until.timeIntervalSince(now).rounded(.up)))
    }
  }

  /// How many messages may be given to the gateway now.
  func room(at now: Date) -> Int {
    state.withLock { state in
      switch state {
      case .closed: .max
      case .open(let until, _): now < until ? 0 : 1
      case .trying: 0
      }
    }
  }

  /// Whether it rests, or is tried after a rest.
  package var isOpen: Bool {
    state.withLock { state in
      if case .closed = state { false } else { true }
    }
  }

  /// Whether this message may be given to the gateway; after a rest only one may.
  package func admits(at now: Date) -> Bool {
    state.withLock { state in
      switch state {
      case .closed: return true
      case .trying: return false
      case .open(let until, let rest):
        guard until <= now else { return false }
        state = .trying(rest: rest)
        return true
      }
    }
  }

  /// The gateway answered: it works, whatever its answer.
  package func answered() -> Change {
    state.withLock { state in
      let before = state
      state = .closed(failures: 0)
      if case .closed = before { return .none }
      return .closed
    }
  }

  /// The gateway failed; it may have said how long to wait.
  package func failed(at now: Date, retryAfterSeconds: Int?) -> Change {
    state.withLock { state in
      let rests = DispatchLimits.restSeconds
      let rest: Int
      switch state {
      case .closed(let failures):
        guard retryAfterSeconds != nil || failures + 1 >= DispatchLimits.failuresUntilRest else {
          state = .closed(failures: failures + 1)
          return .none
        }
        rest = rests.lowerBound
      case .trying(let last): rest = min(last * 2, rests.upperBound)
      // A message that was under way when the rest began.
      case .open: return .none
      }
      let asked = min(retryAfterSeconds ?? 0, DispatchLimits.longestRetryAfter)
      let seconds = max(rest, asked)
      state = .open(until: now.addingTimeInterval(Double(seconds)), rest: rest)
      return .opened(seconds: seconds)
    }
  }
}
