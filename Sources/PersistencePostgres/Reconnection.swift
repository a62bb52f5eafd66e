internal import Synchronization

/// Keeps a crowd from storming a server that is not there: after a failure nobody tries for a
/// while, and everybody is told at once that it is out of order.
final class Reconnection: Sendable {
  private struct State {
    var failuresInARow = 0
    var mayTryAt = ContinuousClock.now
    /// What the last one who tried was told: those who may not try are told the same.
    var sentence = ""
  }

  private let state = Mutex(State())
  private let jitter: @Sendable () -> Double

  /// The first pause; each further one is twice as long, up to the longest.
  private static let firstPause = 0.1
  private static let longestPause = 2.0

  /// - Parameter jitter: a number from 0 to 1, so that instances do not come back in step
  init(jitter: @escaping @Sendable () -> Double) {
    self.jitter = jitter
  }

  func connect(_ open: () throws -> Session) throws -> Session {
    let told: String? = state.withLock {
      $0.failuresInARow > 0 && ContinuousClock.now < $0.mayTryAt ? $0.sentence : nil
    }
    if let told { throw PostgresFault(kind: .unreachable, sentence: told) }
    do {
      let session = try open()
      state.withLock { $0.failuresInARow = 0 }
      return session
    } catch {
      let chance = jitter()
      state.withLock { state in
        state.failuresInARow = min(state.failuresInARow + 1, 10)
        let pause = min(
          Reconnection.firstPause * Double(1 << (state.failuresInARow - 1)),
          Reconnection.longestPause)
        state.sentence = (error as? PostgresFault)?.sentence ?? "\(error)"
        state.mayTryAt = .now + .seconds(pause * (0.5 + chance / 2))
      }
      throw error
    }
  }
}
