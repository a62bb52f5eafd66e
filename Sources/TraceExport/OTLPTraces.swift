internal import FoundationEssentials
internal import Traces

/// A batch of spans as an `ExportTraceServiceRequest` in JSON (OTLP 1.x, «JSON Protobuf Encoding»).
///
/// Numbers of traces and spans are hexadecimal there, kinds are numbers, and whole numbers of 64
/// bits are texts.
struct OTLPTraces: Encodable {
  private let resourceSpans: [ResourceSpans]

  /// - Parameter version: that of the program
  init(_ spans: [Span], version: String) {
    resourceSpans = [
      ResourceSpans(
        resource: Resource(
          attributes: [
            Attribute(key: "service.name", value: .init(.text("belepo"))),
            Attribute(key: "service.version", value: .init(.text(version))),
          ]),
        scopeSpans: [
          ScopeSpans(
            scope: Scope(name: "belepo", version: version), spans: spans.map { OneSpan($0) })
        ])
    ]
  }

  /// - Throws: what cannot happen: there are only texts and whole numbers in it.
  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self))
  }

  private struct ResourceSpans: Encodable {
    let resource: Resource
    let scopeSpans: [ScopeSpans]
  }

  private struct Resource: Encodable {
    let attributes: [Attribute]
  }

  private struct ScopeSpans: Encodable {
    let scope: Scope
    let spans: [OneSpan]
  }

  private struct Scope: Encodable {
    let name: String
    let version: String
  }

  private struct Attribute: Encodable {
    let key: String
    let value: Value
  }

  /// One of the two is there.
  private struct Value: Encodable {
    var stringValue: String?
    var intValue: String?

    init(_ value: Span.Value) {
      switch value {
      case .text(let text): stringValue = text
      case .number(let number): intValue = String(number)
      }
    }
  }

  private struct Status: Encodable {
    /// `STATUS_CODE_ERROR`.
    var code = 2
  }

  private struct OneSpan: Encodable {
    let traceId: String
    let spanId: String
    let parentSpanId: String?
    let name: String
    let kind: Int
    let startTimeUnixNano: String
    let endTimeUnixNano: String
    let attributes: [Attribute]
    let status: Status?

    init(_ span: Span) {
      traceId = span.place.trace
      spanId = span.place.id
      parentSpanId = span.place.parent
      name = span.name
      kind =
        switch span.kind {
        // `SPAN_KIND_SERVER`, `SPAN_KIND_CLIENT`.
        case .server: 2
        case .client: 3
        }
      let start = span.start.timeIntervalSince1970
      startTimeUnixNano = OTLPTraces.nanoseconds(start, after: .zero)
      endTimeUnixNano = OTLPTraces.nanoseconds(start, after: span.duration)
      attributes = span.attributes.sorted { $0.key < $1.key }.map {
        Attribute(key: $0.key, value: Value($0.value))
      }
      status = span.isFailed ? Status() : nil
    }
  }

  /// A time that our clocks cannot tell to more than microseconds.
  private static func nanoseconds(_ start: Double, after duration: Duration) -> String {
    let microseconds = Duration.microseconds(Int64((start * 1e6).rounded()))
    let (seconds, attoseconds) = (microseconds + duration).components
    return String(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
