internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The page of the code from the SMS (J4).
struct EnterCodeScreen: Sendable {
  let site: Site
  let registrations: Registrations
  let limits: Limits

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationDoor.Guest
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
    let texts = site.texts(context)
    let entry: CodeEntry
    do throws(CodeEntry.Invalid) {
      entry = try CodeEntry(context.form["code"], alphabet: limits.smsAlphabet)
    } catch {
      return try await again(token, context, mistake: texts.sentence(for: error))
    }
    let answer = try await registrations.enterCode(entry, in: token)
    if let newToken = answer.newToken, let caseNumber = answer.caseNumber {
      context.setRegistration(newToken, caseNumber)
    }
    switch answer.outcome {
    case .unknown: return CustomerPath.enterCode.seeOther()
    case .suspended: return try site.smsSuspended(context)
    case .of(let outcome): return try await respond(to: outcome, token, context)
    }
  }

  private func respond(
    to outcome: Registration.CodeOutcome, _ token: Token, _ context: SiteContext
  ) async throws -> Response {
    let texts = site.texts(context)
    switch outcome {
    case .accepted: return CustomerPath.contact.seeOther()
    case .alreadyRegistered, .disabled, .expired, .outOfTurn:
      return try await whereverItIs(token)
    case .wrong(let triesLeft):
      return try await again(token, context, mistake: texts.wrongCode(triesLeft: triesLeft))
    case .codeExpired: return try await again(token, context, mistake: texts["code.expired"])
    case .codeSpent: return try await again(token, context, mistake: texts["code.spent"])
    }
  }

  private func whereverItIs(_ token: Token) async throws -> Response {
    let standing = try await registrations.standing(of: token)
    return (standing?.step.path ?? .enterCode).seeOther()
  }

  @Sendable func resend(
    _ request: Request, _ context: SiteContext, _ guest: RegistrationDoor.Guest
  ) async throws -> Response {
    switch try await registrations.resendCode(
      in: guest.token, mark: context.form["mark"], language: context.language)
    {
    case .sent(let isNewCode):
      return CustomerPath.enterCode.seeOther(message: isNewCode ? .newCode : .sameCode)
    case .tooSoon(let seconds):
      let sentence = site.texts(context)["code.tooSoon", ["seconds": String(seconds)]]
      return try await again(guest.token, context, mistake: sentence, anchor: "resend")
    case .tooMany(let limit):
      return try site.tooManyMessages(limit, in: guest.standing, context, limits)
    case .suspended: return try site.smsSuspended(context)
    case .smsStepDisabled, .stopped, .expired, .outOfTurn, .unknown:
      return try await whereverItIs(guest.token)
    }
  }

  /// The same page with what went wrong; the code is typed anew.
  private func again(
    _ token: Token, _ context: SiteContext, mistake: String, anchor: String = "code"
  ) async throws -> Response {
    guard let standing = try await registrations.standing(of: token),
      case .phone(let phone) = standing.step
    else { return try await whereverItIs(token) }
    // Without a field to mend, the way on is a new code.
    let anchor = phone.isLive ? anchor : "resend"
    return try site.response(
      page(phone, context, error: FieldError(anchor: anchor, text: mistake)), context,
      status: .unprocessableContent)
  }

  private func page(
    _ phone: Registrations.Standing.Phone, _ context: SiteContext, message: FlashMessage? = nil,
    error: FieldError? = nil
  ) -> EnterCodePage {
    let texts = site.texts(context)
    let isAboutCode = error?.anchor == "code"
    return EnterCodePage(
      frame: site.frame(
        texts["code.title"], context, errors: error.map { [$0] } ?? [],
        form: .typedAnew, page: CustomerPath.enterCode.rawValue),
      message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
      maskedNumber: phone.maskedNumber, codePrefix: phone.codePrefix,
      minutes: String(phone.minutesLeft), isLive: phone.isLive,
      isNumeric: limits.smsAlphabet == .digits,
      arrival: arrival(of: phone, texts), hasArrival: phone.arrival != .onItsWay,
      isFailed: [.undeliverable, .notSent].contains(phone.arrival),
      code: Field(error: isAboutCode ? error?.text : nil),
      resendIn: texts.resendIn(seconds: phone.resendInSeconds),
      mustWait: phone.resendInSeconds > 0, mark: phone.mark.text)
  }
}

extension EnterCodeScreen {
  /// What is known of the message, for whoever waits for it.
  private func arrival(of phone: Registrations.Standing.Phone, _ texts: Texts) -> String {
    switch phone.arrival {
    case .onItsWay: ""
    case .delayed: texts["code.arrival.delayed"]
    case .arrived: texts["code.arrival.arrived"]
    case .undeliverable: texts["code.arrival.undeliverable"]
    case .notSent: texts["code.arrival.notSent"]
    }
  }
}

struct EnterCodePage: Page {
  var template: String { "enter-code" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let maskedNumber: String
  let codePrefix: String
  let minutes: String
  /// Whether a code can be typed at all, or only a new one asked for.
  let isLive: Bool
  let isNumeric: Bool
  /// What the network reported of the message; empty while it is on its way.
  let arrival: String
  let hasArrival: Bool
  let isFailed: Bool
  let code: Field
  let resendIn: String
  let mustWait: Bool
  let mark: String
}
