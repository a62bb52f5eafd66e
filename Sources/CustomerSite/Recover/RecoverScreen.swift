internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import InternationalDomains
internal import Pages
internal import Wording

/// The pages for a forgotten password: the address, then the code from the e-mail with a new
/// password (J10).
struct RecoverScreen: Sendable {
  let site: Site
  let recoveries: Recoveries
  let clientAddress: ClientAddress

  // MARK: The address

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    // After a time-out the address need not be typed again. A convenience that the page can do
    // without: it still works when the database does not.
    let standing = try? await standing(context)
    let email = standing.map { $0.isUsed ? "" : $0.code.email.address } ?? ""
    return try site.response(page(email, context), context)
  }

  @Sendable func submit(_ request: Request, _ context: SiteContext) async throws -> Response {
    let typed = context.form["email"]
    if context.isLanguageOnly { return try site.response(page(typed, context), context) }
    let email: EmailAddress
    do throws(EmailAddress.Invalid) { email = try EmailAddress(typed: typed) } catch {
      let sentence = site.texts(context).sentence(for: error)
      return try site.response(
        page(typed, context, error: sentence), context, status: .unprocessableContent)
    }
    let visit = Recoveries.Visit(
      form: Array(context.form["formToken"].utf8), language: context.language,
      address: try clientAddress.key(of: request, in: context))
    switch context.told(.recoveryRequest, try await recoveries.request(email, on: visit)) {
    case .asked(let token):
      context.set(.recovery, to: token.reveal())
      return CustomerPath.recoverPassword.seeOther()
    case .limited(let seconds):
      return try site.response(
        site.tooManyRecoveries(minutes: (seconds + 59) / 60, context), context,
        status: .tooManyRequests, retryAfterSeconds: seconds)
    }
  }

  private func page(
    _ email: String, _ context: SiteContext, error: String? = nil
  ) -> RecoverPage {
    RecoverPage(
      frame: site.frame(
        site.texts(context)["recovery.title"], context,
        errors: error.map { [FieldError(anchor: "email", text: $0)] } ?? [],
        form: .keptInOtherLanguage),
      email: Field(email, error: error))
  }

  // MARK: The code and the new password

  @Sendable func showPassword(
    _ request: Request, _ context: SiteContext
  ) async throws -> Response {
    guard let standing = try await standing(context), !standing.isUsed,
      standing.code.secondsLeft > 0
    else { return try over(try await standing(context), context) }
    return try site.response(
      passwordPage(standing.code, context, message: FlashMessage(request)), context)
  }

  @Sendable func submitPassword(
    _ request: Request, _ context: SiteContext
  ) async throws -> Response {
    guard let token = context.recoveryToken else { return CustomerPath.recoverPassword.seeOther() }
    let texts = site.texts(context)
    let password = context.form["password"]
    var mistakes = Mistakes()
    // This is said without the code: it reveals nothing about the account.
    if password.isEmpty {
      mistakes.password = texts["password.missing"]
    } else if password != context.form["passwordAgain"] {
      mistakes.repetition = texts["password.differ"]
    }
    let entry: CodeEntry
    do throws(CodeEntry.Invalid) {
      entry = try CodeEntry(context.form["code"], alphabet: .unambiguous)
    } catch {
      mistakes.code = texts.sentence(for: error)
      return try await again(context, mistakes)
    }
    guard mistakes.isEmpty else { return try await again(context, mistakes) }
    let outcome = try await recoveries.choosePassword(
      password, code: entry, in: token, from: try clientAddress.key(of: request, in: context))
    switch context.told(.recoveryPassword, outcome) {
    case .changed, .changedBefore:
      return CustomerPath.logIn.seeOther(message: .passwordRecovered)
    case .mistake(let mistake): mistakes.code = texts.sentence(for: mistake)
    case .refused(let refusals):
      mistakes.password = texts.sentences(for: refusals, policy: recoveries.passwordPolicy)
    case .isPresentPassword: mistakes.password = texts["password.isPresent"]
    case .over: return CustomerPath.recoverPassword.seeOther()
    case .limited(let seconds):
      return try site.response(
        site.tooManyRecoveries(minutes: (seconds + 59) / 60, context), context,
        status: .tooManyRequests, retryAfterSeconds: seconds)
    case .overloaded: throw Unavailable()
    }
    return try await again(context, mistakes)
  }

  @Sendable func resend(_ request: Request, _ context: SiteContext) async throws -> Response {
    guard let token = context.recoveryToken else { return CustomerPath.recoverPassword.seeOther() }
    let outcome = try await recoveries.resendCode(
      in: token, mark: context.form["mark"],
      from: try clientAddress.key(of: request, in: context))
    switch outcome {
    case .sent(let isNewCode):
      return CustomerPath.recoverPassword.seeOther(
        message: isNewCode ? .recoveryNewCode : .recoverySameCode)
    case .tooSoon(let seconds):
      var mistakes = Mistakes()
      mistakes.resend = site.texts(context).resendTooSoon(seconds: seconds)
      return try await again(context, mistakes)
    case .tooMany, .notAwaited: return CustomerPath.recoverPassword.seeOther()
    }
  }

  private func standing(_ context: SiteContext) async throws -> Recoveries.Standing? {
    guard let token = context.recoveryToken else { return nil }
    return try await recoveries.standing(of: token)
  }

  /// Where the customer is when there is nothing to type (R2).
  private func over(
    _ standing: Recoveries.Standing?, _ context: SiteContext
  ) throws -> Response {
    let notice =
      switch standing {
      case nil: site.recoveryMissing(context)
      case let standing? where standing.isUsed: site.recoveryDone(context)
      case .some: site.recoveryExpired(context)
      }
    return try site.response(notice, context, status: .ok)
  }

  /// What is wrong in which field.
  private struct Mistakes {
    var code: String?
    var password: String?
    var repetition: String?
    var resend: String?

    var isEmpty: Bool { all.isEmpty }

    var all: [FieldError] {
      [
        ("code", code), ("password", password), ("passwordAgain", repetition), ("resend", resend),
      ].compactMap { anchor, text in text.map { FieldError(anchor: anchor, text: $0) } }
    }
  }

  /// The same page with what went wrong; code and password have to be typed again.
  private func again(_ context: SiteContext, _ mistakes: Mistakes) async throws -> Response {
    guard let standing = try await standing(context), !standing.isUsed,
      standing.code.secondsLeft > 0
    else { return CustomerPath.recoverPassword.seeOther() }
    var mistakes = mistakes
    if !standing.code.isLive {
      // Without a field to correct, the way on is a new code.
      mistakes = Mistakes(resend: mistakes.code ?? mistakes.resend ?? mistakes.all.first?.text)
    }
    return try site.response(
      passwordPage(standing.code, context, mistakes: mistakes), context,
      status: .unprocessableContent)
  }

  private func passwordPage(
    _ standing: EmailCodeStanding, _ context: SiteContext, message: FlashMessage? = nil,
    mistakes: Mistakes = Mistakes()
  ) -> RecoverPasswordPage {
    let texts = site.texts(context)
    let policy = recoveries.passwordPolicy
    return RecoverPasswordPage(
      frame: site.frame(
        texts["recovery.password.title"], context, errors: mistakes.all, form: .typedAnew,
        page: CustomerPath.recoverPassword.rawValue),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      email: standing.email.address,
      code: EmailCodeForm(standing, texts, mistake: mistakes.code),
      password: Field(error: mistakes.password), passwordAgain: Field(error: mistakes.repetition),
      isInsurerPolicy: policy == .insurer, minimum: String(policy.minimumLength))
  }
}

extension SiteContext {
  fileprivate var recoveryToken: Token? { cookies[.recovery].flatMap { Token($0) } }
}

struct RecoverPage: Page {
  var template: String { "recover" }
  let frame: Frame
  let email: Field
}

struct RecoverPasswordPage: Page {
  var template: String { "recover-password" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let email: String
  let code: EmailCodeForm
  let password: Field
  let passwordAgain: Field
  let isInsurerPolicy: Bool
  let minimum: String
}
