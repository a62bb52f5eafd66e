internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// The page where a logged-in customer proves once more who they are (ASVS 7.5.3).
///
/// A GET sends nothing (R2): the first page has a button that asks for the code, the next one has
/// the field for it.
struct StepUpScreen: Sendable {
  let site: Site
  let stepUps: StepUps
  let limits: Limits
  let clientAddress: ClientAddress

  /// The mark of the page on which no code has been asked for yet.
  private static let firstMark = "first"

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    try await page(context, message: FlashMessage(request))
  }

  // MARK: Sending

  @Sendable func send(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard let token = context.sessionToken else { return CustomerPath.logIn.seeOther() }
    let mark = context.form["mark"]
    let outcome = try await stepUps.sendCode(
      in: token, mark: mark, language: context.language,
      from: try clientAddress.key(of: request, in: context))
    switch context.told(.stepUpSend, outcome) {
    // Nothing is new about the first one.
    case .of(.sent) where mark == Self.firstMark: return CustomerPath.stepUp.seeOther()
    case .of(.sent(let isNewCode)): return codePage(context).sent(isNewCode: isNewCode)
    case .of(.tooSoon(let seconds)): return try await codePage(context).tooSoon(seconds: seconds)
    case .of(.tooMany): return try await tooMany(token, context)
    case .of(.notAwaited), .proven, .impossible, .over: return CustomerPath.stepUp.seeOther()
    case .suspended: return try await suspended(token, context)
    case .limited(let seconds): return try limited(seconds, context)
    }
  }

  // MARK: Entering

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard let token = context.sessionToken else { return CustomerPath.logIn.seeOther() }
    // The first of two clicks, or another tab, has proven it.
    if context.isProven { return site.afterProof(context) }
    return try await codePage(context).submit { entry in
      let outcome = try await stepUps.enterCode(
        entry, in: token, from: try clientAddress.key(of: request, in: context))
      return switch context.told(.stepUpCode, outcome) {
      case .proven(let successor): .answer(proven(successor, context))
      case .provenBefore: .answer(site.afterProof(context))
      case .mistake(let mistake): .mistake(mistake)
      case .suspended: .answer(try await suspended(token, context))
      case .limited(let seconds): .answer(try limited(seconds, context))
      case .impossible, .notAsked, .over: .answer(CustomerPath.stepUp.seeOther())
      }
    }
  }

  /// The second click of a double click, whose session got a new token from the first one.
  ///
  /// - Returns: `nil` when it is not one
  @Sendable func repeated(
    _ request: Request, _ context: SiteContext
  ) async throws -> Response? {
    guard let token = context.sessionToken,
      let entry = try? CodeEntry(context.form["code"], alphabet: limits.smsAlphabet)
    else { return nil }
    let outcome = try await stepUps.enterCode(
      entry, in: token, from: try clientAddress.key(of: request, in: context))
    switch context.told(.stepUpCode, outcome) {
    case .proven(let successor): return proven(successor, context)
    case .provenBefore, .mistake, .impossible, .suspended, .limited, .notAsked, .over: return nil
    }
  }

  private func proven(_ successor: Token, _ context: SiteContext) -> Response {
    context.set(.session, to: successor.reveal())
    return site.afterProof(context)
  }

  // MARK: Pages

  private func codePage(_ context: SiteContext) -> CodePage {
    CodePage(
      site: site, context: context, alphabet: limits.smsAlphabet, path: .stepUp
    ) { mistake in try await page(context, mistake: mistake) }
  }

  private func page(
    _ context: SiteContext, message: FlashMessage? = nil, mistake: FieldError? = nil
  ) async throws -> Response {
    guard let token = context.sessionToken, let standing = try await stepUps.standing(of: token)
    else { return CustomerPath.logIn.seeOther(message: .sessionEnded) }
    var context = context
    context.ownCase = standing.caseNumber
    let texts = site.texts(context)
    switch standing.state {
    case .proven: return site.afterProof(context)
    // No code was asked for that a mistake could be about.
    case .impossible where mistake != nil, .sms where mistake != nil:
      return CustomerPath.stepUp.seeOther()
    case .impossible(let obstacle):
      return try site.response(site.stepUpImpossible(obstacle, context), context, status: .ok)
    case .sms(let maskedNumber):
      return try site.response(
        StepUpPage(
          frame: site.frame(texts["stepUp.title"], context, form: .typedAnew),
          maskedNumber: maskedNumber, mark: Self.firstMark),
        context)
    case .smsAsked(let standing):
      let error = mistake?.whereMended(ifFieldIsLive: standing.isLive)
      let page = StepUpCodePage(
        frame: site.frame(
          texts["stepUp.title"], context, errors: error.map { [$0] } ?? [], form: .typedAnew,
          page: CustomerPath.stepUp.rawValue),
        message: message.map(texts.sentence) ?? "", hasMessage: message != nil,
        code: SMSCodeForm(
          standing, texts, alphabet: limits.smsAlphabet,
          mistake: error?.anchor == "code" ? error?.text : nil))
      return try site.response(page, context, status: error == nil ? .ok : .unprocessableContent)
    }
  }

  private func limited(_ seconds: Int, _ context: SiteContext) throws -> Response {
    try site.response(
      site.tooManyTries(minutes: (seconds + 59) / 60, context), context,
      status: .tooManyRequests, retryAfterSeconds: seconds)
  }

  private func suspended(_ token: Token, _ context: SiteContext) async throws -> Response {
    var context = context
    context.ownCase = try await stepUps.standing(of: token)?.caseNumber
    return try site.stepUpSuspended(context)
  }

  private func tooMany(_ token: Token, _ context: SiteContext) async throws -> Response {
    let standing = try await stepUps.standing(of: token)
    var context = context
    context.ownCase = standing?.caseNumber
    var isLive = false
    if case .smsAsked(let code) = standing?.state { isLive = code.isLive }
    return try site.stepUpTooManyMessages(hasLiveCode: isLive, context)
  }
}

extension Site {
  /// Where somebody goes on who has proven who they are: to the page that asked for it.
  func afterProof(_ context: SiteContext) -> Response {
    let asked = askedPage(in: context)
    // What was typed stays in its cookie until its page has shown it.
    if asked?.typed.isEmpty == true { context.remove(.asked) }
    let path = asked.flatMap { CustomerPath(rawValue: $0.path) }
    return (path.map { $0.needsProof ? $0 : .home } ?? .home).seeOther()
  }
}

/// The page on which no code has been asked for yet.
struct StepUpPage: Page {
  var template: String { "step-up" }
  let frame: Frame
  let maskedNumber: String
  let mark: String
}

struct StepUpCodePage: Page {
  var template: String { "step-up-code" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let code: SMSCodeForm
}
