internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The page of the code from the e-mail, and of a mistyped address (J9).
struct ConfirmEmailScreen: Sendable {
  let site: Site
  let confirmations: Confirmations

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
    let texts = site.texts(context)
    let entry: CodeEntry
    do throws(CodeEntry.Invalid) {
      entry = try CodeEntry(context.form["code"], alphabet: .unambiguous)
    } catch {
      return try await again(account, context, texts.sentence(for: error))
    }
    switch try await confirmations.enterCode(entry, of: account.id) {
    // The second click of a double click reads what the first one did.
    case .confirmed, .alreadyConfirmed: return CustomerPath.home.seeOther(message: .confirmed)
    case .wrong(let triesLeft):
      return try await again(account, context, texts.wrongCode(triesLeft: triesLeft))
    case .expired: return try await again(account, context, texts["code.expired"])
    case .spent: return try await again(account, context, texts["code.spent"])
    }
  }

  @Sendable func resend(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    let texts = site.texts(context)
    switch try await confirmations.resendCode(
      of: account.id, mark: context.form["mark"])
    {
    case .sent(let isNewCode):
      return CustomerPath.confirmEmail.seeOther(message: isNewCode ? .newCode : .sameCode)
    case .tooSoon(let seconds):
      let sentence = texts["code.tooSoon", ["seconds": String(seconds)]]
      return try await again(account, context, sentence, anchor: "resend")
    case .tooMany:
      return try await again(account, context, texts["confirm.tooMany"], anchor: "resend")
    case .alreadyConfirmed: return CustomerPath.home.seeOther()
    }
  }

  private func again(
    _ account: Account, _ context: SiteContext, _ mistake: String, anchor: String = "code"
  ) async throws -> Response {
    guard let standing = try await confirmations.standing(of: account.id) else {
      return CustomerPath.home.seeOther()
    }
    // Without a field to mend, the way on is a new code.
    let anchor = standing.isLive ? anchor : "resend"
    return try site.response(
      page(standing, context, error: FieldError(anchor: anchor, text: mistake)), context,
      status: .unprocessableContent)
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
    return try site.response(correction(account, "", context), context)
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
    func again(_ anchor: String, _ text: String) throws -> Response {
      try site.response(
        correction(account, typed, context, error: FieldError(anchor: anchor, text: text)),
        context, status: .unprocessableContent)
    }
    let email: EmailAddress
    do throws(EmailAddress.Invalid) { email = try EmailAddress(typed: typed) } catch {
      return try again("email", texts.sentence(for: error))
    }
    let outcome = try await confirmations.correctEmail(
      to: email, password: context.form["password"], of: account.id)
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
    _ account: Account, _ typed: String, _ context: SiteContext, error: FieldError? = nil
  ) -> CorrectEmailPage {
    CorrectEmailPage(
      frame: site.frame(
        site.texts(context)["correct.title"], context, errors: error.map { [$0] } ?? [],
        form: .keptInOtherLanguage),
      present: account.email.shown,
      email: Field(typed, error: error?.anchor == "email" ? error?.text : nil),
      password: Field(error: error?.anchor == "password" ? error?.text : nil))
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
  let present: String
  let email: Field
  let password: Field
}
