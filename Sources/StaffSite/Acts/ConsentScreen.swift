internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// What waits for a second person.
struct ConsentScreen: Sendable {
  let site: Site
  let acts: CaseActs

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let texts = site.texts(context)
    let waiting = try await acts.waiting(for: session)
    let message = StaffMessage(request)
    return try site.response(
      ConsentsPage(
        frame: site.frame(texts["consents.title"], context, form: .typedAnew),
        message: message.map { texts[$0.sentence] } ?? "", hasMessage: message != nil,
        consents: waiting.map { ConsentsPage.Row($0, texts) }, isEmpty: waiting.isEmpty),
      context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let id = StaffConsent.ID(context.form["consent"]) else { throw HTTPError(.badRequest) }
    let isGiven = context.form["decision"] == "yes"
    guard isGiven || context.form["decision"] == "no" else { throw HTTPError(.badRequest) }
    let message: StaffMessage
    switch try await acts.decide(id, isGiven: isGiven, in: session) {
    case .decided(.done): message = .consentGiven
    case .decided: message = .outOfTurn
    case .refused: message = .consentRefused
    case .isOwn: message = .ownConsent
    case .over: message = .consentOver
    case .forbidden: return try site.response(site.forbidden(context), context, status: .forbidden)
    }
    return StaffPath.consents.seeOther(message: message)
  }
}

struct ConsentsPage: Page {
  var template: String { "staff-consents" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let consents: [Row]
  let isEmpty: Bool

  struct Row: Sendable {
    let id: String
    let what: String
    let effect: String
    let customer: String
    let email: String
    let hasEmail: Bool
    let askedBy: String
    let askedOn: String
    let reason: String
    let canDecide: Bool

    init(_ consent: StaffConsent, _ texts: Texts) {
      id = consent.id.description
      what = texts[consent.act.label]
      effect = texts[consent.act.effect]
      customer = consent.maskedCustomer
      email = consent.maskedValue ?? ""
      hasEmail = consent.maskedValue != nil
      askedBy = consent.askedBy.text
      askedOn = texts.instant(consent.askedAt)
      reason = consent.reason
      canDecide = !consent.askedByMe
    }
  }
}
