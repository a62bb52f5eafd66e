internal import Foundation
internal import HTTPTypes
internal import TestSupport
internal import Testing

@testable internal import belepo

/// The program with a collector of traces beside it.
// Only what hangs takes so long, also while every other test runs on two cores.
@Suite(.timeLimit(.minutes(10))) struct `A collector of traces` {
  @Test func `gets what the program has done, and the rest of it at the end`() async throws {
    let sink = TraceSink()
    try await sink.listen { url in
      let server = try Program.serve([
        "BELEPO_TRACES_URL": url, "BELEPO_TRACES_HEADERS": "Authorization: Bearer abc",
        "BELEPO_HTTP_DRAIN": "0s",
      ])
      try await server.waitUntilReady()
      _ = try await server.get("/ugyfelportal")
      #expect(try await server.ask("/metrics").contains("\nbelepo_spans_dropped_total 0\n"))
      #expect(try await server.stop() == 0)
      #expect(await sink.next()?.headers[.authorization] == "Bearer abc")
    }
    #expect(sink.spans.contains { $0.name == "GET /ugyfelportal" })
  }

  @Test func `holds up neither customers nor the end when it is not there`() async throws {
    let server = try Program.serve([
      "BELEPO_TRACES_URL": "http://127.0.0.1:9/v1/traces", "BELEPO_HTTP_DRAIN": "0s",
    ])
    try await server.waitUntilReady()
    _ = try await server.get("/ugyfelportal")
    try await server.waitForLog(of: "traces_failed")
    _ = try await server.get("/ugyfelportal")
    #expect(try await server.stop() == 0)
    #expect(server.log.components(separatedBy: "traces_failed").count == 2)
  }
}
