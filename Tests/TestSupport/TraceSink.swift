internal import Foundation
package import HTTPTypes
internal import Hummingbird
internal import HummingbirdTesting
internal import NIOCore
internal import Synchronization

/// A collector of traces on this machine, which answers as a test wants.
package final class TraceSink: Sendable {
  /// A span as it came, read by OTLP's names and not by our own types.
  package struct SentSpan: Decodable, Sendable {
    package struct Attribute: Decodable, Sendable {
      package struct Value: Decodable, Sendable {
        package let stringValue: String?
        package let intValue: String?
      }

      package let key: String
      package let value: Value
    }

    package struct Status: Decodable, Sendable {
      package let code: Int
    }

    package let traceId: String
    package let spanId: String
    package let parentSpanId: String?
    package let name: String
    package let kind: Int
    package let startTimeUnixNano: String
    package let endTimeUnixNano: String
    package let attributes: [Attribute]
    package let status: Status?
  }

  /// What came with one request.
  package struct Batch: Sendable {
    package let headers: HTTPFields
    package let text: String
    package let spans: [SentSpan]
  }

  private struct Body: Decodable {
    struct ResourceSpans: Decodable {
      struct ScopeSpans: Decodable {
        let spans: [SentSpan]
      }

      let scopeSpans: [ScopeSpans]
    }

    let resourceSpans: [ResourceSpans]
  }

  /// What a request is answered, by its number from 1.
  package typealias Answer = @Sendable (_ number: Int) async -> HTTPResponse.Status

  private let answer: Answer
  private let words: String
  private let received = Mutex<[Batch]>([])
  private let batches: AsyncStream<Batch>
  private let continuation: AsyncStream<Batch>.Continuation

  package struct NoPort: Error {}

  /// - Parameter words: the body of each answer
  package init(words: String = "", answer: @escaping Answer = { _ in .ok }) {
    self.words = words
    self.answer = answer
    (batches, continuation) = AsyncStream.makeStream()
  }

  /// The next batch that comes; `nil` when the test was given up.
  package func next() async -> Batch? {
    for await batch in batches { return batch }
    return nil
  }

  /// Every span that came.
  package var spans: [SentSpan] { received.withLock { $0.flatMap(\.spans) } }

  /// Listens while a story goes on.
  package func listen(
    _ story: @escaping @Sendable (_ url: String) async throws -> Void
  ) async throws {
    let router = Router()
    router.post("/v1/traces") { [self] request, _ in
      let body = try await request.body.collect(upTo: 1 << 22)
      let bytes = Data(body.readableBytesView)
      let spans = try JSONDecoder().decode(Body.self, from: bytes)
        .resourceSpans.flatMap(\.scopeSpans).flatMap(\.spans)
      let batch = Batch(
        headers: request.headers, text: String(decoding: bytes, as: UTF8.self), spans: spans)
      let number = received.withLock { received in
        received.append(batch)
        return received.count
      }
      continuation.yield(batch)
      return Response(
        status: await answer(number), body: .init(byteBuffer: .init(string: words)))
    }
    try await Application(router: router, logger: Props.logger).test(.live) { client in
      guard let port = client.port else { throw NoPort() }
      try await story("http://127.0.0.1:\(port)/v1/traces")
    }
  }
}
