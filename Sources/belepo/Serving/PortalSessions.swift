internal import Accounts
internal import Cryptography
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Pages

/// Tells a proxy who is logged in, for a portal of the insurer's behind our login (I7).
///
/// The proxy asks with the customer's own cookies before it hands a request to the portal, and
/// passes on what it is told. A signature with a key of its own lets the portal know that it was
/// us; the time and the path in it bound what a copy is worth.
struct PortalSessions: Sendable {
  let sessions: Sessions
  let keys: SecretKeys
  let places: ReturnPlaces
  let publicURL: URL
  let now: @Sendable () -> Date

  static let path = "/internal/session"
  private static let forwardedPath = HTTPField.Name("X-Forwarded-Uri")
  private static let loginPath = "/bejelentkezes"
  private static let confirmationPath = "/megerosites"

  @Sendable func answer(
    _ request: Request, _ context: BasicRequestContext
  ) async throws -> Response {
    let asked = PortalSessions.forwardedPath.flatMap { request.headers[$0] }
    guard let place = places.place(asked) else {
      return plain(.forbidden, "the path in X-Forwarded-Uri is not below portal.paths\n")
    }
    // A name that came twice counts as missing, as on the site itself (attack 47).
    let cookies = RequestCookies(fields: request.headers[values: .cookie])
    guard let token = cookies[.session].flatMap({ Token($0) }),
      let account = try await sessions.resume(token)
    else { return notYet(PortalSessions.loginPath, place, request) }
    guard account.isConfirmed else {
      return notYet(PortalSessions.confirmationPath, place, request)
    }
    var response = plain(.ok, "")
    for (name, value) in signed(account, place) {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
    return response
  }

  /// What the portal is told, and the signature of all of it.
  private func signed(_ account: Account, _ place: String) -> [(String, String)] {
    let facts = [
      ("Belepo-Customer", account.customer.text),
      ("Belepo-Account", String(account.id.rawValue)),
      ("Belepo-Confirmed", account.isConfirmed ? "yes" : "no"),
      // How the owner was proven to be the customer: by a code to the number in the register.
      ("Belepo-Proof", "sms"),
      ("Belepo-Time", String(Int(now().timeIntervalSince1970))),
      ("Belepo-Path", place),
    ]
    let text = (["v1"] + facts.map(\.1)).joined(separator: "\n")
    let signature = keys.sign(Array(text.utf8), for: .portalSession)
    return facts + [("Belepo-Signature", "v1=" + hexadecimal(signature))]
  }

  /// The way to the login and back: 401, or 303 for a proxy that passes any answer but 2xx on.
  private func notYet(_ path: String, _ place: String, _ request: Request) -> Response {
    let mayRedirect = request.uri.queryParameters["redirect"] == "yes"
    var response = plain(mayRedirect ? .seeOther : .unauthorized, "not logged in\n")
    var base = publicURL.absoluteString
    while base.hasSuffix("/") { base.removeLast() }
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
    let back = place.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    response.headers[.location] = "\(base)\(path)?\(ReturnPlaces.parameter)=\(back)"
    return response
  }

  private func plain(_ status: HTTPResponse.Status, _ words: String) -> Response {
    Response(
      status: status,
      headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
      body: .init(byteBuffer: .init(string: words)))
  }
}
