package import HTTPTypes
package import Hummingbird
internal import Logging
internal import Wording

/// Turns what was thrown into a page that says what happened and how to continue (R2, R9).
///
/// The page shows nothing of the error itself (ASVS 16.5.1); the log has it, with the case number
/// that the page shows, and the page of an unexpected one has the number of the log's lines.
package struct ErrorPages: RouterMiddleware {
  package typealias Context = SiteContext

  private let site: Site
  private let allowedMethods: @Sendable (String) -> [HTTPRequest.Method]
  private let outage: @Sendable (any Error) -> Outage?

  /// - Parameters:
  ///   - allowedMethods: the methods of a path; none when there is no such page
  ///   - outage: what an error means when a component is out of order; `nil` for a fault of ours
  package init(
    site: Site, allowedMethods: @escaping @Sendable (String) -> [HTTPRequest.Method],
    outage: @escaping @Sendable (any Error) -> Outage?
  ) {
    self.site = site
    self.allowedMethods = allowedMethods
    self.outage = outage
  }

  package func handle(
    _ request: Request, context: SiteContext,
    next: @concurrent (Request, SiteContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    let methods = allowedMethods(request.uri.path)
    context.isPostOnly = !methods.isEmpty && !methods.contains(.get)
    do {
      return try await next(request, context)
    } catch is StaleForm {
      let again: [Notice.Action] =
        context.isPostOnly
        ? []
        : [
          Notice.Action(
            site.texts(context)["action.openAgain"], path: request.uri.path, isPrimary: true)
        ]
      return try page(.staleForm, .forbidden, context, before: again)
    } catch let error as HTTPError {
      return try response(to: error, request, context)
    } catch is Unavailable {
      return try page(.busy, .serviceUnavailable, context, retryAfterSeconds: 5)
    } catch {
      return try response(toFault: error, context)
    }
  }

  private func response(
    toFault error: any Error, _ context: SiteContext
  ) throws -> Response {
    let details: Logger.Metadata = [
      "problem": "\(error)", "case": "\(context.caseNumber ?? "none")",
    ]
    switch outage(error) {
    case .outOfOrder:
      context.logger.error("a part is out of order", metadata: details)
      return try page(.outage, .serviceUnavailable, context, retryAfterSeconds: 60)
    case .outcomeUnknown:
      context.logger.error("nobody knows whether a change was made", metadata: details)
      return try page(.unknown, .serviceUnavailable, context, retryAfterSeconds: 5)
    case .awayFor(let seconds):
      context.logger.error("a part is out of order", metadata: details)
      return try page(.outage, .serviceUnavailable, context, retryAfterSeconds: seconds)
    case nil:
      context.logger.error("a request failed", metadata: details)
      return try page(.broken, .internalServerError, context, errorNumber: context.id)
    }
  }

  private func response(
    to error: HTTPError, _ request: Request, _ context: SiteContext
  ) throws -> Response {
    if error.status == .notFound {
      let methods = allowedMethods(request.uri.path)
      guard !methods.isEmpty, !methods.contains(request.method) else {
        return try page(.notFound, .notFound, context, before: toAccount(context))
      }
      var response = try page(
        .wrongMethod, .methodNotAllowed, context, before: toAccount(context))
      response.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
      return response
    }
    switch error.status {
    case .contentTooLarge: return try page(.tooLarge, error.status, context)
    case .forbidden: return try page(.crossSite, error.status, context)
    default:
      let status = error.status.kind == .clientError ? error.status : .badRequest
      return try page(.badRequest, status, context)
    }
  }

  /// The way to their own account of whoever is logged in.
  private func toAccount(_ context: SiteContext) -> [Notice.Action] {
    guard let account = site.traits.account, context.cookies[site.traits.session] != nil else {
      return []
    }
    return [
      Notice.Action(site.texts(context)[account.label], path: account.path, isPrimary: true)
    ]
  }

  private func page(
    _ reason: Reason, _ status: HTTPResponse.Status, _ context: SiteContext,
    retryAfterSeconds: Int? = nil, errorNumber: String? = nil, before ways: [Notice.Action] = []
  ) throws -> Response {
    let texts = site.texts(context)
    let (title, body) = reason.sentences(site.traits.directions)
    let start = Notice.Action(
      texts[site.traits.startLabel], path: site.traits.start, isPrimary: ways.isEmpty)
    return try site.response(
      Notice(texts[title], [texts[body]], actions: ways + [start], errorNumber: errorNumber),
      context, status: status, retryAfterSeconds: retryAfterSeconds)
  }
}

/// What it means for the request that a component is out of order.
package enum Outage: Sendable {
  /// Nothing was done.
  case outOfOrder
  /// Nobody knows whether it was done; repeating it is safe (P9).
  case outcomeUnknown
  /// Nothing was done, and it is known when it is worth to come back.
  case awayFor(seconds: Int)
}

/// The customer has to wait: too many want the same at once.
package struct Unavailable: Error {
  package init() {}
}

/// What an error page is about.
private enum Reason {
  case staleForm
  case busy
  case outage
  case unknown
  case broken
  case notFound
  case wrongMethod
  case tooLarge
  case crossSite
  case badRequest

  func sentences(_ directions: SiteTraits.Directions) -> (title: TextKey, body: TextKey) {
    switch self {
    case .staleForm: ("error.staleForm.title", directions.staleForm)
    case .busy: ("error.busy.title", "error.busy.body")
    case .outage: ("error.outage.title", "error.outage.body")
    case .unknown: ("error.unknown.title", "error.unknown.body")
    case .broken: ("error.broken.title", "error.broken.body")
    case .notFound: ("error.notFound.title", directions.notFound)
    case .wrongMethod: ("error.wrongMethod.title", directions.wrongMethod)
    case .tooLarge: ("error.tooLarge.title", "error.tooLarge.body")
    case .crossSite: ("error.crossSite.title", "error.crossSite.body")
    case .badRequest: ("error.badRequest.title", directions.badRequest)
    }
  }
}
