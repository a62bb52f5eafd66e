internal import HTTPTypes
package import Hummingbird
internal import Logging
internal import NIOCore

/// Lets a POST in only when it is a form of ours, from a page of ours, asked for by this browser
/// (ASVS 3.5.1, 3.5.2).
package struct FormGuard: RouterMiddleware {
  package typealias Context = SiteContext

  /// Bytes of a posted form.
  package static let bodySize = 16 * 1024

  private let site: Site
  private let origin: String

  /// - Parameter origin: scheme, host and port of the public URL
  package init(site: Site, origin: String) {
    self.site = site
    self.origin = origin
  }

  package func handle(
    _ request: Request, context: SiteContext,
    next: @concurrent (Request, SiteContext) async throws -> Response
  ) async throws -> Response {
    guard request.method == .post else { return try await next(request, context) }
    guard isOfThisSite(request) else {
      context.logger.warning("a form came from elsewhere", metadata: ["event": "cross_site"])
      throw HTTPError(.forbidden)
    }
    guard isURLEncoded(request) else { throw HTTPError(.unsupportedMediaType) }
    var context = context
    context.form = try await form(of: request)
    guard site.accepts(formToken: context.form["formToken"], in: context) else {
      context.logger.notice("a form was stale", metadata: ["event": "stale_form"])
      throw StaleForm()
    }
    return try await next(request, context)
  }

  /// Browsers tell where a request comes from, the older ones in `Origin` alone.
  ///
  /// Who tells neither is an old phone or no browser: the form's token decides alone.
  private func isOfThisSite(_ request: Request) -> Bool {
    if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name],
      site != "same-origin"
    {
      return false
    }
    guard let claimed = request.headers[.origin] else { return true }
    guard let authority = request.head.authority else { return false }
    return claimed == origin || claimed == "http://\(authority)"
      || claimed == "https://\(authority)"
  }

  private func isURLEncoded(_ request: Request) -> Bool {
    guard let type = request.headers[.contentType] else { return false }
    let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") }
    return String(Substring(essence)).lowercased().trimmingSpaces
      == "application/x-www-form-urlencoded"
  }

  private func form(of request: Request) async throws -> Form {
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: FormGuard.bodySize)
    } catch is NIOTooManyBytesError {
      throw HTTPError(.contentTooLarge)
    }
    do {
      return try Form(body.readableBytesView)
    } catch {
      throw HTTPError(.badRequest)
    }
  }
}

/// The form's token does not fit the browser: the page is from before a login, from another
/// browser, or forged.
struct StaleForm: Error {}

extension String {
  fileprivate var trimmingSpaces: String {
    String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
