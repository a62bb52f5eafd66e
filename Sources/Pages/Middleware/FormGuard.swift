internal import HTTPTypes
package import Hummingbird
internal import Logging
internal import NIOCore
internal import WebServer

/// Lets a POST in only if it is one of our forms, from one of our pages, requested by this browser
/// (ASVS 3.5.1, 3.5.2).
package struct FormGuard: RouterMiddleware {
  package typealias Context = SiteContext

  /// The largest posted form, in bytes.
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
    context.form = try await form(of: request, context)
    guard site.accepts(formToken: context.form["formToken"], in: context) else {
      context.logger.notice("a form was stale", metadata: ["event": "stale_form"])
      throw StaleForm()
    }
    return try await next(request, context)
  }

  /// Browsers say where a request comes from, older ones only in `Origin`: what is foreign is
  /// refused.
  ///
  /// Unknown is not foreign. An old phone says nothing, a proxy that strips the `Referer` makes the
  /// browser say `null`, and `none` is somebody's own bookmark: then the form's token alone decides
  /// (decision 0006).
  private func isOfThisSite(_ request: Request) -> Bool {
    if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name],
      site != "same-origin", site != "none"
    {
      return false
    }
    guard let claimed = request.headers[.origin], claimed != "null" else { return true }
    guard let authority = request.head.authority else { return false }
    // The authority is one of ours, which the gate of requests has made sure of.
    return claimed == origin || claimed == "\(scheme)://\(authority)"
  }

  /// How browsers reach the site.
  private var scheme: String { origin.hasPrefix("https://") ? "https" : "http" }

  private func isURLEncoded(_ request: Request) -> Bool {
    guard let type = request.headers[.contentType] else { return false }
    let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") }
    return String(Substring(essence)).lowercased().trimmingSpaces
      == "application/x-www-form-urlencoded"
  }

  private func form(of request: Request, _ context: SiteContext) async throws -> Form {
    let body: ByteBuffer
    if request.headers[.expect] != nil { context.wantBody() }
    do {
      body = try await request.body.collect(upTo: FormGuard.bodySize)
    } catch is NIOTooManyBytesError {
      throw HTTPError(.contentTooLarge)
    } catch let fault as RequestFault {
      throw HTTPError(fault.status)
    } catch {
      // Whatever else keeps a body from coming is on the other side: a chunk that is none, or the
      // end of the connection.
      throw HTTPError(.badRequest)
    }
    do {
      return try Form(body.readableBytesView)
    } catch {
      throw HTTPError(.badRequest)
    }
  }
}

/// The form's token does not match the browser: the page is from before a login, from another
/// browser, or forged.
struct StaleForm: Error {}

extension String {
  fileprivate var trimmingSpaces: String {
    String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
