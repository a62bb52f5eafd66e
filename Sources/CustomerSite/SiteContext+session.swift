internal import Accounts
internal import HTTPTypes
internal import Hummingbird
internal import Pages

extension SiteContext {
  /// The session that the browser says it has.
  var sessionToken: Token? { cookies[.session].flatMap { Token($0) } }

  /// The answer after logging out: the login page, with nothing left in the browser.
  func loggedOut(message: FlashMessage) -> Response {
    remove(.session)
    remove(.registration)
    remove(.asked)
    var response = CustomerPath.logIn.seeOther(message: message)
    // What the browser stored of the portal's pages is deleted too (ASVS 14.3.1); the cookies are
    // removed one by one, so that the language and the browser's own name stay.
    if let name = HTTPField.Name("Clear-Site-Data") { response.headers[name] = "\"cache\"" }
    return response
  }
}
