internal import Foundation
internal import HTTPTypes
internal import Logging
internal import ServiceLifecycle
internal import TestSupport
internal import Testing
internal import TraceExport
internal import Traces

/// How spans come to a collector, and what happens when it does not take them.
// Only what hangs takes so long, also while every other test runs on two cores.
@Suite(.timeLimit(.minutes(10))) struct `Spans on their way to a collector` {
  /// Often enough for a test, and with no pause that it would notice.
  private static var quick: SpanExport.Pace {
    var pace = SpanExport.Pace()
    pace.look = .milliseconds(5)
    pace.firstPause = .milliseconds(1)
    pace.longestPause = .milliseconds(5)
    return pace
  }

  /// Looks only when a whole batch waits.
  private static var lazy: SpanExport.Pace {
    var pace = quick
    pace.look = .seconds(86_400)
    return pace
  }

  /// Runs an export while a story goes on, and ends it as the program does.
  private func exporting(
    _ queue: SpanQueue, to url: String, headers: String = "", at pace: SpanExport.Pace,
    telling log: ToldLog = ToldLog(), _ story: () async throws -> Void
  ) async throws {
    let collector = try TraceCollector(url: url, headers: headers, version: "1.2.3")
    let export = SpanExport(of: queue, to: collector, pace: pace, logger: log.logger)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: export)],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    let running = Task { try await group.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await story()) } catch { result = .failure(error) }
    await group.triggerGracefulShutdown()
    try await running.value
    try result.get()
  }

  private static func span(_ number: Int, parent: String? = nil, isFailed: Bool = false) -> Span {
    Span(
      place: SpanPlace(
        trace: "4bf92f3577b34da6a3ce929d0e0e4736",
        id: "00000000000000" + String(number, radix: 16).leftPadded, parent: parent),
      name: "GET /regisztracio", kind: parent == nil ? .server : .client,
      start: Date(timeIntervalSince1970: 1_775_462_400.25), duration: .milliseconds(1500),
      attributes: [
        "http.response.status_code": .number(200), "http.route": .text("/regisztracio"),
      ], isFailed: isFailed)
  }

  /// The reference: what is sent, letter for letter.
  @Test func `are JSON as OTLP has it`() async throws {
    let sink = TraceSink()
    try await sink.listen { url in
      let queue = SpanQueue(room: 2, batch: 2)
      try await exporting(
        queue, to: url, headers: "Authorization: Bearer abc:def \nX-Tenant:portal", at: Self.lazy
      ) {
        queue.add(Self.span(1))
        queue.add(Self.span(2, parent: "0000000000000001", isFailed: true))
        let batch = try #require(await sink.next())
        #expect(batch.headers[.contentType] == "application/json")
        #expect(batch.headers[.authorization] == "Bearer abc:def")
        #expect(batch.headers.first { $0.name.canonicalName == "x-tenant" }?.value == "portal")
        #expect(batch.text == Self.reference)
      }
    }
  }

  private static let reference =
    #"{"resourceSpans":[{"resource":{"attributes":["#
    + #"{"key":"service.name","value":{"stringValue":"belepo"}},"#
    + #"{"key":"service.version","value":{"stringValue":"1.2.3"}}]},"#
    + #""scopeSpans":[{"scope":{"name":"belepo","version":"1.2.3"},"spans":["#
    + #"{"attributes":[{"key":"http.response.status_code","value":{"intValue":"200"}},"#
    + #"{"key":"http.route","value":{"stringValue":"/regisztracio"}}],"#
    + #""endTimeUnixNano":"1775462401750000000","kind":2,"name":"GET /regisztracio","#
    + #""spanId":"0000000000000001","startTimeUnixNano":"1775462400250000000","#
    + #""traceId":"4bf92f3577b34da6a3ce929d0e0e4736"},"#
    + #"{"attributes":[{"key":"http.response.status_code","value":{"intValue":"200"}},"#
    + #"{"key":"http.route","value":{"stringValue":"/regisztracio"}}],"#
    + #""endTimeUnixNano":"1775462401750000000","kind":3,"name":"GET /regisztracio","#
    + #""parentSpanId":"0000000000000001","spanId":"0000000000000002","#
    + #""startTimeUnixNano":"1775462400250000000","status":{"code":2},"#
    + #""traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}]}]}]}"#

  @Test func `go out when a whole batch waits, and what is left when the program stops`()
    async throws
  {
    let sink = TraceSink()
    try await sink.listen { url in
      let queue = SpanQueue(room: 10, batch: 3)
      try await exporting(queue, to: url, at: Self.lazy) {
        for number in 1...3 { queue.add(Self.span(number)) }
        #expect(await sink.next()?.spans.count == 3)
        // What is still under way when the program stops is sent once more.
        while !queue.oldest.isEmpty { await Task.yield() }
        queue.add(Self.span(4))
      }
      #expect(await sink.next()?.spans.map(\.spanId) == ["0000000000000004"])
      #expect(queue.oldest.isEmpty && queue.dropped == 0)
    }
  }

  @Test func `go out after a while also when they are few`() async throws {
    let sink = TraceSink()
    try await sink.listen { url in
      let queue = SpanQueue()
      try await exporting(queue, to: url, at: Self.quick) {
        queue.add(Self.span(1))
        #expect(await sink.next()?.spans.count == 1)
      }
    }
  }

  @Test(arguments: [429, 502, 503, 504])
  func `are sent again when the collector is back, and the log says so once`(status: Int)
    async throws
  {
    let sink = TraceSink { $0 <= 3 ? HTTPResponse.Status(code: status) : .ok }
    let log = ToldLog()
    try await sink.listen { url in
      let queue = SpanQueue(room: 2, batch: 2)
      // Both before anybody looks.
      queue.add(Self.span(1))
      queue.add(Self.span(2))
      try await exporting(queue, to: url, at: Self.quick, telling: log) {
        for _ in 1...4 { #expect(await sink.next()?.spans.count == 2) }
        #expect(await log.next() == "traces_failed")
        #expect(await log.next() == "traces_work")
      }
      #expect(queue.oldest.isEmpty && queue.dropped == 0)
    }
  }

  @Test func `wait while nobody listens, as many as there is room for`() async throws {
    let queue = SpanQueue(room: 4, batch: 2)
    let log = ToldLog()
    // The discard port of TCP, where nobody is.
    try await exporting(queue, to: "http://127.0.0.1:9/v1/traces", at: Self.quick, telling: log) {
      for number in 1...7 { queue.add(Self.span(number)) }
      #expect(await log.next() == "traces_failed")
      #expect(queue.dropped == 3)
    }
    #expect(queue.oldest.map(\.place.id.last) == ["1", "2"])
  }

  @Test func `that the collector will never take are given up and counted`() async throws {
    let sink = TraceSink { $0 == 1 ? .badRequest : .ok }
    let log = ToldLog()
    try await sink.listen { url in
      let queue = SpanQueue(room: 4, batch: 2)
      // Both before anybody looks.
      queue.add(Self.span(1))
      queue.add(Self.span(2))
      try await exporting(queue, to: url, at: Self.quick, telling: log) {
        #expect(await log.next() == "traces_failed")
        #expect(queue.dropped == 2 && queue.oldest.isEmpty)
        queue.add(Self.span(3))
        #expect(await log.next() == "traces_work")
      }
      #expect(sink.spans.map(\.spanId.last) == ["1", "2", "3"])
    }
  }

  /// OTLP/HTTP, «Partial Success».
  @Test(arguments: [
    #"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}"#,
    #"{"partialSuccess":{"rejectedSpans":1}}"#,
  ])
  func `of which the collector rejects some are not sent again, and those are counted`(
    words: String
  ) async throws {
    let sink = TraceSink(words: words)
    let log = ToldLog()
    try await sink.listen { url in
      let queue = SpanQueue(room: 4, batch: 2)
      queue.add(Self.span(1))
      queue.add(Self.span(2))
      try await exporting(queue, to: url, at: Self.quick, telling: log) {
        #expect(await log.next() == "traces_partly_taken")
        #expect(queue.dropped == 1 && queue.oldest.isEmpty)
      }
      #expect(sink.spans.count == 2)
    }
  }

  @Test(arguments: [
    "", "{}", "no JSON", #"{"partialSuccess":null}"#, #"{"partialSuccess":{}}"#,
    #"{"partialSuccess":{"rejectedSpans":"-1"}}"#, #"{"partialSuccess":{"rejectedSpans":"x"}}"#,
  ])
  func `are taken, all of them, when nothing is said about some`(words: String) async throws {
    let sink = TraceSink(words: words)
    try await sink.listen { url in
      let queue = SpanQueue(room: 4, batch: 2)
      queue.add(Self.span(1))
      queue.add(Self.span(2))
      try await exporting(queue, to: url, at: Self.lazy) { _ = await sink.next() }
      #expect(queue.dropped == 0 && queue.oldest.isEmpty)
    }
  }

  @Test func `delay no customer while the collector does not answer, and not the end`()
    async throws
  {
    let gate = Gate()
    let sink = TraceSink { _ in
      await gate.wait()
      return .ok
    }
    try await sink.listen { url in
      defer { gate.open() }
      let queue = SpanQueue(room: 8, batch: 2)
      let stage = try await Stage(
        tracer: Tracer(
          queue, now: { ManualClock.morning }, randomBytes: SeededBytes(seed: 9).source))
      var pace = Self.quick
      pace.farewell = .milliseconds(50)
      try await exporting(queue, to: url, at: pace) {
        try await stage.play { anna in
          try await anna.get("/regisztracio")
          _ = await sink.next()
          // Its answer is still to come.
          try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
        }
        #expect(queue.dropped > 0)
      }
    }
  }

  @Test(arguments: ["Bearer abc", ": abc", "A b: c", "Ő: c"])
  func `need headers that are some`(headers: String) {
    let error = #expect(throws: TraceCollector.Invalid.self) {
      try TraceCollector(url: "http://127.0.0.1:4318/v1/traces", headers: headers, version: "1")
    }
    #expect(error?.description == "traces.headers: a line must be like «Name: value».")
  }
}

/// A log whose events a test can wait for.
private struct ToldLog {
  private let events: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation

  init() {
    (events, continuation) = AsyncStream.makeStream()
  }

  var logger: Logger {
    let continuation = continuation
    return Logger(label: "test") { _ in Handler(continuation: continuation) }
  }

  func next() async -> String? {
    for await event in events { return event }
    return nil
  }

  private struct Handler: LogHandler {
    let continuation: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      guard let name = event.metadata?["event"] else { return }
      continuation.yield("\(name)")
    }
  }
}

/// What is closed until a test opens it.
private final class Gate: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func open() { continuation.finish() }

  func wait() async {
    for await _ in stream {}
  }
}

extension String {
  fileprivate var leftPadded: String { utf8.count == 1 ? "0" + self : self }
}
