package import HTTPTypes
package import Hummingbird
internal import WebServer

/// Rejects what no browser sends, before any page sees it.
///
/// Closes gaps of the framework: a missing or doubled `Host` (attack 59), and paths that name a
/// page in a second way (attack 66), so that no check by path can be bypassed. A method that a path
/// does not allow is rejected before anybody looks at the form.
package struct RequestGate: RouterMiddleware {
  package typealias Context = SiteContext

  /// The longest request target, in bytes.
  package static let targetSize = 4096

  private let hosts: Set<String>
  private let allowedMethods: @Sendable (String) -> [HTTPRequest.Method]

  /// - Parameters:
  ///   - hosts: the names under which the site may be requested, without ports
  ///   - allowedMethods: the methods of a path; none when there is no such page
  package init(
    hosts: Set<String>, allowedMethods: @escaping @Sendable (String) -> [HTTPRequest.Method]
  ) {
    self.hosts = hosts
    self.allowedMethods = allowedMethods
  }

  package func handle(
    _ request: Request, context: SiteContext,
    next: @concurrent (Request, SiteContext) async throws -> Response
  ) async throws -> Response {
    // The first `Host` is the authority; any left among the fields is a second one.
    guard let authority = request.head.authority,
      !request.headers.contains(where: { $0.name.canonicalName == "host" })
    else { throw HTTPError(.badRequest) }
    guard let host = Authority(authority)?.host, hosts.contains(host) else {
      throw HTTPError(.misdirectedRequest)
    }
    guard (request.head.path ?? "").utf8.count <= RequestGate.targetSize else {
      throw HTTPError(.uriTooLong)
    }
    guard request.uri.isSpelledOut,
      allowedMethods(request.uri.path).contains(request.method)
    else {
      throw HTTPError(.notFound)
    }
    return try await next(request, context)
  }
}
