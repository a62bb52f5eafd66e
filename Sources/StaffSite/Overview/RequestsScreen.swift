internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Customers' requests about their data, the most urgent first.
struct RequestsScreen: Sendable {
  let site: Site
  let overviews: StaffOverviews
  let search: CaseSearch

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let texts = site.texts(context)
    let requests = try await overviews.requests(in: session)
    return try site.response(
      RequestsPage(
        frame: site.frame(texts["requests.title"], context, form: .typedAnew),
        requests: requests.map { RequestsPage.Row($0, texts) }, isEmpty: requests.isEmpty),
      context)
  }

  /// Looks for the customer of a request: opening the case asks why, as always.
  @Sendable func open(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    guard let id = DataRights.Request.ID(context.form["request"]) else {
      throw HTTPError(.badRequest)
    }
    if let seconds = try await search.look(for: id, in: session) {
      return try site.staffLimited(seconds: seconds, context)
    }
    return StaffPath.search.seeOther()
  }
}

struct RequestsPage: Page {
  var template: String { "staff-requests" }
  let frame: Frame
  let requests: [Row]
  let isEmpty: Bool

  struct Row: Sendable {
    let id: String
    let what: String
    let customer: String
    let askedOn: String
    let answerBy: String
    let isOverdue: Bool

    init(_ request: StaffOverview.Request, _ texts: Texts) {
      id = request.id.description
      what = texts[request.kind.label]
      customer = request.maskedCustomer
      askedOn = texts.day(of: request.askedAt)
      answerBy = texts.day(of: request.answerBy)
      isOverdue = request.isOverdue
    }
  }
}
