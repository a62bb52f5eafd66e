internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Outbox
internal import Pages
internal import Wording

/// An open case: what the caller met, what to say, what happened, what can be done.
struct CaseScreen: Sendable {
  let site: Site
  let cases: CaseFiles
  let proofs: CallerProofs

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let number = request.caseOpening, let opened = try await cases.show(number, in: session)
    else { return try site.caseNotOpen(context) }
    let texts = site.texts(context)
    let message = StaffMessage(request)
    let title = [texts["case.title"], opened.file.caseNumber?.text].compactMap { $0 }
    return try site.response(
      CasePage(
        frame: site.frame(
          title.joined(separator: " "), context, form: .typedAnew,
          page: "\(StaffPath.caseFile.rawValue)?\(StaffPath.numberField)=\(number)"),
        message: message.map { texts[$0.sentence] } ?? "", hasMessage: message != nil,
        number: number, opened: opened, role: session.member.role, texts),
      context)
  }

  @Sendable func reveal(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let number = context.caseOpening, let value = CaseValue(rawValue: context.form["value"]),
      try await cases.reveal(value, of: number, in: session)
    else { return try site.caseNotOpen(context) }
    return StaffPath.caseFile.seeOther(number: number)
  }

  @Sendable func sendCode(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let number = context.caseOpening else { return try site.caseNotOpen(context) }
    let message: StaffMessage
    let isUnderWay: Bool
    switch try await proofs.send(for: number, in: session) {
    case .sent: (message, isUnderWay) = (.codeSent, true)
    case .tooSoon: (message, isUnderWay) = (.codeTooSoon, true)
    case .impossible: (message, isUnderWay) = (.codeImpossible, false)
    case .tooMany: (message, isUnderWay) = (.codeTooMany, false)
    case .notOpen: return try site.caseNotOpen(context)
    }
    // Where it is known what the code is for, that page takes it.
    guard isUnderWay, let act = CaseAct(rawValue: context.form[StaffPath.actField]) else {
      return StaffPath.caseFile.seeOther(number: number, message: message)
    }
    return StaffPath.act.seeOther(number: number, act: act, message: message)
  }

  @Sendable func enterCode(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let number = context.caseOpening else { return try site.caseNotOpen(context) }
    let message: StaffMessage
    switch try await proofs.enter(context.form["code"], for: number, in: session) {
    case .proven: message = .callerProven
    case .wrong: message = .codeWrong
    case .over: message = .codeOver
    case .unreadable: message = .codeUnreadable
    case .notOpen: return try site.caseNotOpen(context)
    }
    return StaffPath.caseFile.seeOther(number: number, message: message)
  }

  /// Everything kept about the person, as a file for that person.
  @Sendable func copy(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let number = context.caseOpening,
      let json = try await cases.copyOfData(number, in: session)
    else { return try site.caseNotOpen(context) }
    var response = Response(
      status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: json)))
    response.headers[.contentDisposition] = "attachment; filename=\"adatok.json\""
    return response
  }
}
