internal import Accounts
internal import Domain
internal import Hummingbird
internal import Pages
internal import Wording

/// Lets who is logged in into a page; the page is handed the account and cannot run without.
struct AccountDoor: Sendable {
  let site: Site
  let sessions: Sessions

  typealias Page = @Sendable (Request, SiteContext, Account) async throws -> Response

  /// For everybody who is logged in.
  func open(
    _ page: @escaping Page
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    { request, context in
      guard let cookie = context.cookies[.session] else { return CustomerPath.logIn.seeOther() }
      guard let token = Token(cookie), let account = try await sessions.resume(token) else {
        context.remove(.session)
        return CustomerPath.logIn.seeOther(message: .sessionEnded)
      }
      return try await page(request, context, account)
    }
  }

  /// For those who have confirmed their address; the others read what opens after it (J9).
  func openConfirmed(
    _ page: @escaping Page
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    open { request, context, account in
      guard account.isConfirmed else {
        return try site.response(site.limited(context), context, status: .forbidden)
      }
      var context = context
      context.menu = site.accountMenu(at: request.uri.path, context)
      return try await page(request, context, account)
    }
  }
}
