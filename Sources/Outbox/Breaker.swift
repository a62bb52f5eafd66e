internal import FoundationEssentials
internal import Synchronization

/// Lets a gateway rest that fails again and again: messages wait in the queue instead of using up
/// their tries, and a gateway in trouble is not trampled on.
///
/// After a rest one message tries; its success ends the trouble, its failure doubles the rest.
final class Breaker: Sendable {
  private enum State {
    /// Works, with so many failures in a row.
    case closed(failures: Int)
    case open(until: Date, rest: Int)
    /// One message is trying.
    case trying(rest: Int)
  }

  /// What a result has changed.
  enum Change {
    case none
    case opened(seconds: Int)
    case closed
  }

  private let state = Mutex(State.closed(failures: 0))

  /// How many messages the gateway may be given now.
  func room(at now: Date) -> Int {
    state.withLock { state in
      switch state {
      case .closed: .max
      case .open(let until, _): now < until ? 0 : 1
      case .trying: 0
      }
    }
  }

  var isOpen: Bool {
    state.withLock { state in
      if case .closed = state { false } else { true }
    }
  }

  /// Whether this message may be given to the gateway; after a rest only one gets a yes.
  func admits(at now: Date) -> Bool {
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

  /// The gateway answered: it works, whatever it thought of the message.
  func answered() -> Change {
    state.withLock { state in
      let before = state
      state = .closed(failures: 0)
      if case .closed = before { return .none }
      return .closed
    }
  }

  /// The gateway failed; it may have said for how long.
  func failed(at now: Date, retryAfterSeconds: Int?) -> Change {
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
