internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The page for the code from the e-mail, and for correcting a mistyped address (J9).
struct ConfirmEmailScreen: Sendable {
  let site: Site
  let confirmations: Confirmations
  let returnPlaces: ReturnPlaces

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard let standing = try await confirmations.standing(of: account.id) else {
      return CustomerPath.home.seeOther()
    }
    return try site.response(
      page(standing, context, message: FlashMessage(request)), context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    try await codePage(of: account, context).submit { entry in
      switch context.told(.confirmation, try await confirmations.enterCode(entry, of: account.id)) {
      // The second click of a double click finds what the first one did.
      case .confirmed, .alreadyConfirmed:
        .answer(
          context.takeReturn(among: returnPlaces).map { .redirect(to: $0, type: .normal) }
            ?? CustomerPath.home.seeOther(message: .confirmed))
      case .mistake(let mistake): .mistake(mistake)
      }
    }
  }

  @Sendable func resend(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let outcome = try await confirmations.resendCode(of: account.id, mark: context.form["mark"])
    return try await codePage(of: account, context).response(to: outcome, elsewhere: .home)
  }

  private func codePage(of account: Account, _ context: SiteContext) -> CodePage {
    CodePage(
      site: site, context: context, alphabet: .unambiguous, path: .confirmEmail
    ) { mistake in
      guard let standing = try await confirmations.standing(of: account.id) else {
        return CustomerPath.home.seeOther()
      }
      return try site.response(
        page(standing, context, error: mistake.whereMended(ifFieldIsLive: standing.isLive)),
        context, status: .unprocessableContent)
    }
  }

  private func page(
    _ standing: EmailCodeStanding, _ context: SiteContext, message: FlashMessage? = nil,
    error: FieldError? = nil
  ) -> ConfirmEmailPage {
    let texts = site.texts(context)
    return ConfirmEmailPage(
      frame: site.frame(
        texts["confirm.title"], context, errors: error.map { [$0] } ?? [], form: .typedAnew,
        page: CustomerPath.confirmEmail.rawValue),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      code: EmailCodeForm(
        standing, texts, mistake: error?.anchor == "code" ? error?.text : nil))
  }

  // MARK: A mistyped address

  @Sendable func showCorrection(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard !account.isConfirmed else { return CustomerPath.home.seeOther() }
    let typed = site.takeTyped(
      at: CustomerPath.correctEmail.rawValue, by: account.id.owner, in: context)
    return try site.response(
      correction(account, typed?["email"] ?? "", context, isRestored: typed != nil), context)
  }

  @Sendable func submitCorrection(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard !account.isConfirmed else { return CustomerPath.home.seeOther() }
    let texts = site.texts(context)
    let typed = context.form["email"]
    if context.isLanguageOnly {
      return try site.response(correction(account, typed, context), context)
    }
    func refuse(_ errors: [FieldError]) throws -> Response {
      try site.response(
        correction(account, typed, context, errors: errors), context,
        status: .unprocessableContent)
    }
    func again(_ anchor: String, _ text: String) throws -> Response {
      try refuse([FieldError(anchor: anchor, text: text)])
    }
    let form = NewAddressForm(context.form, texts)
    guard let email = form.email, form.mistakes.isEmpty else { return try refuse(form.mistakes) }
    let outcome = try await confirmations.correctEmail(
      to: email, password: form.password, of: account.id)
    switch outcome {
    case .corrected: return CustomerPath.confirmEmail.seeOther(message: .emailCorrected)
    case .wrongPassword: return try again("password", texts["confirm.wrongPassword"])
    case .taken: return try again("email", texts["email.taken"])
    case .tooManyTaken: return try again("email", texts["correct.tooManyTaken"])
    case .tooMany: return try again("email", texts["confirm.tooMany"])
    case .alreadyConfirmed: return CustomerPath.home.seeOther()
    case .overloaded: throw Unavailable()
    }
  }

  private func correction(
    _ account: Account, _ typed: String, _ context: SiteContext, errors: [FieldError] = [],
    isRestored: Bool = false
  ) -> CorrectEmailPage {
    CorrectEmailPage(
      frame: site.frame(
        site.texts(context)["correct.title"], context, errors: errors,
        form: .keptInOtherLanguage),
      isRestored: isRestored, present: account.email.shown,
      email: Field(typed, error: errors.text(at: "email")),
      password: Field(error: errors.text(at: "password")))
  }
}

struct ConfirmEmailPage: Page {
  var template: String { "confirm-email" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let code: EmailCodeForm
}

struct CorrectEmailPage: Page {
  var template: String { "correct-email" }
  let frame: Frame
  /// Whether the form is as it was before the time was over.
  let isRestored: Bool
  let present: String
  let email: Field
  let password: Field
}
