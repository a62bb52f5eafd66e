internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The page for the code that a login needs besides the password while somebody is guessing (D 13).
///
/// It looks the same for a wrong password, and says that a code was sent only if it was right.
struct LogInCodeScreen: Sendable {
  let site: Site
  let logins: Logins
  let sessions: Sessions
  let limits: Limits
  let clientAddress: ClientAddress
  let returnPlaces: ReturnPlaces

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    guard let standing = try await standing(context) else { return try await over(context) }
    return try site.response(page(standing, context), context)
  }

  @Sendable func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
    guard let token = context.loginToken else { return CustomerPath.logInCode.seeOther() }
    let visit = Logins.Visit(
      device: context.device, browser: context.cookies[.device].flatMap { Token($0) },
      session: context.sessionToken, address: try clientAddress.key(of: request, in: context),
      language: context.language)
    return try await codePage(context).submit { entry in
      switch context.told(.loginCode, try await logins.enterCode(entry, in: token, from: visit)) {
      case .loggedIn(let session, let entry):
        context.remove(.login)
        return .answer(site.loggedIn(session, entry, context, limits, returnPlaces))
      case .mistake(let mistake): return .mistake(mistake)
      case .limited(let seconds):
        return .answer(
          try site.response(
            site.tooManyLogins(minutes: (seconds + 59) / 60, context), context,
            status: .tooManyRequests, retryAfterSeconds: seconds))
      case .over: return .answer(CustomerPath.logInCode.seeOther())
      }
    }
  }

  private func standing(_ context: SiteContext) async throws -> EmailCodeStanding? {
    guard let token = context.loginToken, let standing = try await logins.codeStanding(of: token),
      standing.secondsLeft > 0
    else { return nil }
    return standing
  }

  /// The code has been used, perhaps by the first of two clicks, or is over: the login says so.
  private func over(_ context: SiteContext) async throws -> Response {
    if let session = context.sessionToken, try await sessions.resume(session) != nil {
      return try site.response(site.stepDone(.home, context), context, status: .ok)
    }
    return try site.response(site.logInCodeOver(context), context, status: .ok)
  }

  private func codePage(_ context: SiteContext) -> CodePage {
    CodePage(site: site, context: context, alphabet: .unambiguous, path: .logInCode) { mistake in
      guard let standing = try await standing(context) else {
        return CustomerPath.logInCode.seeOther()
      }
      return try site.response(
        page(standing, context, error: mistake.whereMended(ifFieldIsLive: standing.isLive)),
        context, status: .unprocessableContent)
    }
  }

  private func page(
    _ standing: EmailCodeStanding, _ context: SiteContext, error: FieldError? = nil
  ) -> LogInCodePage {
    let texts = site.texts(context)
    return LogInCodePage(
      frame: site.frame(
        texts["logInCode.title"], context, errors: error.map { [$0] } ?? [], form: .typedAnew,
        page: CustomerPath.logInCode.rawValue),
      code: EmailCodeForm(
        standing, texts, mistake: error?.anchor == "code" ? error?.text : nil))
  }
}

extension SiteContext {
  fileprivate var loginToken: Token? { cookies[.login].flatMap { Token($0) } }
}

extension Site {
  /// The answer to a login: what the browser is to keep, and the page that was asked for, or the
  /// first one.
  func loggedIn(
    _ session: Token, _ entry: Logins.Entry, _ context: SiteContext, _ limits: Limits,
    _ places: ReturnPlaces
  ) -> Response {
    context.set(.session, to: session.reveal())
    context.set(
      .device, to: entry.browser.reveal(), maxAgeSeconds: limits.retention.knownDeviceSeconds)
    if entry.isConfirmed, let place = context.takeReturn(among: places) {
      return .redirect(to: place, type: .normal)
    }
    let asked = askedPage(in: context)
    // What was typed stays in its cookie until its page has shown it.
    if asked?.typed.isEmpty == true { context.remove(.asked) }
    if entry.hasEndedOldest {
      return (entry.isConfirmed ? CustomerPath.home : .confirmEmail)
        .seeOther(message: .oldestEnded)
    }
    let path = asked.flatMap { CustomerPath(rawValue: $0.path) }
    guard entry.isConfirmed else {
      return (path == .correctEmail ? .correctEmail : CustomerPath.confirmEmail).seeOther()
    }
    return (path.map { $0.isOfAccount ? $0 : .home } ?? .home).seeOther()
  }
}

struct LogInCodePage: Page {
  var template: String { "log-in-code" }
  let frame: Frame
  let code: EmailCodeForm
}
