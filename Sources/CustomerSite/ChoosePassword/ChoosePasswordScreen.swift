internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The last page of the registration: the password, and what is agreed to with it (J6).
struct ChoosePasswordScreen: Sendable {
  let site: Site
  let registrations: Registrations

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationAccess.Guest
  ) async throws -> Response {
    guard case .password(let email, _, let given) = guest.standing.step else {
      return try site.outOfTurn(.choosePassword, guest, context)
    }
    return try site.response(page(email, given, guest, context), context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationAccess.Guest
  ) async throws -> Response {
    guard case .password(let email, _, let given) = guest.standing.step else {
      return guest.standing.step.path.seeOther()
    }
    let texts = site.texts(context)
    let password = context.form["password"]
    func again(password: String? = nil, repetition: String? = nil) throws -> Response {
      try site.response(
        page(email, given, guest, context, password: password, repetition: repetition), context,
        status: .unprocessableContent)
    }
    guard password.isEmpty || password == context.form["passwordAgain"] else {
      return try again(repetition: texts["password.differ"])
    }
    let outcome = try await registrations.choosePassword(
      password, in: guest.token, standing: guest.standing)
    switch context.told(.password, outcome) {
    case .registered: return CustomerPath.success.seeOther()
    case .refused(let refusals):
      return try again(
        password: texts.sentences(for: refusals, policy: registrations.passwordPolicy))
    case .emailTaken: return CustomerPath.contact.seeOther(message: .emailTaken)
    case .stopped, .alreadyRegistered, .expired, .unknown:
      return CustomerPath.enterCode.seeOther()
    case .outOfTurn: return CustomerPath.success.seeOther()
    case .overloaded: throw Unavailable()
    }
  }

  private func page(
    _ email: EmailAddress, _ given: Registration.Contact, _ guest: RegistrationAccess.Guest,
    _ context: SiteContext, password: String? = nil, repetition: String? = nil
  ) -> ChoosePasswordPage {
    let texts = site.texts(context)
    let errors = [("password", password), ("passwordAgain", repetition)].compactMap {
      anchor, text in text.map { FieldError(anchor: anchor, text: $0) }
    }
    func answer(_ kind: DeclarationKind) -> String {
      let isAccepted = given.declarations.contains { $0.kind == kind && $0.isAccepted }
      return texts[isAccepted ? "contact.yes" : "contact.no"]
    }
    let policy = registrations.passwordPolicy
    return ChoosePasswordPage(
      frame: site.frame(texts["password.title"], context, errors: errors, form: .typedAnew),
      email: email.address, mobile: guest.standing.maskedNumber,
      hasMobile: !guest.standing.maskedNumber.isEmpty, marketing: answer(.marketing),
      dataProcessing: answer(.dataProcessing), password: Field(error: password),
      passwordAgain: Field(error: repetition), isInsurerPolicy: policy == .insurer,
      minimum: String(policy.minimumLength))
  }
}

struct ChoosePasswordPage: Page {
  var template: String { "choose-password" }
  let frame: Frame
  let email: String
  /// Where the code by SMS went, masked.
  let mobile: String
  let hasMobile: Bool
  let marketing: String
  let dataProcessing: String
  let password: Field
  let passwordAgain: Field
  let isInsurerPolicy: Bool
  let minimum: String
}
