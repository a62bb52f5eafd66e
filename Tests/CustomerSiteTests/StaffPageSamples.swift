internal import Domain
internal import Foundation
internal import TestSupport
internal import Wording

@testable internal import Accounts
@testable internal import Outbox
@testable internal import Pages
@testable internal import StaffSite

/// Every page of the staff's site, with everything on it.
struct StaffPageSamples {
  let texts: Texts
  private let now = Date(timeIntervalSince1970: 1_780_000_000)
  private let customer: CustomerNumber
  private let email: EmailAddress
  private let name: StaffName

  init(_ texts: Texts) throws {
    self.texts = texts
    customer = try CustomerNumber("A1B2C34")
    email = try EmailAddress("anna@pelda.hu")
    guard let name = StaffName("kovacs.eva") else { throw Stage.NoCode() }
    self.name = name
  }

  func all() throws -> [any Page] {
    [
      StaffLogInPage(frame: frame, message: "x", hasMessage: true, name: field),
      InvitationPage(
        frame: frame, link: "x", name: "x", role: "x", secret: "x", recoveryCode: "x", side: "1",
        path: "M0 0", minimum: "12", password: field, passwordAgain: field, code: field),
      search, casePage(.asked(triesLeft: 2, minutesLeft: 4), for: .supervisor),
      casePage(.over, for: .supervisor), casePage(.over, for: .agent),
      casePage(.notAsked, for: .dataProtection), act, consents,
      RequestsPage(frame: frame, requests: [.init(request, texts)], isEmpty: false), overview,
      funnel,
      TrailPage(frame: frame, events: [.init(event, texts)], isEmpty: false),
      StaffNotice(
        frame: frame, paragraphs: ["x"],
        actions: [Notice.Action("x", path: "/munkatars/kereses", isPrimary: true)],
        errorNumber: "x", hasErrorNumber: true),
    ]
  }

  /// The site gives a message the staff's template in place of the customers'.
  private struct StaffNotice: Page {
    var template: String { "staff-notice" }
    let frame: Frame
    let paragraphs: [String]
    let actions: [Notice.Action]
    let errorNumber: String
    let hasErrorNumber: Bool
  }

  private var frame: Frame {
    var frame = Frame(
      title: "x", isError: true, errors: [FieldError(anchor: "words", text: "x")],
      hasErrors: true, formToken: "x", caseNumber: "", hasCaseNumber: false, isLoggedIn: true,
      page: "munkatars/kereses", hasPage: true, keepsTyped: false, isDemo: true)
    frame.holder = "x"
    frame.hasHolder = true
    frame.menu =
      Menu(
        [("x", "/munkatars/kereses"), ("y", "/munkatars/tolcser")], at: "/munkatars/kereses",
        root: "/munkatars"
      ).items
    frame.hasMenu = true
    return frame
  }

  private var field: Field { Field("x", error: "x") }

  private var search: SearchPage {
    let hit = CaseSearch.Hit(
      match: .name, maskedName: "x", maskedNumber: "x", status: .active, reference: "x",
      subject: CaseSubject(customer: customer))
    return SearchPage(
      frame: frame, message: "x", hasMessage: true, term: field, hits: [.init(hit, texts)],
      hasHits: true, isEmpty: true, isFull: true,
      reasons: [.init(value: "x", label: "x", isChosen: true)], words: field)
  }

  private var request: StaffOverview.Request {
    StaffOverview.Request(
      id: 1, kind: .copy, maskedCustomer: "x", askedAt: now, answerBy: now, isOverdue: true)
  }

  private var event: CaseFile.Event {
    CaseFile.Event(at: now, what: "caseEvent.caseShown", detail: "x", isOfStaff: true)
  }

  private var message: CaseFile.SentMessage {
    CaseFile.SentMessage(
      id: 1, at: now, kind: .smsCode, channel: .sms, maskedRecipient: "x", state: .failed,
      hasProblem: true, canRetry: true, canCancel: true)
  }

  private func casePage(_ proof: CallerProof, for role: StaffRole) -> CasePage {
    let file = CaseFile(
      caseNumber: CaseNumber("K7M2-4XQP"),
      values: CaseValue.allCases.map { .init(kind: $0, text: "x", isShown: false) },
      status: .active, isInRegister: true, account: .unconfirmed(since: now), policies: 1,
      findings: [.smsDayLimit(until: now), .mismatchLimit(until: now)], timeline: [event],
      messages: [message], requests: [request], isLocked: true, registerAsOf: now)
    return CasePage(
      frame: frame, message: "x", hasMessage: true, number: 1,
      opened: CaseFiles.Opened(file: file, reason: "x", proof: proof), role: role, texts)
  }

  private var act: ActPage {
    ActPage(
      frame: frame, message: "x", hasMessage: true, number: "1", act: "x", label: "x", effect: "x",
      needsConsent: true, needsProof: true, asksProof: true, proof: .init(.over, texts),
      canDo: true, asksCode: true, code: field, asksEmail: true, operand: field, asksWords: true,
      words: field, reason: field)
  }

  private var consents: ConsentsPage {
    let mine = StaffConsent(
      id: 1, act: .changeUserName, customer: customer, maskedCustomer: "x", value: email.address,
      maskedValue: "x", askedBy: name, askedByMe: true, reason: "x",
      askedAt: now)
    return ConsentsPage(
      frame: frame, message: "x", hasMessage: true, consents: [.init(mine, texts)], isEmpty: false)
  }

  private var overview: OverviewPage {
    let line = CasePage.Line(name: "x", text: "x")
    return OverviewPage(
      frame: frame, facts: [line], troubles: [.init(message, movableIn: nil, texts)],
      hasTroubles: true,
      imports: [
        .init(
          StaffOverview.RegisterImport(
            at: now, person: "x", isReplaced: false, forced: "x", refusal: "x"), texts)
      ], hasImports: true, limits: [line], hasLimits: true)
  }

  private var funnel: FunnelPage {
    let day = Funnel.Day(
      date: now, counts: [6, 5, 4, 3, 2, 1], reasons: [.mismatch(.otherMobile): 1])
    return FunnelPage(frame: frame, Funnel(days: [day], before: [day]), texts)
  }
}
