package import Accounts
package import Foundation
internal import HTTPTypes
package import Hummingbird
package import Pages
package import Traces
package import WebServer

/// The staff's site (D 14), on a listener of its own: its route table is its table of contents.
package struct StaffSite: Sendable {
  private let site: Site
  private let services: Services

  /// What the pages call: one method for each button.
  package struct Services: Sendable {
    package let logins: StaffLogins
    package let enrolment: StaffEnrolment
    package let search: CaseSearch
    package let cases: CaseFiles
    package let proofs: CallerProofs
    package let acts: CaseActs
    package let overviews: StaffOverviews

    /// - Parameter passwords: with the policy for staff
    package init(world: World, passwords: Passwords) {
      logins = StaffLogins(world: world, passwords: passwords)
      enrolment = StaffEnrolment(world: world, passwords: passwords)
      search = CaseSearch(world: world)
      cases = CaseFiles(world: world)
      proofs = CallerProofs(world: world)
      acts = CaseActs(world: world, passwords: passwords)
      overviews = StaffOverviews(world: world)
    }
  }

  package init(site: Site, services: Services) {
    self.site = site
    self.services = services
  }

  /// Where the site's templates are.
  package static let templates = Bundle.module.bundleURL.appendingPathComponent("Templates")
  package static let style = Bundle.module.bundleURL.appendingPathComponent("Assets/staff.css")

  /// The whole site as a router.
  ///
  /// - Parameters:
  ///   - tracer: what records its requests
  ///   - outage: what an error means when a component is out of order
  package func router(
    at address: SiteAddress, tracer: Tracer = .off,
    outage: @escaping @Sendable (any Error) -> Outage?
  ) -> Router<SiteContext> {
    let router = site.guardedRouter(
      at: address, tracer: tracer, allowedMethods: allowedMethods
    ) { error in
      // Without a row in the audit trail nothing is shown, whatever has kept it from being written.
      error is AuditRefused ? .outOfOrder : outage(error)
    }
    router.get(RouterPath("/")) { _, _ in
      Response.redirect(to: StaffPath.search.rawValue, type: .found)
    }
    for path in site.assets.paths {
      router.get(RouterPath(path)) { _, _ in try site.asset(path) }
    }
    addEntry(to: router, ClientAddress(proxies: address.proxies))
    addCases(to: router)
    addOverviews(to: router)
    return router
  }

  /// The page for what never became a request.
  package func refusals(isSecure: Bool) throws -> Refusal.Making {
    try site.refusals(isSecure: isSecure)
  }

  private func addEntry(to router: Router<SiteContext>, _ clientAddress: ClientAddress) {
    let entry = EntryScreen(
      site: site, logins: services.logins, enrolment: services.enrolment,
      clientAddress: clientAddress)
    router.get(.start) { _, _ in .redirect(to: StaffPath.search.rawValue, type: .found) }
    router.get(.logIn, use: entry.show)
    router.post(.logIn, use: entry.submit)
    router.post(.logOut, use: entry.logOut)
    router.get(.invitation, use: entry.showInvitation)
    router.post(.invitation, use: entry.submitInvitation)
  }

  private func addCases(to router: Router<SiteContext>) {
    let access = StaffAccess(site: site, logins: services.logins)
    let search = SearchScreen(site: site, search: services.search, cases: services.cases)
    router.get(.search, use: access.to(.search, search.show))
    router.post(.search, use: access.to(.search, search.submit))
    router.post(.openCase, use: access.to(.openCase, search.open))

    let caseScreen = CaseScreen(site: site, cases: services.cases, proofs: services.proofs)
    router.get(.caseFile, use: access.to(.caseFile, caseScreen.show))
    router.post(.reveal, use: access.to(.reveal, caseScreen.reveal))
    router.post(.sendCallerCode, use: access.to(.sendCallerCode, caseScreen.sendCode))
    router.post(.proveCaller, use: access.to(.proveCaller, caseScreen.enterCode))
    router.post(.copyOfData, use: access.to(.copyOfData, caseScreen.copy))

    let act = ActScreen(site: site, cases: services.cases, acts: services.acts)
    router.get(.act, use: access.to(.act, act.show))
    router.post(.act, use: access.to(.act, act.submit))

    let consents = ConsentScreen(site: site, acts: services.acts)
    router.get(.consents, use: access.to(.consents, consents.show))
    router.post(.consents, use: access.to(.consents, consents.submit))
  }

  private func addOverviews(to router: Router<SiteContext>) {
    let access = StaffAccess(site: site, logins: services.logins)
    let screen = OverviewScreen(site: site, overviews: services.overviews)
    router.get(.overview, use: access.to(.overview, screen.showOverview))
    router.get(.trail, use: access.to(.trail, screen.showTrail))
    let funnel = FunnelScreen(site: site, overviews: services.overviews)
    router.get(.funnel, use: access.to(.funnel, funnel.show))
    let requests = RequestsScreen(
      site: site, overviews: services.overviews, search: services.search)
    router.get(.requests, use: access.to(.requests, requests.show))
    router.post(.requests, use: access.to(.requests, requests.open))
  }

  private func allowedMethods(of path: String) -> [HTTPRequest.Method] {
    if let path = StaffPath(rawValue: path) { return path.methods }
    return path == "/" || site.assets.paths.contains(path) ? [.get, .head] : []
  }
}

extension Router<SiteContext> {
  fileprivate typealias Handler = @Sendable (Request, SiteContext) async throws -> Response

  fileprivate func get(_ path: StaffPath, use handler: @escaping Handler) {
    get(RouterPath(path.rawValue), use: handler)
  }

  fileprivate func post(_ path: StaffPath, use handler: @escaping Handler) {
    post(RouterPath(path.rawValue), use: handler)
  }
}
