internal import Accounts
internal import Domain
internal import Hummingbird
internal import Pages
internal import Wording

/// Gives a browser with a registration access to a page of it; the page is passed what it needs and
/// cannot run without it.
///
/// Without a registration, or after it has expired, the customer gets a page that says so and names
/// the next step (R2). A POST is redirected there by 303.
struct RegistrationAccess: Sendable {
  let site: Site
  let registrations: Registrations

  /// What every page of a registration needs.
  struct Guest: Sendable {
    let token: Token
    let standing: Registrations.Standing
  }

  func underWay(
    _ page: @escaping @Sendable (Request, SiteContext, Guest) async throws -> Response
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    { request, context in
      let standing: Registrations.Standing? =
        if let token = context.registrationToken {
          try await registrations.standing(of: token)
        } else {
          nil
        }
      guard let token = context.registrationToken, let standing, standing.step.isOpen else {
        guard request.method == .post else { return try over(standing, context) }
        rememberForm(of: request, standing, context)
        return CustomerPath.enterCode.seeOther()
      }
      var context = context
      context.deadline = standing.deadline
      return try await page(request, context, Guest(token: token, standing: standing))
    }
  }

  /// What was typed when the time was over comes back after a new proof, to the same customer.
  private func rememberForm(
    of request: Request, _ standing: Registrations.Standing?, _ context: SiteContext
  ) {
    guard let standing, case .expired = standing.step, let customer = standing.customer,
      let path = CustomerPath(rawValue: request.uri.path), !path.typed(in: context.form).isEmpty
    else { return }
    site.remember(AskedPage(path, by: customer, context.form), in: context)
  }

  /// For the click that may come twice: its token may be the one from before the phone was proven.
  func withToken(
    _ page: @escaping @Sendable (Request, SiteContext, Token) async throws -> Response
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    { request, context in
      guard let token = context.registrationToken else {
        return CustomerPath.enterCode.seeOther()
      }
      return try await page(request, context, token)
    }
  }

  private func over(
    _ standing: Registrations.Standing?, _ context: SiteContext
  ) throws -> Response {
    let notice =
      switch standing?.step {
      case .alreadyRegistered(let email): site.alreadyRegistered(email, context)
      case .stopped(let stop): site.stopped(stop, context)
      case .expired: site.registrationExpired(context)
      case nil, .identification, .phone, .email, .password, .finished:
        site.registrationMissing(context)
      }
    return try site.response(notice, context, status: .ok)
  }
}

extension Registrations.Standing {
  /// When the registration ends; `nil` when there is nothing left to do in it.
  var deadline: Deadline? {
    guard step.isUnderWay else { return nil }
    return Deadline(
      of: .registration, at: expiresAt, secondsLeft: secondsLeft, mayBeExtended: mayBeExtended)
  }
}

extension Registrations.Standing.Step {
  /// Whether the step has a page of its own.
  fileprivate var isOpen: Bool {
    switch self {
    case .identification, .phone, .email, .password, .finished: true
    case .alreadyRegistered, .stopped, .expired: false
    }
  }

  /// Whether the registration has begun and not finished.
  var isUnderWay: Bool {
    switch self {
    case .phone, .email, .password: true
    case .identification, .finished, .alreadyRegistered, .stopped, .expired: false
    }
  }

  /// The page where the customer is.
  var path: CustomerPath {
    switch self {
    case .identification, .expired: .identify
    case .phone, .alreadyRegistered, .stopped: .enterCode
    case .email: .contact
    case .password: .choosePassword
    case .finished: .success
    }
  }
}

extension Site {
  /// For a page that is requested out of turn: where the customer is, and the way there.
  func outOfTurn(
    _ asked: CustomerPath, _ guest: RegistrationAccess.Guest, _ context: SiteContext
  ) throws -> Response {
    let order: [CustomerPath] = [.identify, .enterCode, .contact, .choosePassword, .success]
    let here = guest.standing.step.path
    let isBehind =
      (order.firstIndex(of: asked) ?? 0) < (order.firstIndex(of: here) ?? 0)
    let notice = isBehind ? stepDone(here, context) : stepNotReached(here, context)
    return try response(notice, context, status: .ok)
  }
}

extension SiteContext {
  /// The token in the registration's cookie, where the case number follows a dot.
  var registrationToken: Token? {
    guard let cookie = cookies[.registration] else { return nil }
    return Token(cookie.prefix { $0 != "." })
  }

  /// Gives the browser a registration.
  func setRegistration(_ token: Token, _ caseNumber: CaseNumber) {
    set(.registration, to: "\(token.reveal()).\(caseNumber.text.filter { $0 != "-" })")
  }

  /// Whether the form was posted only to see it in the other language (R1).
  var isLanguageOnly: Bool { !form["languageOnly"].isEmpty }

  /// Whether the form was posted only to get more time for it (WCAG 2.2.1).
  var asksForMoreTime: Bool { !form["moreTime"].isEmpty }

  /// Whether the form was posted only to go back a step, whatever is missing in it.
  var goesBack: Bool { !form["back"].isEmpty }
}
