internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Login and logout (J8).
struct LogInScreen: Sendable {
  let site: Site
  let logins: Logins
  let sessions: Sessions
  let limits: Limits
  let clientAddress: ClientAddress
  let returnPlaces: ReturnPlaces

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    context.rememberReturn(
      request.uri.queryParameters[Substring(ReturnPlaces.parameter)].map { String($0) },
      among: returnPlaces)
    return try site.response(page("", context, message: FlashMessage(request)), context)
  }

  @Sendable func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
    let userName = context.form["username"]
    if context.isLanguageOnly { return try site.response(page(userName, context), context) }
    let texts = site.texts(context)
    var missing: [FieldError] = []
    if userName.isEmpty {
      missing.append(FieldError(anchor: "username", text: texts["logIn.userName.missing"]))
    }
    if context.form["password"].isEmpty {
      missing.append(FieldError(anchor: "password", text: texts["logIn.password.missing"]))
    }
    guard missing.isEmpty else {
      return try site.response(
        page(userName, context, errors: missing), context, status: .unprocessableContent)
    }
    let visit = Logins.Visit(
      device: context.device, browser: context.cookies[.device].flatMap { Token($0) },
      session: context.sessionToken, address: try clientAddress.key(of: request, in: context),
      language: context.language)
    let outcome = try await logins.logIn(
      userName: userName, password: context.form["password"], from: visit)
    switch context.told(.login, outcome) {
    case .loggedIn(let token, let entry):
      return site.loggedIn(token, entry, context, limits, returnPlaces)
    case .codeAsked(let token):
      context.set(.login, to: token.reveal())
      return CustomerPath.logInCode.seeOther()
    case .help(let number):
      var context = context
      context.ownCase = number
      return try site.response(
        site.accountHeld(context), context, status: .unprocessableContent)
    case .refused:
      let error = FieldError(anchor: "username", text: texts["logIn.refused"])
      return try site.response(
        page(userName, context, errors: [error]), context, status: .unprocessableContent)
    case .limited(let seconds):
      return try site.response(
        site.tooManyLogins(minutes: (seconds + 59) / 60, context), context,
        status: .tooManyRequests, retryAfterSeconds: seconds)
    case .overloaded: throw Unavailable()
    }
  }

  @Sendable func logOut(_ request: Request, _ context: SiteContext) async throws -> Response {
    if let token = context.sessionToken { try await sessions.end(token) }
    return context.loggedOut(message: .loggedOut)
  }

  private func page(
    _ userName: String, _ context: SiteContext, message: FlashMessage? = nil,
    errors: [FieldError] = []
  ) -> LogInPage {
    let texts = site.texts(context)
    return LogInPage(
      frame: site.frame(
        texts["logIn.title"], context, errors: errors,
        form: .keptInOtherLanguage),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      isDone: message?.isDone == true,
      username: Field(userName, error: errors.text(at: "username")),
      password: Field(error: errors.text(at: "password")))
  }
}

struct LogInPage: CommonPage {
  var template: String { "log-in" }
  var frame: Frame
  let message: String
  let hasMessage: Bool
  /// Whether the message is that something has succeeded.
  var isDone = false
  let username: Field
  let password: Field

  var isUntouched: Bool { username.isBlank && password.isBlank }
}
