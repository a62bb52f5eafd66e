internal import Cryptography
internal import Foundation
internal import ServiceLifecycle
internal import TraceExport
internal import Traces

/// Spans of what is done, for a collector of the operator's (decision 0020).
extension Composition {
  /// What records spans, and where they wait; nothing without a collector.
  static func tracing(
    _ settings: Settings, now: @escaping @Sendable () -> Date
  ) -> (tracer: Tracer, spans: SpanQueue?) {
    guard settings.text(.tracesURL) != nil else { return (.off, nil) }
    let spans = SpanQueue()
    let tracer = Tracer(
      spans, share: settings.count(.tracesShare), now: now, randomBytes: .system)
    return (tracer, spans)
  }

  /// What sends spans, if there are any: started first, so that it stops last.
  var spanExport: [any Service] {
    get throws {
      guard let spans, let collector = try settings.traceCollector else { return [] }
      return [
        SpanExport(
          of: spans, to: collector, authorities: settings.text(.authoritiesFile), logger: logger)
      ]
    }
  }
}

extension OpenedDatabase {
  /// By OpenTelemetry's conventions.
  var engine: String {
    switch self {
    case .sqlite: "sqlite"
    case .postgres: "postgresql"
    }
  }
}
