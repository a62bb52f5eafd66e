internal import Accounts
internal import Domain
internal import Hummingbird
internal import Pages
internal import Wording

/// Lets who is logged in into a page; the page is handed the account and cannot run without.
struct AccountDoor: Sendable {
  let site: Site
  let sessions: Sessions
  let declarations: Declarations

  typealias Page = @Sendable (Request, SiteContext, Account) async throws -> Response
  /// What is answered to a session that is over; `nil` for the page of the login.
  typealias Ended = @Sendable (SiteContext) async throws -> Response?

  /// For everybody who is logged in.
  func open(
    _ page: @escaping Page, whenEnded ended: @escaping Ended = { _ in nil }
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    { request, context in
      guard let cookie = context.cookies[.session] else { return CustomerPath.logIn.seeOther() }
      guard let token = Token(cookie), let account = try await sessions.resume(token) else {
        if let response = try await ended(context) { return response }
        context.remove(.session)
        return CustomerPath.logIn.seeOther(message: .sessionEnded)
      }
      return try await page(request, context, account)
    }
  }

  /// For those who have confirmed their address and accepted the documents as they are now; the
  /// others are asked for that first (J9, J10).
  func openConfirmed(
    _ page: @escaping Page, whenEnded ended: @escaping Ended = { _ in nil }
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    openBeforeAcceptance(
      { request, context, account in
        guard try await declarations.outdated(for: account).isEmpty else {
          return CustomerPath.acceptDocuments.seeOther()
        }
        return try await page(request, context, account)
      }, whenEnded: ended)
  }

  /// For those who have confirmed their address, also while they are asked to accept a new version:
  /// nobody who refuses it is kept from reading the contract or from leaving.
  func openBeforeAcceptance(
    _ page: @escaping Page, whenEnded ended: @escaping Ended = { _ in nil }
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    open(
      { request, context, account in
        guard account.isConfirmed else {
          return try site.response(site.limited(context), context, status: .forbidden)
        }
        var context = context
        context.menu = site.accountMenu(at: request.uri.path, context)
        return try await page(request, context, account)
      }, whenEnded: ended)
  }
}
