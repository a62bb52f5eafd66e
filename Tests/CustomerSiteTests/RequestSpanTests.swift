internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Logging
internal import TestSupport
internal import Testing
internal import Traces

/// What a collector of traces gets to know of requests, transactions and messages.
@Suite struct `The span of a request` {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let caller = "00f067aa0ba902b7"

  private let spans = SpanQueue(room: 100_000, batch: 100_000)

  private func stage(share: Int = 100, _ spans: SpanQueue? = nil) async throws -> Stage {
    try await Stage(
      tracer: Tracer(
        spans ?? self.spans, share: share, now: { ManualClock.morning },
        randomBytes: SeededBytes(seed: 9).source))
  }

  /// A caller's `traceparent`.
  private static func header(_ flags: String) -> HTTPFields {
    [.named("traceparent"): "00-\(trace)-\(caller)-\(flags)"]
  }

  @Test func `is a part of its caller's, and its transactions are parts of it`() async throws {
    let (stage, log, spans) = (try await stage(), Log(), spans)
    try await stage.play(logger: log.logger) { anna in
      try await anna.get("/regisztracio")
      let answer = try await anna.post(
        "/regisztracio", CustomerClient.claim(of: .anna), headers: Self.header("01"))
      let known = spans.oldest.filter { $0.place.trace == Self.trace }
      let request = try #require(known.first { $0.kind == .server })
      #expect(request.place.parent == Self.caller && request.name == "POST /regisztracio")
      #expect(
        request.attributes == [
          "http.request.method": .text("POST"), "http.route": .text("/regisztracio"),
          "http.response.status_code": .number(303),
        ])
      // The answer and the log name the same trace, the answer also the span.
      #expect(
        answer.headers[.named("traceparent")] == "00-\(Self.trace)-\(request.place.id)-01")
      #expect(log.requests.last?["trace"] == "\(Self.trace)")
    }
    let known = spans.oldest.filter { $0.place.trace == Self.trace }
    let request = try #require(known.last)
    let parts = known.dropLast()
    #expect(parts.map(\.kind) == parts.map { _ in Span.Kind.client })
    #expect(Set(parts.map(\.place.id)).count == parts.count)
    #expect(Set(parts.map(\.name)).isSubset(of: ["read", "write"]))
    #expect(parts.map(\.name).contains("write"))
    for part in parts {
      #expect(part.place.parent == request.place.id && part.duration <= request.duration)
      #expect(
        part.attributes == [
          "db.system.name": .text("sqlite"), "db.operation.name": .text(part.name),
        ])
    }
  }

  @Test(arguments: [0, 100])
  func `is recorded if its caller has decided so, and only then`(share: Int) async throws {
    let (stage, spans) = (try await stage(share: share), spans)
    try await stage.play { anna in
      for flags in ["00", "02", "fe"] {
        let answer = try await anna.get("/regisztracio", headers: Self.header(flags))
        #expect(answer.headers[.named("traceparent")]?.hasSuffix("-\(flags)") == true)
      }
      #expect(spans.oldest.isEmpty)
      for flags in ["01", "03", "ff"] {
        try await anna.get("/regisztracio", headers: Self.header(flags))
      }
    }
    #expect(spans.oldest.filter { $0.kind == .server }.count == 3)
  }

  @Test(arguments: [(0, false), (100, true)])
  func `is recorded by the share that the operator wants, where nobody has decided`(
    share: Int, isRecorded: Bool
  ) async throws {
    let (stage, spans) = (try await stage(share: share), spans)
    try await stage.play { anna in
      let answer = try await anna.get("/regisztracio")
      let parent = try #require(answer.headers[.named("traceparent")])
      #expect(parent.hasSuffix(isRecorded ? "-01" : "-00"))
    }
    #expect(spans.oldest.contains { $0.kind == .server && $0.place.parent == nil } == isRecorded)
  }

  @Test func `is there on the staff's site, too`() async throws {
    let (stage, spans) = (try await stage(), spans)
    try await stage.playForStaff { clerk in try await clerk.get("/munkatars/bejelentkezes") }
    #expect(spans.oldest.contains { $0.name == "GET /munkatars/bejelentkezes" })
  }

  @Test func `says that it failed, and in which transaction`() async throws {
    let (stage, spans) = (try await stage(), spans)
    try await stage.play { anna in
      try await anna.identify(.anna)
      stage.breakage.takeOut()
      let answer = try await anna.get("/regisztracio/telefonszam", headers: Self.header("01"))
      #expect(answer.status == .serviceUnavailable)
    }
    let failed = spans.oldest.filter(\.isFailed)
    #expect(failed.filter { $0.kind == .server }.map(\.name) == ["GET /regisztracio/telefonszam"])
    let part = try #require(failed.first { $0.kind == .client })
    #expect(part.place.trace == Self.trace && part.attributes["error.type"] == .text("StoreFault"))
  }

  @Test func `of a message is a trace of its own`() async throws {
    let (stage, spans) = (try await stage(), spans)
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      try await anna.post(
        "/regisztracio", CustomerClient.claim(of: .anna), headers: Self.header("01"))
      _ = try await stage.post()
    }
    let sent = try #require(spans.oldest.first { $0.name == "send sms" })
    #expect(sent.place.parent == nil && sent.place.trace != Self.trace && sent.kind == .client)
    #expect(
      sent.attributes == [
        "belepo.message.channel": .text("sms"), "belepo.message.kind": .text("sms_code"),
        "belepo.gateway": .text("catcher"), "belepo.gateway.answer": .text("taken"),
      ])
  }

  /// The numbers, addresses and names of who was here are the marks (R8).
  @Test func `has nothing personal in it`() async throws {
    let (stage, spans) = (try await stage(), spans)
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      _ = try await anna.logIn("anna@pelda.hu", password: "Rossz1jelszo")
      try await anna.get("/anna@pelda.hu/1234567?telefon=301234567")
      try await anna.get(
        "/regisztracio?email=anna@pelda.hu", headers: [.userAgent: "Kovács Anna telefonja"])
      _ = try await stage.post()
    }
    let told = spans.oldest.map { "\($0.name) \($0.attributes)" }
    #expect(told.count > 30)
    #expect(spans.oldest.contains { $0.name == "GET" && $0.attributes["http.route"] == nil })
    let marks = [
      "anna", "Anna", "pelda", "Kovács", "Rossz1", Stage.password, Cast.anna.number,
      Cast.anna.policy, Cast.anna.mobile.number, "?", "@",
    ]
    for mark in marks { #expect(!told.contains { $0.contains(mark) }, "\(mark)") }
  }

  @Test func `that finds no room delays nobody, and is counted`() async throws {
    let full = SpanQueue(room: 2, batch: 2)
    let stage = try await stage(full)
    try await stage.play { anna in try await anna.register(.anna, email: "a@pelda.hu", on: stage) }
    #expect(full.oldest.count == 2 && full.dropped > 10)
  }

  @Test func `costs a store nothing where nothing is traced`() async throws {
    let store = HookedStore(try await TestStore.fresh())
    #expect(Tracer.off.traced(store, engine: "sqlite") is HookedStore)
    #expect(Tracer.off.startTrace() == nil && Tracer.off.startPart() == nil)
  }
}
