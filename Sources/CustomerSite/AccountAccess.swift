internal import Accounts
internal import Domain
internal import Hummingbird
internal import Pages
internal import Wording

/// Gives a logged-in customer access to a page, which cannot run without the account.
struct AccountAccess: Sendable {
  let site: Site
  let sessions: Sessions
  let declarations: Declarations

  typealias Page = @Sendable (Request, SiteContext, Account) async throws -> Response
  /// The answer to a session that has ended; `nil` for the login page.
  typealias Ended = @Sendable (Request, SiteContext) async throws -> Response?

  /// For every logged-in customer.
  func loggedIn(
    _ page: @escaping Page, whenEnded ended: @escaping Ended = { _, _ in nil }
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    { request, context in
      guard let cookie = context.cookies[.session] else {
        try await rememberPage(of: request, nil, context)
        return CustomerPath.logIn.seeOther()
      }
      let token = Token(cookie)
      guard let token, let session = try await sessions.use(token) else {
        if let response = try await ended(request, context) { return response }
        try await rememberPage(of: request, token, context)
        context.remove(.session)
        return CustomerPath.logIn.seeOther(message: .sessionEnded)
      }
      var context = context
      context.deadline = session.deadline
      context.isProven = session.isProven
      context.holder = session.name.isEmpty ? session.account.email.address : session.name
      return try await page(request, context, session.account)
    }
  }

  /// Whoever has to log in comes back to the page, with what was typed there if it was their own.
  private func rememberPage(
    of request: Request, _ token: Token?, _ context: SiteContext
  ) async throws {
    guard let path = CustomerPath(rawValue: request.uri.path), path.isWorthComingBackTo else {
      return
    }
    if request.method == .post, let token, let owner = try await sessions.owner(of: token) {
      site.remember(AskedPage(path, by: owner, context.form), in: context)
    } else {
      site.remember(AskedPage(path: path.rawValue), in: context)
    }
  }

  /// For customers who have confirmed their address and accepted the present documents; the others
  /// are asked for that first (J9, J10).
  func confirmed(
    _ page: @escaping Page, whenEnded ended: @escaping Ended = { _, _ in nil }
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    withAddress(
      { request, context, account in
        guard try await declarations.outdated(for: account).isEmpty else {
          return CustomerPath.acceptDocuments.seeOther()
        }
        return try await proven(page)(request, context, account)
      }, whenEnded: ended)
  }

  /// For customers who have confirmed their address, even while they are asked to accept a new
  /// version: refusing it keeps nobody from reading the contract or from leaving.
  func beforeAcceptance(
    _ page: @escaping Page, whenEnded ended: @escaping Ended = { _, _ in nil }
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    withAddress(proven(page), whenEnded: ended)
  }

  private func withAddress(
    _ page: @escaping Page, whenEnded ended: @escaping Ended
  ) -> @Sendable (Request, SiteContext) async throws -> Response {
    loggedIn(
      { request, context, account in
        guard account.isConfirmed else {
          return try site.response(site.limited(context), context, status: .forbidden)
        }
        var context = context
        context.menu = site.accountMenu(at: request.uri.path, context)
        return try await page(request, context, account)
      }, whenEnded: ended)
  }

  /// Whoever has to prove who they are comes back to the page afterwards, with what was typed there
  /// except passwords.
  private func proven(_ page: @escaping Page) -> Page {
    { request, context, account in
      guard let path = CustomerPath(rawValue: request.uri.path), path.needsProof,
        !context.isProven
      else { return try await page(request, context, account) }
      if request.method == .post {
        site.remember(AskedPage(path, by: account.id, context.form), in: context)
      } else if !site.keepsTyped(at: path, by: account.id, in: context) {
        site.remember(AskedPage(path: path.rawValue), in: context)
      }
      return CustomerPath.stepUp.seeOther()
    }
  }
}

extension Site {
  /// Whether the browser still has what its owner typed at a path before the time was over.
  fileprivate func keepsTyped(
    at path: CustomerPath, by account: Account.ID, in context: SiteContext
  ) -> Bool {
    guard let asked = askedPage(in: context) else { return false }
    return asked.path == path.rawValue && asked.owner == account.owner && !asked.typed.isEmpty
  }
}

extension Sessions.Live {
  var deadline: Deadline {
    Deadline(
      of: .session, at: endsAt, secondsLeft: secondsLeft, mayBeExtended: mayBeExtended)
  }
}
