internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The page for the code from the SMS (J4).
struct EnterCodeScreen: Sendable {
  let site: Site
  let registrations: Registrations
  let limits: Limits
  let clientAddress: ClientAddress

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationAccess.Guest
  ) async throws -> Response {
    guard case .phone(let phone) = guest.standing.step else {
      return try site.outOfTurn(.enterCode, guest, context)
    }
    return try site.response(
      page(phone, context, message: FlashMessage(request)), context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ token: Token
  ) async throws -> Response {
    let network = try clientAddress.key(of: request, in: context)
    return try await codePage(token, context).submit { entry in
      let answer = try await registrations.enterCode(entry, in: token, from: network)
      if let newToken = answer.newToken, let caseNumber = answer.caseNumber {
        context.setRegistration(newToken, caseNumber)
      }
      return switch context.told(.smsCode, answer.outcome) {
      case .unknown: .answer(CustomerPath.enterCode.seeOther())
      case .suspended: .answer(try site.smsSuspended(context))
      case .limited(let seconds): .answer(try limited(seconds, context))
      case .of(let outcome): try await verdict(of: outcome, token)
      }
    }
  }

  private func limited(_ seconds: Int, _ context: SiteContext) throws -> Response {
    try site.response(
      site.tooManyTries(minutes: (seconds + 59) / 60, context), context,
      status: .tooManyRequests, retryAfterSeconds: seconds)
  }

  private func verdict(
    of outcome: Registration.SMSCodeOutcome, _ token: Token
  ) async throws -> CodePage.Verdict {
    switch outcome {
    case .accepted: .answer(CustomerPath.contact.seeOther())
    case .alreadyRegistered, .disabled, .expired, .outOfTurn:
      .answer(try await whereverItIs(token))
    case .wrong(let triesLeft): .mistake(.wrong(triesLeft: triesLeft))
    case .codeExpired: .mistake(.expired)
    case .codeSpent: .mistake(.spent)
    }
  }

  private func whereverItIs(_ token: Token) async throws -> Response {
    let standing = try await registrations.standing(of: token)
    return (standing?.step.path ?? .enterCode).seeOther()
  }

  @Sendable func resend(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationAccess.Guest
  ) async throws -> Response {
    let outcome = try await registrations.resendCode(
      in: guest.token, mark: context.form["mark"], language: context.language,
      from: try clientAddress.key(of: request, in: context))
    switch context.told(.smsResend, outcome) {
    case .sent(let isNewCode):
      return codePage(guest.token, context).sent(isNewCode: isNewCode)
    case .tooSoon(let seconds):
      return try await codePage(guest.token, context).tooSoon(seconds: seconds)
    case .tooMany(let limit):
      return try site.tooManyMessages(limit, in: guest.standing, context, limits)
    case .suspended: return try site.smsSuspended(context)
    case .limited(let seconds): return try limited(seconds, context)
    case .smsStepDisabled, .stopped, .expired, .outOfTurn, .unknown:
      return try await whereverItIs(guest.token)
    }
  }

  private func codePage(_ token: Token, _ context: SiteContext) -> CodePage {
    CodePage(
      site: site, context: context, alphabet: limits.smsAlphabet, path: .enterCode
    ) { mistake in
      guard let standing = try await registrations.standing(of: token),
        case .phone(let phone) = standing.step
      else { return try await whereverItIs(token) }
      var context = context
      context.deadline = standing.deadline
      return try site.response(
        page(phone, context, error: whereMended(mistake, phone, context)), context,
        status: .unprocessableContent)
    }
  }

  private func whereMended(
    _ mistake: FieldError, _ phone: SMSCodeStanding, _ context: SiteContext
  ) -> FieldError {
    // Nobody is told to ask for what cannot be sent.
    guard phone.isLive || phone.mayBeSentAgain else {
      return FieldError(anchor: "resend", text: site.texts(context)["code.over"])
    }
    return mistake.whereMended(ifFieldIsLive: phone.isLive)
  }

  private func page(
    _ phone: SMSCodeStanding, _ context: SiteContext, message: FlashMessage? = nil,
    error: FieldError? = nil
  ) -> EnterCodePage {
    let texts = site.texts(context)
    return EnterCodePage(
      frame: site.frame(
        texts["code.title"], context, errors: error.map { [$0] } ?? [],
        form: .typedAnew, page: CustomerPath.enterCode.rawValue),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      code: SMSCodeForm(
        phone, texts, alphabet: limits.smsAlphabet,
        mistake: error?.anchor == "code" ? error?.text : nil))
  }
}

struct EnterCodePage: Page {
  var template: String { "enter-code" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let code: SMSCodeForm
}
