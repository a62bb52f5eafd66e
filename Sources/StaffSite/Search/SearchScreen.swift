internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// One box for whatever a caller says, and what it finds, masked; opening one asks why.
struct SearchScreen: Sendable {
  let site: Site
  let search: CaseSearch
  let cases: CaseFiles

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    try await response(
      context, session, lookingFor: session.search, message: StaffMessage(request))
  }

  @Sendable func submit(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let typed = context.form["term"]
    // An empty search forgets the one before it.
    let term = typed.allSatisfy(\.isWhitespace) ? "" : typed
    if let seconds = try await search.look(for: term, in: session) {
      return try site.staffLimited(seconds: seconds, context)
    }
    guard !term.isEmpty else {
      return try await response(
        context, session, lookingFor: "",
        mistake: FieldError(anchor: "term", text: site.texts(context)["staffSearch.missing"]))
    }
    return StaffPath.search.seeOther()
  }

  @Sendable func open(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let texts = site.texts(context)
    guard let reason = CaseFiles.Reason(rawValue: context.form["reason"]) else {
      return try await response(
        context, session, lookingFor: session.search,
        mistake: FieldError(anchor: "reason", text: texts["staffSearch.why"]))
    }
    let outcome = try await cases.open(
      context.form["hit"], because: reason, words: context.form["words"], in: session)
    switch outcome {
    case .opened(let number): return StaffPath.caseFile.seeOther(number: number)
    case .notFound: return StaffPath.search.seeOther(message: .outOfTurn)
    case .reasonMissing:
      return try await response(
        context, session, lookingFor: session.search,
        mistake: FieldError(anchor: "words", text: texts["staffSearch.words.missing"]))
    case .tooMany(let seconds): return try site.staffLimited(seconds: seconds, context)
    }
  }

  private func response(
    _ context: SiteContext, _ session: StaffSession, lookingFor term: String,
    message: StaffMessage? = nil, mistake: FieldError? = nil
  ) async throws -> Response {
    let texts = site.texts(context)
    let mistakes = [mistake].compactMap(\.self)
    let hits = term.isEmpty ? [] : try await search.hits(in: session)
    let chosen = CaseFiles.Reason(rawValue: context.form["reason"]) ?? .call
    let page = SearchPage(
      frame: site.frame(
        texts["staffSearch.title"], context, errors: mistakes, form: .typedAnew,
        page: StaffPath.search.rawValue),
      message: message.map { texts[$0.sentence] } ?? "", hasMessage: message != nil,
      term: Field(term, error: mistakes.text(at: "term")),
      hits: hits.map { SearchPage.Row($0, texts) }, hasHits: !hits.isEmpty,
      isEmpty: hits.isEmpty && !term.isEmpty,
      isFull: hits.count == CaseSearch.most,
      reasons: CaseFiles.Reason.allCases.map { reason in
        SearchPage.Choice(
          value: reason.rawValue, label: texts[reason.label], isChosen: reason == chosen)
      },
      words: Field(
        context.form["words"], error: mistakes.text(at: "words")))
    return try site.response(
      page, context, status: mistake == nil ? .ok : .unprocessableContent)
  }
}

struct SearchPage: Page {
  var template: String { "staff-search" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let term: Field
  let hits: [Row]
  let hasHits: Bool
  let isEmpty: Bool
  let isFull: Bool
  let reasons: [Choice]
  let words: Field

  struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
  }

  struct Row: Sendable {
    let name: String
    let number: String
    let status: String
    let match: String
    let reference: String

    init(_ hit: CaseSearch.Hit, _ texts: Texts) {
      name = hit.maskedName.isEmpty ? texts["staffSearch.nobody"] : hit.maskedName
      number = hit.maskedNumber
      status = hit.status.map { texts[$0.label] } ?? ""
      match = texts[hit.match.label]
      reference = hit.reference
    }
  }
}

extension CaseFiles.Reason {
  var label: TextKey {
    switch self {
    case .call: "caseReason.call"
    case .letter: "caseReason.letter"
    case .dataRequest: "caseReason.dataRequest"
    case .complaint: "caseReason.complaint"
    case .suspicion: "caseReason.suspicion"
    case .review: "caseReason.review"
    }
  }
}

extension CaseSearch.Match {
  var label: TextKey {
    switch self {
    case .caseNumber: "match.caseNumber"
    case .customerNumber: "match.customerNumber"
    case .oldNumber: "match.oldNumber"
    case .policy: "match.policy"
    case .phone: "match.phone"
    case .userName: "match.userName"
    case .email: "match.email"
    case .name: "match.name"
    }
  }
}

extension CustomerStatus {
  var label: TextKey {
    switch self {
    case .active: "customerStatus.active"
    case .blocked: "customerStatus.blocked"
    case .deceased: "customerStatus.deceased"
    case .closed: "customerStatus.closed"
    }
  }
}
