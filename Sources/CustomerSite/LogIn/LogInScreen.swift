internal import Accounts
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Login and logout (J8).
struct LogInScreen: Sendable {
  let site: Site
  let logins: Logins
  let sessions: Sessions

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    try site.response(page("", context, message: FlashMessage(request)), context)
  }

  @Sendable func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
    let userName = context.form["username"]
    if context.isLanguageOnly { return try site.response(page(userName, context), context) }
    let texts = site.texts(context)
    guard !userName.isEmpty, !context.form["password"].isEmpty else {
      let error = FieldError(
        anchor: userName.isEmpty ? "username" : "password",
        text: texts[userName.isEmpty ? "logIn.userName.missing" : "logIn.password.missing"])
      return try site.response(
        page(userName, context, error: error), context, status: .unprocessableContent)
    }
    switch try await logins.logIn(userName: userName, password: context.form["password"]) {
    case .loggedIn(let token, let isConfirmed):
      // A new login ends the one before in this browser.
      if let old = context.cookies[.session].flatMap({ Token($0) }) { try await sessions.end(old) }
      context.set(.session, to: token.reveal())
      return (isConfirmed ? CustomerPath.home : .confirmEmail).seeOther()
    case .refused:
      let error = FieldError(anchor: "username", text: texts["logIn.refused"])
      return try site.response(
        page(userName, context, error: error), context, status: .unprocessableContent)
    case .overloaded: throw Unavailable()
    }
  }

  @Sendable func logOut(_ request: Request, _ context: SiteContext) async throws -> Response {
    if let token = context.cookies[.session].flatMap({ Token($0) }) {
      try await sessions.end(token)
    }
    context.remove(.session)
    context.remove(.registration)
    var response = CustomerPath.logIn.seeOther(message: .loggedOut)
    // What the browser kept of the portal's pages goes too (ASVS 14.3.1); the cookies are removed
    // one by one, so that the language stays.
    if let name = HTTPField.Name("Clear-Site-Data") { response.headers[name] = "\"cache\"" }
    return response
  }

  private func page(
    _ userName: String, _ context: SiteContext, message: FlashMessage? = nil,
    error: FieldError? = nil
  ) -> LogInPage {
    let texts = site.texts(context)
    return LogInPage(
      frame: site.frame(
        texts["logIn.title"], context, errors: error.map { [$0] } ?? [],
        form: .keptInOtherLanguage),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      username: Field(userName, error: error?.anchor == "username" ? error?.text : nil),
      password: Field(error: error?.anchor == "password" ? error?.text : nil))
  }
}

struct LogInPage: Page {
  var template: String { "log-in" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let username: Field
  let password: Field
}
