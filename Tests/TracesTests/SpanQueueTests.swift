internal import Cryptography
internal import Foundation
internal import Persistence
internal import TestSupport
internal import Testing
internal import Traces

/// The room for spans, and who is recorded.
@Suite struct `The queue of spans` {
  private func span(_ number: Int) -> Span {
    Span(
      place: SpanPlace(trace: "t", id: "\(number)", parent: nil), name: "read", kind: .client,
      start: ManualClock.morning, duration: .zero)
  }

  private func ids(_ queue: SpanQueue) -> [String] { queue.oldest.map(\.place.id) }

  @Test func `keeps the oldest, and counts what finds no room`() {
    let queue = SpanQueue(room: 3, batch: 2)
    for number in 1...5 { queue.add(span(number)) }
    #expect(queue.dropped == 2 && ids(queue) == ["1", "2"])
    queue.remove(2)
    #expect(queue.dropped == 2 && ids(queue) == ["3"])
    queue.add(span(6))
    queue.giveUp(1)
    #expect(queue.dropped == 3 && ids(queue) == ["6"])
    queue.remove(9)
    #expect(queue.dropped == 3 && ids(queue).isEmpty)
  }

  @Test func `has a transaction as a part of what is going on, and none that is a part of nothing`()
    async throws
  {
    let queue = SpanQueue()
    let tracer = Tracer(
      queue, now: { ManualClock.morning }, randomBytes: SeededBytes(seed: 1).source)
    let store = tracer.traced(try await TestStore.fresh(), engine: "sqlite")
    try await store.read { _ in }
    #expect(queue.oldest.isEmpty)
    let whole = try #require(tracer.startTrace())
    try await Tracer.within(whole) { try await store.write { _ in } }
    whole.end("send email", kind: .client, [:])
    try await store.read { _ in }
    #expect(queue.oldest.map(\.name) == ["write", "send email"])
    #expect(queue.oldest.map(\.place.parent) == [whole.place.id, nil])
    #expect(Set(queue.oldest.map(\.place.trace)) == [whole.place.trace])
  }

  @Test func `a share of a hundred traces is about so many, and the same in every instance`() {
    let chance = SeededBytes(seed: 5).source
    let traces = (1...2000).map { _ in
      chance(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    func chosen(_ share: Int) -> Set<String> {
      let tracer = Tracer(
        SpanQueue(), share: share, now: { ManualClock.morning }, randomBytes: chance)
      return Set(traces.filter(tracer.chooses))
    }
    #expect(chosen(0).isEmpty && chosen(100).count == 2000)
    #expect((150...250).contains(chosen(10).count))
    #expect(chosen(10) == chosen(10) && chosen(10).isSubset(of: chosen(50)))
    #expect(traces.filter(Tracer.off.chooses).isEmpty)
  }
}
