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
    package let recoveries: Recoveries
    package let passwordChanges: PasswordChanges
    package let portal: Portal
    package let devices: Devices
    package let declaredTexts: DeclaredTexts
    package let declarations: Declarations
    package let contracts: Contracts
    package let dataRights: DataRights
    package let addressChanges: AddressChanges

    package init(
      registrations: Registrations, logins: Logins, sessions: Sessions,
      confirmations: Confirmations, recoveries: Recoveries, passwordChanges: PasswordChanges,
      portal: Portal, devices: Devices, declaredTexts: DeclaredTexts, declarations: Declarations,
      contracts: Contracts, dataRights: DataRights, addressChanges: AddressChanges
    ) {
      self.registrations = registrations
      self.logins = logins
      self.sessions = sessions
      self.confirmations = confirmations
      self.recoveries = recoveries
      self.passwordChanges = passwordChanges
      self.portal = portal
      self.devices = devices
      self.declaredTexts = declaredTexts
      self.declarations = declarations
      self.contracts = contracts
      self.dataRights = dataRights
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
    let clientAddress = ClientAddress(proxies: address.proxies)
    addRegistrationRoutes(to: router, clientAddress)
    addRecoveryRoutes(to: router, clientAddress)
    addAccountRoutes(to: router, clientAddress)
    addAddressRoutes(to: router, clientAddress)
    addDemoRoutes(to: router)
    return router
  }

  // MARK: For everybody

  private func addPublicRoutes(to router: Router<SiteContext>) {
    let opening = OpeningScreen(site: site)
    router.get(.opening, use: opening.showOpening)
    router.get(.start, use: opening.showStart)
    for path in CustomerPath.allCases {
      guard let document = path.document else { continue }
      router.get(path) { _, context in try site.response(to: document, context) }
    }
    for path in site.assets.paths {
      router.get(RouterPath(path)) { _, _ in try site.asset(path) }
    }
    router.get(.changePassword) { _, _ in
      .redirect(to: CustomerPath.ownPassword.rawValue, type: .found)
    }
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

  // MARK: For who has forgotten the password

  private func addRecoveryRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let recover = RecoverScreen(
      site: site, recoveries: desks.recoveries, clientAddress: clientAddress)
    router.get(.recovery, use: recover.show)
    router.post(.recovery, use: recover.submit)
    router.get(.recoverPassword, use: recover.showPassword)
    router.post(.recoverPassword, use: recover.submitPassword)
    router.post(.resendRecoveryCode, use: recover.resend)
  }

  // MARK: For who has an account

  private func addAccountRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let door = AccountDoor(
      site: site, sessions: desks.sessions, declarations: desks.declarations)

    let logIn = LogInScreen(
      site: site, logins: desks.logins, sessions: desks.sessions, limits: limits,
      clientAddress: clientAddress)
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

    let password = OwnPasswordScreen(site: site, passwordChanges: desks.passwordChanges)
    router.get(.ownPassword, use: door.openConfirmed(password.show))
    router.post(
      .ownPassword, use: door.openConfirmed(password.submit, whenEnded: password.repeated))

    let devices = DevicesScreen(site: site, devices: desks.devices)
    router.get(.devices, use: door.openConfirmed(devices.show))
    router.post(.endSessions, use: door.openConfirmed(devices.end))
    addLedgerRoutes(to: router, door)
  }

  /// What was declared and agreed, and the customer's rights to their data.
  private func addLedgerRoutes(to router: Router<SiteContext>, _ door: AccountDoor) {
    let declarations = DeclarationsScreen(site: site, declarations: desks.declarations)
    router.get(.declarations, use: door.openConfirmed(declarations.show))
    router.post(.declarations, use: door.openConfirmed(declarations.submit))

    let accept = AcceptDocumentsScreen(site: site, declarations: desks.declarations)
    router.get(.acceptDocuments, use: door.openBeforeAcceptance(accept.show))
    router.post(.acceptDocuments, use: door.openBeforeAcceptance(accept.submit))

    let contract = ContractScreen(site: site, contracts: desks.contracts)
    router.get(.myContract, use: door.openBeforeAcceptance(contract.show))
    router.get(.contractFile, use: door.openBeforeAcceptance(contract.download))

    let end = EndContractScreen(site: site, contracts: desks.contracts)
    router.get(.endContract, use: door.openBeforeAcceptance(end.show))
    router.post(.endContract, use: door.openBeforeAcceptance(end.submit))

    let rights = DataRightsScreen(site: site, rights: desks.dataRights, limits: limits)
    router.get(.dataRights, use: door.openBeforeAcceptance(rights.show))
    router.post(.dataRights, use: door.openBeforeAcceptance(rights.submit))
  }

  private func addAddressRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let door = AccountDoor(
      site: site, sessions: desks.sessions, declarations: desks.declarations)
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
