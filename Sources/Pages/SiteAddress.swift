package import HTTPTypes
package import Hummingbird
package import Traces

/// Where and how a site is reached.
package struct SiteAddress: Sendable {
  /// Host names under which it may be requested.
  package let hosts: Set<String>
  /// Scheme, host and port of the public URL.
  package let origin: String
  package let isSecure: Bool
  /// Addresses of the proxies that are trusted to report the client's address.
  package let proxies: Set<String>

  package init(
    hosts: Set<String>, origin: String, isSecure: Bool, proxies: Set<String> = []
  ) {
    self.hosts = hosts
    self.origin = origin
    self.isSecure = isSecure
    self.proxies = proxies
  }
}

extension Site {
  /// An empty router behind everything that a request has to pass, in this order.
  ///
  /// - Parameters:
  ///   - meters: what counts its requests
  ///   - tracer: what records them
  ///   - allowedMethods: the methods of a path; none when there is no such page
  ///   - outage: what an error means when a component is out of order
  package func guardedRouter(
    at address: SiteAddress, meters: RequestMeters = .none, tracer: Tracer = .off,
    allowedMethods: @escaping @Sendable (String) -> [HTTPRequest.Method],
    outage: @escaping @Sendable (any Error) -> Outage?
  ) -> Router<SiteContext> {
    let router = Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints)
    router.addMiddleware {
      AccessLog(meters: meters, tracer: tracer)
      SecurityHeaders(isSecure: address.isSecure, hasScript: traits.hasScript)
      Visitors()
      ErrorPages(site: self, allowedMethods: allowedMethods, outage: outage)
      RequestGate(hosts: address.hosts, allowedMethods: allowedMethods)
      FormGuard(site: self, origin: address.origin)
    }
    return router
  }
}
