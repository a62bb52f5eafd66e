package import Accounts
package import Domain
package import Foundation
internal import HTTPTypes
package import Hummingbird
package import Outbox
package import Pages
internal import Wording

/// The customers' site: its route table is its table of contents.
package struct CustomerSite: Sendable {
  private let site: Site
  private let desks: Desks
  private let limits: Limits
  private let catcher: Catcher?

  /// The desks behind the pages.
  package struct Desks: Sendable {
    package let registrations: Registrations
    package let logins: Logins
    package let sessions: Sessions
    package let confirmations: Confirmations
    package let portal: Portal
    package let declaredTexts: DeclaredTexts
    package let addressChanges: AddressChanges

    package init(
      registrations: Registrations, logins: Logins, sessions: Sessions,
      confirmations: Confirmations, portal: Portal, declaredTexts: DeclaredTexts,
      addressChanges: AddressChanges
    ) {
      self.registrations = registrations
      self.logins = logins
      self.sessions = sessions
      self.confirmations = confirmations
      self.portal = portal
      self.declaredTexts = declaredTexts
      self.addressChanges = addressChanges
    }
  }

  /// - Parameter catcher: where the demo's messages are; `nil` outside the demo, where nothing of
  ///   it answers
  package init(site: Site, desks: Desks, limits: Limits, catcher: Catcher?) {
    self.site = site
    self.desks = desks
    self.limits = limits
    self.catcher = catcher
  }

  /// Where the site's templates are.
  package static let templates = Bundle.module.bundleURL.appendingPathComponent("Templates")

  /// Where and how the site is reached.
  package struct Address: Sendable {
    /// Names under which it may be asked for.
    package let hosts: Set<String>
    /// Scheme, host and port of the public URL.
    package let origin: String
    package let isSecure: Bool
    /// Addresses of the proxies whose word on the client's address is taken.
    package let proxies: Set<String>

    package init(
      hosts: Set<String>, origin: String, isSecure: Bool, proxies: Set<String> = []
    ) {
      self.hosts = hosts
      self.origin = origin
      self.isSecure = isSecure
      self.proxies = proxies
    }
  }

  /// The whole site as a router.
  ///
  /// - Parameter outage: what an error means when a part is out of order
  package func router(
    at address: Address, outage: @escaping @Sendable (any Error) -> Outage?
  ) -> Router<SiteContext> {
    let router = Router(context: SiteContext.self)
    router.addMiddleware {
      AccessLog()
      SecurityHeaders(isSecure: address.isSecure)
      Visitors()
      ErrorPages(site: site, allowedMethods: allowedMethods, outage: outage)
      RequestGate(hosts: address.hosts, allowedMethods: allowedMethods)
      FormGuard(site: site, origin: address.origin)
    }
    addPublicRoutes(to: router)
    addRegistrationRoutes(to: router, ClientAddress(proxies: address.proxies))
    addAccountRoutes(to: router)
    addAddressRoutes(to: router, ClientAddress(proxies: address.proxies))
    addDemoRoutes(to: router)
    return router
  }

  // MARK: For everybody

  private func addPublicRoutes(to router: Router<SiteContext>) {
    let opening = OpeningScreen(site: site)
    router.get(.opening, use: opening.showOpening)
    router.get(.start, use: opening.showStart)
    router.get(.recovery, use: opening.showRecovery)
    for path in CustomerPath.allCases {
      guard let document = path.document else { continue }
      router.get(path) { _, context in try site.response(to: document, context) }
    }
    for path in site.assets.paths {
      router.get(RouterPath(path)) { _, _ in try site.asset(path) }
    }
    router.get(.changePassword) { _, _ in .redirect(to: "/fiok/jelszo", type: .found) }
  }

  // MARK: For who registers

  private func addRegistrationRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let door = RegistrationDoor(site: site, registrations: desks.registrations)
    let registrations = desks.registrations

    let identify = IdentifyScreen(
      site: site, registrations: registrations, limits: limits, clientAddress: clientAddress)
    router.get(.identify, use: identify.show)
    router.post(.identify, use: identify.submit)

    let enterCode = EnterCodeScreen(site: site, registrations: registrations, limits: limits)
    router.get(.enterCode, use: door.open(enterCode.show))
    router.post(.enterCode, use: door.openWithToken(enterCode.submit))
    router.post(.resendCode, use: door.open(enterCode.resend))

    let contact = ContactScreen(
      site: site, registrations: registrations, declaredTexts: desks.declaredTexts)
    router.get(.contact, use: door.open(contact.show))
    router.post(.contact, use: door.open(contact.submit))

    let password = ChoosePasswordScreen(site: site, registrations: registrations)
    router.get(.choosePassword, use: door.open(password.show))
    router.post(.choosePassword, use: door.open(password.submit))

    router.get(.success, use: door.open(SuccessScreen(site: site).show))
  }

  // MARK: For who has an account

  private func addAccountRoutes(to router: Router<SiteContext>) {
    let door = AccountDoor(site: site, sessions: desks.sessions)

    let logIn = LogInScreen(site: site, logins: desks.logins, sessions: desks.sessions)
    router.get(.logIn, use: logIn.show)
    router.post(.logIn, use: logIn.submit)
    router.post(.logOut, use: logIn.logOut)

    let confirm = ConfirmEmailScreen(site: site, confirmations: desks.confirmations)
    router.get(.confirmEmail, use: door.open(confirm.show))
    router.post(.confirmEmail, use: door.open(confirm.submit))
    router.post(.resendEmailCode, use: door.open(confirm.resend))
    router.get(.correctEmail, use: door.open(confirm.showCorrection))
    router.post(.correctEmail, use: door.open(confirm.submitCorrection))

    let home = HomeScreen(site: site, portal: desks.portal)
    router.get(.home, use: door.openConfirmed(home.show))
  }

  private func addAddressRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let door = AccountDoor(site: site, sessions: desks.sessions)
    let changes = desks.addressChanges
    let profile = ProfileScreen(site: site, addressChanges: changes)
    router.get(.profile, use: door.openConfirmed(profile.show))

    for purpose in AddressChanges.Purpose.allCases {
      let change = ChangeAddressScreen(site: site, addressChanges: changes, purpose: purpose)
      router.get(purpose.path, use: door.openConfirmed(change.show))
      router.post(purpose.path, use: door.openConfirmed(change.submit))
      let confirm = ConfirmAddressScreen(site: site, addressChanges: changes, purpose: purpose)
      router.get(purpose.codePath, use: door.openConfirmed(confirm.show))
      router.post(purpose.codePath, use: door.openConfirmed(confirm.submit))
      router.post(purpose.resendPath, use: door.openConfirmed(confirm.resend))
    }

    let undo = UndoUserNameScreen(
      site: site, addressChanges: changes, clientAddress: clientAddress)
    router.get(.undoUserName, use: undo.show)
    router.post(.undoUserName, use: undo.submit)
  }

  // MARK: For who tries Belépő out

  private func addDemoRoutes(to router: Router<SiteContext>) {
    guard let catcher else { return }
    let demo = DemoScreen(site: site, catcher: catcher)
    router.get(RouterPath(DemoScreen.path), use: demo.show)
    router.get(RouterPath(DemoScreen.path + ".json"), use: demo.showJSON)
  }

  private func allowedMethods(of path: String) -> [HTTPRequest.Method] {
    if let path = CustomerPath(rawValue: path) { return path.methods }
    let isDemo = path == DemoScreen.path || path == DemoScreen.path + ".json"
    return site.assets.paths.contains(path) || (isDemo && catcher != nil) ? [.get] : []
  }
}

extension Router<SiteContext> {
  /// What a page does with a request.
  fileprivate typealias Handler = @Sendable (Request, SiteContext) async throws -> Response

  fileprivate func get(_ path: CustomerPath, use handler: @escaping Handler) {
    get(RouterPath(path.rawValue), use: handler)
  }

  fileprivate func post(_ path: CustomerPath, use handler: @escaping Handler) {
    post(RouterPath(path.rawValue), use: handler)
  }
}

extension Site {
  fileprivate func asset(_ path: String) throws -> Response {
    guard let response = assets.response(to: path) else { throw HTTPError(.notFound) }
    return response
  }
}
