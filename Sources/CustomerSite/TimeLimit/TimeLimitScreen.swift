internal import Accounts
internal import Hummingbird
internal import Pages
internal import Wording

/// How long what runs in this browser still has, and «Folytatom» (WCAG 2.2.1).
///
/// The script of the other pages asks here before it warns, without using the session; without a
/// script the page is a page like any other.
struct TimeLimitScreen: Sendable {
  let site: Site
  let sessions: Sessions
  let registrations: Registrations

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    var context = context
    context.deadline = try await deadline(context)
    let texts = site.texts(context)
    guard context.deadline != nil else {
      return try site.response(
        Notice(
          texts["timeLimit.none.title"], [texts["timeLimit.none.body"]],
          actions: [Notice.Action(texts["action.toStart"], path: "/ugyfelportal", isPrimary: true)],
          isError: false),
        context, status: .ok)
    }
    return try site.response(
      TimeLimitPage(
        frame: site.frame(texts["timeLimit.title"], context, form: .typedAnew),
        way: String(try await way(context).rawValue.dropFirst())), context)
  }

  @Sendable func extend(_ request: Request, _ context: SiteContext) async throws -> Response {
    if let token = context.sessionToken { _ = try await sessions.extend(token) }
    if let token = context.registrationToken { _ = try await registrations.extend(token) }
    return CustomerPath.timeLimit.seeOther()
  }

  /// Of the session, and without one of the registration.
  private func deadline(_ context: SiteContext) async throws -> Deadline? {
    if let token = context.sessionToken, let session = try await sessions.look(at: token) {
      return session.deadline
    }
    guard let token = context.registrationToken else { return nil }
    return try await registrations.standing(of: token)?.deadline
  }

  /// Where it goes on.
  private func way(_ context: SiteContext) async throws -> CustomerPath {
    if context.deadline?.subject == .session { return .home }
    guard let token = context.registrationToken else { return .start }
    return try await registrations.standing(of: token)?.step.path ?? .start
  }
}

struct TimeLimitPage: Page {
  var template: String { "time-limit" }
  let frame: Frame
  /// Where it goes on, without its slash.
  let way: String
}
