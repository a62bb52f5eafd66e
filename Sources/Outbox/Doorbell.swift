/// Wakes the dispatcher when something was queued, so that nobody waits for the next poll.
package struct Doorbell: Sendable {
  let rings: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  package init() {
    // One ring that is not yet heard is as good as ten.
    (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  package func ring() {
    continuation.yield()
  }
}
