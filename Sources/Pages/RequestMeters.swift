internal import HTTPTypes
package import Metrics

/// Counts requests, steps of journeys and mistakes in forms.
///
/// The labels are few: routes are patterns of ours, what came of a step and the names of fields are
/// words of ours, and a method that nobody needs is `_OTHER` (OpenTelemetry's HTTP conventions).
package struct RequestMeters: Sendable {
  package static let duration = "http_server_request_duration_seconds"
  package static let steps = "belepo_journey_steps_total"
  package static let formErrors = "belepo_form_errors_total"

  private let factory: any MetricsFactory

  package init(_ factory: any MetricsFactory) {
    self.factory = factory
  }

  /// Counts nothing.
  package static let none = RequestMeters(NOOPMetricsHandler.instance)

  func count(
    _ record: RequestRecord, method: HTTPRequest.Method, route: String,
    status: HTTPResponse.Status, time: Duration
  ) {
    Timer(
      label: RequestMeters.duration,
      dimensions: [
        ("http_request_method", RequestMeters.word(for: method)), ("http_route", route),
        ("http_response_status_code", String(status.code)),
      ], factory: factory
    ).record(duration: time)
    if let outcome = record.outcome {
      Counter(
        label: RequestMeters.steps,
        dimensions: [
          ("journey", outcome.journey), ("step", outcome.step), ("outcome", outcome.word),
        ], factory: factory
      ).increment()
    }
    for field in record.fields {
      Counter(
        label: RequestMeters.formErrors, dimensions: [("http_route", route), ("field", field)],
        factory: factory
      ).increment()
    }
  }

  static func word(for method: HTTPRequest.Method) -> String {
    switch method {
    case .get, .head, .post: method.rawValue
    default: "_OTHER"
    }
  }
}
