internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Gives a logged-in person of the staff access to a page, if the role has its duty; what nobody
/// has decided is open to nobody.
struct StaffAccess: Sendable {
  let site: Site
  let logins: StaffLogins

  typealias Page = @Sendable (Request, SiteContext, StaffSession) async throws -> Response

  func to(
    _ path: StaffPath, _ page: @escaping Page
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    { request, context in
      guard let cookie = context.cookies[.staffSession] else { return StaffPath.logIn.seeOther() }
      guard let token = Token(cookie), let session = try await logins.resume(token) else {
        context.remove(.staffSession)
        return StaffPath.logIn.seeOther(message: .sessionEnded)
      }
      var context = context
      context.menu = site.staffMenu(of: session.member.role, at: request.uri.path, context)
      context.holder = site.person(session.member, context)
      guard let duty = path.duty, session.member.role.may(duty) else {
        return try site.response(site.forbidden(context), context, status: .forbidden)
      }
      return try await page(request, context, session)
    }
  }
}

extension Site {
  fileprivate func staffMenu(
    of role: StaffRole, at path: String, _ context: SiteContext
  ) -> Menu {
    let texts = texts(context)
    let entries: [(TextKey, StaffPath)] = [
      ("staffMenu.search", .search), ("staffMenu.consents", .consents),
      ("staffMenu.requests", .requests), ("staffMenu.overview", .overview),
      ("staffMenu.funnel", .funnel), ("staffMenu.trail", .trail),
    ]
    let open = entries.filter { _, path in path.duty.map(role.may) ?? false }
    return Menu(
      open.map { (texts[$0.0], $0.1.rawValue) }, at: path, root: StaffPath.start.rawValue)
  }

  fileprivate func person(_ member: StaffMember, _ context: SiteContext) -> String {
    "\(member.name) – \(texts(context).role(member.role))"
  }

  func forbidden(_ context: SiteContext) -> Notice {
    let texts = texts(context)
    return Notice(
      texts["staff.forbidden.title"], [texts["staff.forbidden.body"]],
      actions: [
        Notice.Action(texts["staff.toSearch"], path: StaffPath.search.rawValue, isPrimary: true)
      ])
  }

  /// The same for another session's case as for one that never was (attack 87).
  func caseNotOpen(_ context: SiteContext) throws -> Response {
    let texts = texts(context)
    return try response(
      Notice(
        texts["staff.notOpen.title"], [texts["staff.notOpen.body"]],
        actions: [
          Notice.Action(texts["staff.toSearch"], path: StaffPath.search.rawValue, isPrimary: true)
        ]), context, status: .notFound)
  }

  func staffLimited(seconds: Int, _ context: SiteContext) throws -> Response {
    let texts = texts(context)
    return try response(
      Notice(
        texts["staff.limited.title"],
        [texts["staff.limited.body", ["minutes": String((seconds + 59) / 60)]]],
        actions: [
          Notice.Action(texts["staff.toSearch"], path: StaffPath.search.rawValue, isPrimary: true)
        ]), context, status: .tooManyRequests, retryAfterSeconds: seconds)
  }
}

extension Texts {
  func role(_ role: StaffRole) -> String {
    switch role {
    case .agent: self["role.agent"]
    case .supervisor: self["role.supervisor"]
    case .dataProtection: self["role.dataProtection"]
    case .auditor: self["role.auditor"]
    }
  }
}

extension Request {
  /// The number of an open case in the query.
  var caseOpening: CaseOpening.ID? {
    uri.queryParameters[Substring(StaffPath.numberField)].flatMap { CaseOpening.ID($0) }
  }

  func word(_ parameter: String) -> String {
    uri.queryParameters[Substring(parameter)].map(String.init) ?? ""
  }
}

extension SiteContext {
  /// The number of an open case in the form.
  var caseOpening: CaseOpening.ID? { CaseOpening.ID(form[StaffPath.numberField]) }
}
