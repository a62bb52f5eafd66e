internal import Domain
internal import HTTPTypes
package import Hummingbird
internal import Logging

/// Reads the browser's cookies and language, and sends what was set meanwhile with the response.
package struct Visitors: RouterMiddleware {
  package typealias Context = SiteContext

  private static let languageAgeSeconds = 365 * 24 * 60 * 60

  package init() {}

  package func handle(
    _ request: Request, context: SiteContext,
    next: @concurrent (Request, SiteContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.cookies = RequestCookies(fields: request.headers[values: .cookie])
    context.userAgent = request.headers[.userAgent] ?? ""
    if !context.cookies.doubled.isEmpty {
      context.logger.warning(
        "cookies came twice",
        metadata: [
          "event": "cookie_doubled",
          "names": "\(context.cookies.doubled.map(\.rawValue).sorted().joined(separator: " "))",
        ])
    }
    if let chosen = request.uri.queryParameters["nyelv"].flatMap({ Language(rawValue: String($0)) })
    {
      context.language = chosen
      context.set(.language, to: chosen.rawValue, maxAgeSeconds: Visitors.languageAgeSeconds)
    } else if let remembered = context.cookies[.language].flatMap(Language.init(rawValue:)) {
      context.language = remembered
    }
    var response = try await next(request, context)
    if let caseNumber = context.caseNumber { context.record.note(caseNumber: caseNumber) }
    for cookie in context.outgoing.all {
      response.headers.append(HTTPField(name: .setCookie, value: cookie.text))
    }
    response.headers[.contentLanguage] = context.language.rawValue
    return response
  }
}
