package import Hummingbird
internal import Logging

/// One line for each request: the route's pattern, never the path or the query (R8; Hummingbird's
/// own middleware logs both).
package struct AccessLog: RouterMiddleware {
  package typealias Context = SiteContext

  package init() {}

  package func handle(
    _ request: Request, context: SiteContext,
    next: @concurrent (Request, SiteContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let response = try await next(request, context)
    let spent = ContinuousClock.now - start
    context.logger.info(
      "request",
      metadata: [
        "method": "\(request.method.rawValue)",
        "route": "\(context.endpointPath ?? "none")",
        "status": "\(response.status.code)",
        "milliseconds": "\(spent / .milliseconds(1))",
      ])
    return response
  }
}
