internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// One act before it is done: what it will do, why it is wanted, and the button.
struct ActScreen: Sendable {
  let site: Site
  let cases: CaseFiles
  let acts: CaseActs

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let number = request.caseOpening, try await cases.hasOpen(number, in: session),
      let act = CaseAct(rawValue: request.word(StaffPath.actField))
    else { return try site.caseNotOpen(context) }
    guard session.member.role.may(act.duty) else {
      return try site.response(site.forbidden(context), context, status: .forbidden)
    }
    return try site.response(
      page(act, number, operand: request.word(StaffPath.operandField), context), context)
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let form = context.form
    guard let number = context.caseOpening, let act = CaseAct(rawValue: form[StaffPath.actField])
    else {
      return try site.caseNotOpen(context)
    }
    let texts = site.texts(context)
    let wish = CaseActs.Wish(
      act, operand: form[StaffPath.operandField], reason: form["reason"],
      words: form["words"])
    let mistake: FieldError
    switch try await acts.perform(wish, on: number, in: session) {
    case .done: return StaffPath.caseFile.seeOther(number: number, message: .done)
    case .consentAsked:
      return StaffPath.caseFile.seeOther(number: number, message: .consentAsked)
    case .alreadyAsked:
      return StaffPath.caseFile.seeOther(number: number, message: .alreadyAsked)
    case .outOfTurn: return StaffPath.caseFile.seeOther(number: number, message: .outOfTurn)
    case .notOpen: return try site.caseNotOpen(context)
    case .forbidden: return try site.response(site.forbidden(context), context, status: .forbidden)
    case .reasonMissing:
      mistake = FieldError(anchor: "reason", text: texts["act.reason.missing"])
    case .wordsMissing:
      mistake = FieldError(anchor: "words", text: texts["act.words.missing"])
    case .proofMissing: mistake = FieldError(anchor: "reason", text: texts["act.proofMissing"])
    case .emailInvalid: mistake = FieldError(anchor: "operand", text: texts["act.email.wrong"])
    case .emailTaken: mistake = FieldError(anchor: "operand", text: texts["act.email.taken"])
    case .tooMany: mistake = FieldError(anchor: "reason", text: texts["act.tooMany"])
    }
    return try site.response(
      page(
        act, number, operand: wish.operand, reason: wish.reason, words: wish.words, context, mistake
      ), context, status: .unprocessableContent)
  }

  private func page(
    _ act: CaseAct, _ number: CaseOpening.ID, operand: String, reason: String = "",
    words: String = "", _ context: SiteContext, _ mistake: FieldError? = nil
  ) -> ActPage {
    let texts = site.texts(context)
    func error(at anchor: String) -> String? { mistake?.anchor == anchor ? mistake?.text : nil }
    return ActPage(
      frame: site.frame(
        texts[act.label], context, errors: mistake.map { [$0] } ?? [], form: .typedAnew,
        page: CasePage.Act.path(act, number)),
      number: number.description, act: act.rawValue, label: texts[act.label],
      effect: texts[act.effect], needsConsent: act.needsConsent, needsProof: act.needsProof,
      asksEmail: act.operand == .email, operand: Field(operand, error: error(at: "operand")),
      asksWords: act.asksWords, words: Field(words, error: error(at: "words")),
      reason: Field(reason, error: error(at: "reason")))
  }
}

struct ActPage: Page {
  var template: String { "staff-act" }
  let frame: Frame
  let number: String
  let act: String
  let label: String
  let effect: String
  let needsConsent: Bool
  let needsProof: Bool
  let asksEmail: Bool
  let operand: Field
  let asksWords: Bool
  let words: Field
  let reason: Field
}
