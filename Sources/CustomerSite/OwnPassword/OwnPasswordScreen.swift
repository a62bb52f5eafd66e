internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The page where a logged-in customer replaces the password (J10).
struct OwnPasswordScreen: Sendable {
  let site: Site
  let passwordChanges: PasswordChanges

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    try site.response(page(account, context), context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard let session = context.sessionToken else { return CustomerPath.logIn.seeOther() }
    let texts = site.texts(context)
    let (present, password) = (context.form["currentPassword"], context.form["password"])
    var mistakes = Mistakes()
    if present.isEmpty { mistakes.present = texts["ownPassword.present.missing"] }
    if password.isEmpty {
      mistakes.password = texts["password.missing"]
    } else if password != context.form["passwordAgain"] {
      mistakes.repetition = texts["password.differ"]
    }
    guard mistakes.all.isEmpty else { return try again(account, context, mistakes) }
    switch try await passwordChanges.change(
      present, to: password, of: account, in: session)
    {
    case .changed(let successor): return changed(successor, context)
    case .wrongPassword: mistakes.present = texts["confirm.wrongPassword"]
    case .refused(let refusals):
      mistakes.password = texts.sentences(for: refusals, policy: passwordChanges.passwordPolicy)
    case .isPresentPassword: mistakes.password = texts["password.isPresent"]
    case .tooMany: mistakes.present = texts["ownPassword.tooMany"]
    case .loggedOut:
      context.remove(.session)
      return CustomerPath.logIn.seeOther(message: .sessionEnded)
    case .overloaded: throw Unavailable()
    }
    return try again(account, context, mistakes)
  }

  /// The second click of a double click, whose session got a new token from the first one.
  ///
  /// - Returns: `nil` when it is not one
  @Sendable func repeated(
    _ request: Request, _ context: SiteContext
  ) async throws -> Response? {
    guard let session = context.sessionToken else { return nil }
    switch try await passwordChanges.repeated(context.form["password"], in: session) {
    case .changed(let successor): return changed(successor, context)
    case .overloaded: throw Unavailable()
    case nil, .wrongPassword, .refused, .isPresentPassword, .tooMany, .loggedOut: return nil
    }
  }

  private func changed(_ successor: Token, _ context: SiteContext) -> Response {
    context.set(.session, to: successor.reveal())
    return CustomerPath.home.seeOther(message: .passwordChanged)
  }

  /// What is wrong in which field.
  private struct Mistakes {
    var present: String?
    var password: String?
    var repetition: String?

    var all: [FieldError] {
      [("currentPassword", present), ("password", password), ("passwordAgain", repetition)]
        .compactMap { anchor, text in text.map { FieldError(anchor: anchor, text: $0) } }
    }
  }

  private func again(
    _ account: Account, _ context: SiteContext, _ mistakes: Mistakes
  ) throws -> Response {
    try site.response(
      page(account, context, mistakes), context, status: .unprocessableContent)
  }

  private func page(
    _ account: Account, _ context: SiteContext, _ mistakes: Mistakes = Mistakes()
  ) -> OwnPasswordPage {
    let policy = passwordChanges.passwordPolicy
    return OwnPasswordPage(
      frame: site.frame(
        site.texts(context)["ownPassword.title"], context, errors: mistakes.all, form: .typedAnew),
      email: account.email.address, currentPassword: Field(error: mistakes.present),
      password: Field(error: mistakes.password), passwordAgain: Field(error: mistakes.repetition),
      isInsurerPolicy: policy == .insurer, minimum: String(policy.minimumLength))
  }
}

struct OwnPasswordPage: Page {
  var template: String { "own-password" }
  let frame: Frame
  let email: String
  let currentPassword: Field
  let password: Field
  let passwordAgain: Field
  let isInsurerPolicy: Bool
  let minimum: String
}
