package import Cryptography
internal import HTTPTypes
package import Hummingbird
internal import Logging
package import Traces

/// One line, one count and one span for each request: the route's pattern, never the path or the
/// query (R8; Hummingbird's own middlewares for logs and for traces have both).
///
/// The request keeps the number that a proxy gave it (`X-Request-Id`), and its place in a trace
/// (`traceparent`): both are in every line about it and in the answer.
package struct AccessLog: RouterMiddleware {
  package typealias Context = SiteContext

  private let meters: RequestMeters
  private let tracer: Tracer
  private let randomBytes: RandomBytes

  package init(
    meters: RequestMeters = .none, tracer: Tracer = .off, randomBytes: RandomBytes = .system
  ) {
    self.meters = meters
    self.tracer = tracer
    self.randomBytes = randomBytes
  }

  private static let requestNumber = HTTPField.Name("X-Request-Id")
  private static let traceParent = HTTPField.Name("traceparent")

  package func handle(
    _ request: Request, context: SiteContext,
    next: @concurrent (Request, SiteContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let parent = TraceParent(
      continuing: AccessLog.traceParent.flatMap { request.headers[$0] }, randomBytes: randomBytes,
      chooses: tracer.chooses)
    let context = named(context, request, parent)
    let span = parent.isSampled ? tracer.start(at: parent.place) : nil
    var response = try await Tracer.within(span) { try await next(request, context) }
    let spent = ContinuousClock.now - start
    let route = context.endpointPath ?? "none"
    if let name = AccessLog.requestNumber { response.headers[name] = context.id }
    if let name = AccessLog.traceParent { response.headers[name] = parent.text }
    meters.count(
      context.record, method: request.method, route: route, status: response.status, time: spent)
    context.logger.info("request", metadata: line(request, context, response, route, spent))
    span?.end(request.method, route: context.endpointPath, response.status)
    return response
  }

  /// The request with the numbers by which it is found again.
  private func named(
    _ context: SiteContext, _ request: Request, _ parent: TraceParent
  ) -> SiteContext {
    var context = context
    if let name = AccessLog.requestNumber,
      let number = TraceParent.requestNumber(request.headers[name])
    {
      context.logger[metadataKey: "hb.request.id"] = "\(number)"
    }
    context.logger[metadataKey: "trace"] = "\(parent.trace)"
    return context
  }

  private func line(
    _ request: Request, _ context: SiteContext, _ response: Response, _ route: String,
    _ spent: Duration
  ) -> Logger.Metadata {
    var line: Logger.Metadata = [
      "method": "\(request.method.rawValue)", "route": "\(route)",
      "status": .stringConvertible(response.status.code),
      "milliseconds": .stringConvertible(spent / .milliseconds(1)),
    ]
    let record = context.record
    if let caseNumber = record.caseNumber { line["case"] = "\(caseNumber)" }
    if let outcome = record.outcome {
      line["step"] = "\(outcome.journey).\(outcome.step)"
      line["outcome"] = "\(outcome.word)"
    } else if !record.fields.isEmpty {
      line["outcome"] = "invalid"
    }
    return line
  }
}

extension TraceParent {
  fileprivate var place: SpanPlace { SpanPlace(trace: trace, id: span, parent: caller) }
}

extension OpenSpan {
  /// By OpenTelemetry's conventions for HTTP, without the path, the client and its browser.
  ///
  /// - Parameter route: the pattern of the path; `nil` where there is no such page
  fileprivate func end(
    _ method: HTTPRequest.Method, route: String?, _ status: HTTPResponse.Status
  ) {
    let method = RequestMeters.word(for: method)
    var attributes: [String: Span.Value] = [
      "http.request.method": .text(method), "http.response.status_code": .number(status.code),
    ]
    if let route { attributes["http.route"] = .text(route) }
    end(
      route.map { "\(method) \($0)" } ?? method, kind: .server, attributes,
      isFailed: status.kind == .serverError)
  }
}
