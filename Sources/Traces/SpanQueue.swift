internal import Synchronization

/// The spans that wait to be sent, a limited number: whoever adds one never waits, and one that
/// finds no room is counted and forgotten.
///
/// Any number of tasks add, one takes.
package final class SpanQueue: Sendable {
  /// A span has less than a kilobyte: two megabytes at most.
  package static let usualRoom = 2048
  /// The most that are sent at once (OpenTelemetry's batch processor has the same numbers).
  package static let usualBatch = 512

  private struct State {
    var spans: [Span] = []
    var dropped = 0
  }

  private let state = Mutex(State())
  private let room: Int
  private let batch: Int
  /// Rung when a whole batch waits.
  package let signals: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  package init(room: Int = SpanQueue.usualRoom, batch: Int = SpanQueue.usualBatch) {
    precondition(batch >= 1 && room >= batch, "a batch needs room")
    self.room = room
    self.batch = batch
    // One unseen signal is as good as ten.
    (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  package func add(_ span: Span) {
    let isBatch = state.withLock { state in
      guard state.spans.count < room else {
        state.dropped += 1
        return false
      }
      state.spans.append(span)
      return state.spans.count == batch
    }
    if isBatch { ring() }
  }

  /// Whoever sends should look, whether a whole batch waits or not.
  package func ring() { continuation.yield() }

  /// The oldest that wait, a batch at most; they stay until it is known what became of them.
  package var oldest: [Span] { state.withLock { Array($0.spans.prefix(batch)) } }

  /// So many of the oldest are sent.
  package func remove(_ count: Int) {
    state.withLock { $0.spans.removeFirst(min(count, $0.spans.count)) }
  }

  /// So many of the oldest will never be sent.
  package func giveUp(_ count: Int) {
    state.withLock { state in
      let count = min(count, state.spans.count)
      state.spans.removeFirst(count)
      state.dropped += count
    }
  }

  /// How many were lost since the start.
  package var dropped: Int { state.withLock { $0.dropped } }
}
