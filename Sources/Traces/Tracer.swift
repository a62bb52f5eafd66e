package import Cryptography
package import FoundationEssentials

/// Records what our work consists of, as spans (decision 0020).
///
/// What is going on is known to whatever is called within it, without being handed on: a
/// transaction finds the request that it is a part of. Where nothing is recorded, nothing is kept.
package struct Tracer: Sendable {
  /// Records nothing.
  package static let off = Tracer()

  private let queue: SpanQueue?
  private let share: Int
  private let now: @Sendable () -> Date
  private let randomBytes: RandomBytes

  /// What is going on, if it is recorded.
  @TaskLocal private static var current: SpanPlace?

  private init() {
    queue = nil
    share = 0
    now = { .distantPast }
    randomBytes = .system
  }

  /// - Parameter share: how many of a hundred traces that begin here are recorded
  package init(
    _ queue: SpanQueue, share: Int = 100, now: @escaping @Sendable () -> Date,
    randomBytes: RandomBytes
  ) {
    precondition((0...100).contains(share), "a share is of a hundred")
    self.queue = queue
    self.share = share
    self.now = now
    self.randomBytes = randomBytes
  }

  package var isOn: Bool { queue != nil }

  /// Whether a trace that begins here is recorded.
  ///
  /// Its number decides: the end of it, which is random whoever made it (W3C Trace Context, level
  /// 2).
  ///
  /// - Parameter trace: 32 hexadecimal digits
  package func chooses(_ trace: String) -> Bool {
    guard isOn, let number = UInt64(trace.suffix(8), radix: 16) else { return false }
    return number * 100 < UInt64(share) << 32
  }

  // MARK: Beginnings

  /// Begins what may be a part of somebody else's trace, which somebody has decided to record.
  package func start(at place: SpanPlace) -> OpenSpan? {
    queue.map { OpenSpan(place: place, start: now(), queue: $0) }
  }

  /// Begins a trace of its own; `nil` where it is not recorded.
  package func startTrace() -> OpenSpan? {
    guard isOn else { return nil }
    let trace = hexadecimal(randomBytes(16))
    return chooses(trace)
      ? start(at: SpanPlace(trace: trace, id: hexadecimal(randomBytes(8)), parent: nil)) : nil
  }

  /// Begins a part of what is going on; `nil` where that is not recorded.
  package func startPart() -> OpenSpan? {
    guard isOn, let whole = Tracer.current else { return nil }
    return start(
      at: SpanPlace(trace: whole.trace, id: hexadecimal(randomBytes(8)), parent: whole.id))
  }

  /// Does what a span consists of: what begins in it is a part of it.
  package static func within<Result>(
    _ span: OpenSpan?, _ work: () async throws -> Result
  ) async rethrows -> Result {
    guard let span else { return try await work() }
    return try await $current.withValue(span.place) { try await work() }
  }
}

/// A part of our work that is going on.
package struct OpenSpan: Sendable {
  package let place: SpanPlace
  private let start: Date
  /// The clock on the wall may be set meanwhile.
  private let begun = ContinuousClock.now
  private let queue: SpanQueue

  fileprivate init(place: SpanPlace, start: Date, queue: SpanQueue) {
    self.place = place
    self.start = start
    self.queue = queue
  }

  /// It is over; what it was is known only now.
  package func end(
    _ name: String, kind: Span.Kind, _ attributes: [String: Span.Value], isFailed: Bool = false
  ) {
    queue.add(
      Span(
        place: place, name: name, kind: kind, start: start, duration: ContinuousClock.now - begun,
        attributes: attributes, isFailed: isFailed))
  }
}
