internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import QRCodes
internal import Wording

/// Login, logout, and the invitation that a new colleague gets.
struct EntryScreen: Sendable {
  let site: Site
  let logins: StaffLogins
  let enrolment: StaffEnrolment
  let clientAddress: ClientAddress

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    try site.response(
      page("", context, message: StaffMessage(request)), context)
  }

  @Sendable func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
    let texts = site.texts(context)
    let form = context.form
    let outcome = try await logins.logIn(
      name: form["name"], password: form["password"], code: form["code"],
      from: try clientAddress.key(of: request, in: context))
    switch outcome {
    case .loggedIn(let token):
      context.set(.staffSession, to: token.reveal())
      return StaffPath.search.seeOther()
    case .refused:
      return try site.response(
        page(form["name"], context, error: texts["staffLogIn.refused"]), context,
        status: .unprocessableContent)
    case .limited(let seconds): return try site.staffLimited(seconds: seconds, context)
    case .overloaded: throw Unavailable()
    }
  }

  @Sendable func logOut(_ request: Request, _ context: SiteContext) async throws -> Response {
    if let token = context.cookies[.staffSession].flatMap({ Token($0) }) {
      try await logins.end(token)
    }
    context.remove(.staffSession)
    return StaffPath.logIn.seeOther(message: .loggedOut)
  }

  private func page(
    _ name: String, _ context: SiteContext, message: StaffMessage? = nil, error: String? = nil
  ) -> StaffLogInPage {
    let texts = site.texts(context)
    return StaffLogInPage(
      frame: site.frame(
        texts["staffLogIn.title"], context,
        errors: error.map { [FieldError(anchor: "name", text: $0)] } ?? [], form: .typedAnew),
      message: message.map { texts[$0.sentence] } ?? "", hasMessage: message != nil,
      name: Field(name, error: error))
  }

  // MARK: Invitation

  private static let parameter = "kulcs"

  @Sendable func showInvitation(
    _ request: Request, _ context: SiteContext
  ) async throws -> Response {
    try await invitation(request.word(Self.parameter), context)
  }

  @Sendable func submitInvitation(
    _ request: Request, _ context: SiteContext
  ) async throws -> Response {
    let texts = site.texts(context)
    let form = context.form
    guard let link = Token(form["link"]) else { return try over(context) }
    var mistakes = InvitationMistakes()
    if form["password"] != form["passwordAgain"] { mistakes.again = texts["password.differ"] }
    guard mistakes.again == nil else {
      return try await invitation(form["link"], context, mistakes)
    }
    switch try await enrolment.finish(link, password: form["password"], code: form["code"]) {
    case .enrolled: return StaffPath.logIn.seeOther(message: .enrolled)
    case .noInvitation: return try over(context)
    case .overloaded: throw Unavailable()
    case .wrongCode: mistakes.code = texts["invitation.wrongCode"]
    case .refused(let refusals):
      mistakes.password = texts.sentences(for: refusals, policy: .modern)
    }
    return try await invitation(form["link"], context, mistakes)
  }

  private func invitation(
    _ key: String, _ context: SiteContext, _ mistakes: InvitationMistakes = .init()
  ) async throws -> Response {
    guard let link = Token(key), let invitation = try await enrolment.invitation(link) else {
      return try over(context)
    }
    let texts = site.texts(context)
    let code = QRCode(invitation.address)
    let page = InvitationPage(
      frame: site.frame(
        texts["invitation.title"], context, errors: mistakes.all, form: .typedAnew),
      link: key, name: invitation.name.text, role: texts.role(invitation.role),
      secret: invitation.secret, recoveryCode: invitation.recoveryCode,
      side: String(code?.size ?? 1), path: code?.path ?? "",
      minimum: String(PasswordPolicy.modern.minimumLength),
      password: Field(error: mistakes.password), passwordAgain: Field(error: mistakes.again),
      code: Field(error: mistakes.code))
    return try site.response(
      page, context, status: mistakes.all.isEmpty ? .ok : .unprocessableContent)
  }

  private func over(_ context: SiteContext) throws -> Response {
    let texts = site.texts(context)
    return try site.response(
      Notice(
        texts["invitation.over.title"], [texts["invitation.over.body"]],
        actions: [
          Notice.Action(texts["staffLogIn.title"], path: StaffPath.logIn.rawValue, isPrimary: true)
        ]), context, status: .notFound)
  }
}

/// What is wrong in which field of an invitation.
private struct InvitationMistakes {
  var password: String?
  var again: String?
  var code: String?

  var all: [FieldError] {
    [("password", password), ("passwordAgain", again), ("code", code)]
      .compactMap { anchor, text in text.map { FieldError(anchor: anchor, text: $0) } }
  }
}

struct StaffLogInPage: Page {
  var template: String { "staff-log-in" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let name: Field
}

struct InvitationPage: Page {
  var template: String { "staff-invitation" }
  let frame: Frame
  let link: String
  let name: String
  let role: String
  let secret: String
  let recoveryCode: String
  let side: String
  let path: String
  let minimum: String
  let password: Field
  let passwordAgain: Field
  let code: Field
}
