internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// One act before it is done: what it will do, the caller's code where it needs one, why it is
/// wanted, and the button.
struct ActScreen: Sendable {
  let site: Site
  let cases: CaseFiles
  let acts: CaseActs

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let number = request.caseOpening,
      let proof = try await cases.proof(in: number, of: session),
      let act = CaseAct(rawValue: request.word(StaffPath.actField))
    else { return try site.caseNotOpen(context) }
    guard session.member.role.may(act.duty) else {
      return try site.response(site.forbidden(context), context, status: .forbidden)
    }
    let wish = CaseActs.Wish(act, operand: request.word(StaffPath.operandField), reason: "")
    return try site.response(
      page(wish, number, Desk(proof, session), context, StaffMessage(request)), context)
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
      words: form["words"], callerCode: form["code"])
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
    case .proofMissing: mistake = FieldError(anchor: "code", text: texts["act.proofMissing"])
    case .codeWrong: mistake = FieldError(anchor: "code", text: texts["staffFlash.codeWrong"])
    case .codeOver: mistake = FieldError(anchor: "code", text: texts["staffFlash.codeOver"])
    case .codeUnreadable:
      mistake = FieldError(anchor: "code", text: texts["staffFlash.codeUnreadable"])
    case .emailInvalid: mistake = FieldError(anchor: "operand", text: texts["act.email.wrong"])
    case .emailTaken: mistake = FieldError(anchor: "operand", text: texts["act.email.taken"])
    case .tooMany: mistake = FieldError(anchor: "reason", text: texts["act.tooMany"])
    }
    guard let proof = try await cases.proof(in: number, of: session) else {
      return try site.caseNotOpen(context)
    }
    return try site.response(
      page(wish, number, Desk(proof, session), context, nil, mistake), context,
      status: .unprocessableContent)
  }

  /// Who does it, for a caller who has proven so much.
  private struct Desk {
    let proof: CallerProof
    let role: StaffRole

    init(_ proof: CallerProof, _ session: StaffSession) {
      self.proof = proof
      role = session.member.role
    }
  }

  private func page(
    _ wish: CaseActs.Wish, _ number: CaseOpening.ID, _ desk: Desk, _ context: SiteContext,
    _ message: StaffMessage?, _ mistake: FieldError? = nil
  ) -> ActPage {
    let (act, texts) = (wish.act, site.texts(context))
    let proof = CasePage.Proof(desk.proof, texts)
    let asksProof = act.needsProof(from: desk.role) && !desk.proof.isProven
    let asksCode = asksProof && proof.canEnter
    // Where no code can be typed, one has to be sent first, if there is anybody to send it to.
    let error = mistake.map { mistake in
      mistake.anchor == "code" && !asksCode
        ? FieldError(anchor: proof.canSend ? "send-code" : "main", text: mistake.text) : mistake
    }
    func text(at anchor: String) -> String? { error?.anchor == anchor ? error?.text : nil }
    return ActPage(
      frame: site.frame(
        texts[act.label], context, errors: error.map { [$0] } ?? [], form: .typedAnew,
        page: CasePage.Act.path(act, number)),
      message: message.map { texts[$0.sentence] } ?? "", hasMessage: message != nil,
      number: number.description, act: act.rawValue, label: texts[act.label],
      effect: texts[act.effect], needsConsent: act.needsConsent,
      needsProof: act.needsProof && !desk.proof.isProven, asksProof: asksProof, proof: proof,
      canDo: !asksProof || asksCode, asksCode: asksCode,
      // Nobody is shown a code, not even a wrong one.
      code: Field(error: text(at: "code")),
      asksEmail: act.operand == .email, operand: Field(wish.operand, error: text(at: "operand")),
      asksWords: act.asksWords, words: Field(wish.words, error: text(at: "words")),
      reason: Field(wish.reason, error: text(at: "reason")))
  }
}

struct ActPage: Page {
  var template: String { "staff-act" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let number: String
  let act: String
  let label: String
  let effect: String
  let needsConsent: Bool
  let needsProof: Bool
  /// Whether the caller has to be proven before anything is done.
  let asksProof: Bool
  let proof: CasePage.Proof
  /// Whether the form makes sense: nothing is done before a code is on its way.
  let canDo: Bool
  let asksCode: Bool
  let code: Field
  let asksEmail: Bool
  let operand: Field
  let asksWords: Bool
  let words: Field
  let reason: Field
}
