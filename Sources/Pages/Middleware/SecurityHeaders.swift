internal import HTTPTypes
package import Hummingbird

/// Headers of every response, errors included (ASVS 3.4).
package struct SecurityHeaders: RouterMiddleware {
  package typealias Context = SiteContext

  /// The headers themselves.
  let headers: HTTPFields

  /// - Parameters:
  ///   - isSecure: whether people use HTTPS, which browsers should then remember
  ///   - hasScript: whether the site's own script may run
  package init(isSecure: Bool, hasScript: Bool = true) {
    var headers = HTTPFields()
    func add(_ name: String, _ value: String) {
      guard let name = HTTPField.Name(name) else { return }
      headers.append(HTTPField(name: name, value: value))
    }
    // No source but the site itself: there is no third party, no inline code and no frame.
    add(
      "Content-Security-Policy",
      "default-src 'none'; script-src \(hasScript ? "'self'" : "'none'"); style-src 'self'; "
        + "img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        + "object-src 'none'")
    add("X-Content-Type-Options", "nosniff")
    // Nothing goes to other sites. `no-referrer` would make browsers post our own forms with
    // `Origin: null`, which is what a stranger's may look like too.
    add("Referrer-Policy", "same-origin")
    add("Cross-Origin-Opener-Policy", "same-origin")
    add("Cross-Origin-Resource-Policy", "same-origin")
    add(
      "Permissions-Policy",
      "camera=(), microphone=(), geolocation=(), payment=(), usb=(), otp-credentials=(self)")
    if isSecure { add("Strict-Transport-Security", "max-age=31536000; includeSubDomains") }
    self.headers = headers
  }

  package func handle(
    _ request: Request, context: SiteContext,
    next: @concurrent (Request, SiteContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers.append(contentsOf: headers)
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    // A body after HEAD would be taken for the beginning of the next answer (RFC 9110, 9.3.2).
    return request.method == .head ? response.createHeadResponse() : response
  }
}
