package import HTTPTypes
package import Hummingbird

/// Turns away what no browser sends, before any page sees it.
///
/// Closes gaps of the framework: a missing or doubled `Host` (S3), and paths that name a page in a
/// second way (S13), so that no check by path can be walked round. A method that a path does not
/// know is turned away before anybody looks at the form.
package struct RequestGate: RouterMiddleware {
  package typealias Context = SiteContext

  /// Bytes of a request target.
  package static let targetSize = 4096

  private let hosts: Set<String>
  private let allowedMethods: @Sendable (String) -> [HTTPRequest.Method]

  /// - Parameters:
  ///   - hosts: the names under which the site may be asked for, without ports
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
    // The first `Host` is the authority; what is left among the fields is a second one.
    guard let authority = request.head.authority,
      !request.headers.contains(where: { $0.name.canonicalName == "host" })
    else { throw HTTPError(.badRequest) }
    guard hosts.contains(RequestGate.host(of: authority)) else {
      throw HTTPError(.misdirectedRequest)
    }
    guard (request.head.path ?? "").utf8.count <= RequestGate.targetSize else {
      throw HTTPError(.uriTooLong)
    }
    guard allowedMethods(request.uri.path).contains(request.method) else {
      throw HTTPError(.notFound)
    }
    return try await next(request, context)
  }

  /// The name in an authority, without its port.
  private static func host(of authority: String) -> String {
    let bytes = authority.utf8
    let start = bytes.lastIndex(of: UInt8(ascii: "]")) ?? bytes.startIndex
    guard let colon = bytes[start...].lastIndex(of: UInt8(ascii: ":")) else {
      return authority.lowercased()
    }
    return String(authority[..<colon]).lowercased()
  }
}
