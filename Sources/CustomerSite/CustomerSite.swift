package import Accounts
package import Domain
package import Foundation
internal import HTTPTypes
package import Hummingbird
package import Outbox
package import Pages
internal import QRCodes
package import Traces
package import WebServer
internal import Wording

/// The customers' site: its route table is its table of contents.
package struct CustomerSite: Sendable {
  private let site: Site
  private let services: Services
  private let limits: Limits
  private let catcher: Catcher?
  private let returnPlaces: ReturnPlaces

  /// What the pages call: one method for each button.
  package struct Services: Sendable {
    package let registrations: Registrations
    package let logins: Logins
    package let sessions: Sessions
    package let confirmations: Confirmations
    package let recoveries: Recoveries
    package let passwordChanges: PasswordChanges
    package let portalHome: PortalHome
    package let devices: Devices
    package let declaredTexts: DeclaredTexts
    package let declarations: Declarations
    package let contracts: Contracts
    package let dataRights: DataRights
    package let addressChanges: AddressChanges
    package let stepUps: StepUps

    package init(
      registrations: Registrations, logins: Logins, sessions: Sessions,
      confirmations: Confirmations, recoveries: Recoveries, passwordChanges: PasswordChanges,
      portalHome: PortalHome, devices: Devices, declaredTexts: DeclaredTexts,
      declarations: Declarations,
      contracts: Contracts, dataRights: DataRights, addressChanges: AddressChanges,
      stepUps: StepUps
    ) {
      self.registrations = registrations
      self.logins = logins
      self.sessions = sessions
      self.confirmations = confirmations
      self.recoveries = recoveries
      self.passwordChanges = passwordChanges
      self.portalHome = portalHome
      self.devices = devices
      self.declaredTexts = declaredTexts
      self.declarations = declarations
      self.contracts = contracts
      self.dataRights = dataRights
      self.addressChanges = addressChanges
      self.stepUps = stepUps
    }
  }

  /// - Parameters:
  ///   - catcher: where the demo's messages are; `nil` outside the demo, which has none of its
  ///     pages
  ///   - returnPlaces: where a customer may be sent back to after the login
  package init(
    site: Site, services: Services, limits: Limits, catcher: Catcher?,
    returnPlaces: ReturnPlaces = ReturnPlaces()
  ) {
    self.returnPlaces = returnPlaces
    self.site = site
    self.services = services
    self.limits = limits
    self.catcher = catcher
  }

  /// Where the site's templates are.
  package static let templates = Bundle.module.bundleURL.appendingPathComponent("Templates")

  package typealias Address = SiteAddress

  /// The whole site as a router.
  ///
  /// - Parameters:
  ///   - meters: what counts its requests
  ///   - tracer: what records them
  ///   - outage: what an error means when a component is out of order
  package func router(
    at address: Address, meters: RequestMeters = .none, tracer: Tracer = .off,
    outage: @escaping @Sendable (any Error) -> Outage?
  ) -> Router<SiteContext> {
    let router = site.guardedRouter(
      at: address, meters: meters, tracer: tracer, allowedMethods: allowedMethods, outage: outage)
    addPublicRoutes(to: router, address.origin)
    let clientAddress = ClientAddress(proxies: address.proxies)
    addRegistrationRoutes(to: router, clientAddress)
    addRecoveryRoutes(to: router, clientAddress)
    addAccountRoutes(to: router, clientAddress)
    addAddressRoutes(to: router, clientAddress)
    addDemoRoutes(to: router)
    return router
  }

  /// The page for what never became a request.
  ///
  /// - Throws: when the page cannot be made.
  package func refusals(isSecure: Bool) throws -> Refusal.Making {
    try site.refusals(isSecure: isSecure)
  }

  // MARK: For everybody

  private func addPublicRoutes(to router: Router<SiteContext>, _ origin: String) {
    let opening = OpeningScreen(
      site: site, code: QRCode(origin + CustomerPath.start.rawValue))
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

  // MARK: Registration

  private func addRegistrationRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let access = RegistrationAccess(site: site, registrations: services.registrations)
    let registrations = services.registrations

    let identify = IdentifyScreen(
      site: site, registrations: registrations, limits: limits, clientAddress: clientAddress)
    router.get(.identify, use: identify.show)
    router.post(.identify, use: identify.submit)

    let enterCode = EnterCodeScreen(
      site: site, registrations: registrations, limits: limits, clientAddress: clientAddress)
    router.get(.enterCode, use: access.underWay(enterCode.show))
    router.post(.enterCode, use: access.withToken(enterCode.submit))
    router.post(.resendCode, use: access.underWay(enterCode.resend))

    let contact = ContactScreen(
      site: site, registrations: registrations, declaredTexts: services.declaredTexts)
    router.get(.contact, use: access.underWay(contact.show))
    router.post(.contact, use: access.underWay(contact.submit))

    let password = ChoosePasswordScreen(site: site, registrations: registrations)
    router.get(.choosePassword, use: access.underWay(password.show))
    router.post(.choosePassword, use: access.underWay(password.submit))

    router.get(.success, use: access.underWay(SuccessScreen(site: site).show))
  }

  // MARK: Forgotten password

  private func addRecoveryRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let recover = RecoverScreen(
      site: site, recoveries: services.recoveries, clientAddress: clientAddress)
    router.get(.recovery, use: recover.show)
    router.post(.recovery, use: recover.submit)
    router.get(.recoverPassword, use: recover.showPassword)
    router.post(.recoverPassword, use: recover.submitPassword)
    router.post(.resendRecoveryCode, use: recover.resend)
  }

  // MARK: Account

  private func addAccountRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let access = AccountAccess(
      site: site, sessions: services.sessions, declarations: services.declarations)

    let logIn = LogInScreen(
      site: site, logins: services.logins, sessions: services.sessions, limits: limits,
      clientAddress: clientAddress, returnPlaces: returnPlaces)
    router.get(.logIn, use: logIn.show)
    router.post(.logIn, use: logIn.submit)
    router.post(.logOut, use: logIn.logOut)
    let timeLimit = TimeLimitScreen(
      site: site, sessions: services.sessions, registrations: services.registrations)
    router.get(.timeLimit, use: timeLimit.show)
    router.post(.timeLimit, use: timeLimit.extend)
    let logInCode = LogInCodeScreen(
      site: site, logins: services.logins, sessions: services.sessions, limits: limits,
      clientAddress: clientAddress, returnPlaces: returnPlaces)
    router.get(.logInCode, use: logInCode.show)
    router.post(.logInCode, use: logInCode.submit)

    let confirm = ConfirmEmailScreen(
      site: site, confirmations: services.confirmations, returnPlaces: returnPlaces)
    router.get(.confirmEmail, use: access.loggedIn(confirm.show))
    router.post(.confirmEmail, use: access.loggedIn(confirm.submit))
    router.post(.resendEmailCode, use: access.loggedIn(confirm.resend))
    router.get(.correctEmail, use: access.loggedIn(confirm.showCorrection))
    router.post(.correctEmail, use: access.loggedIn(confirm.submitCorrection))

    let home = HomeScreen(site: site, portalHome: services.portalHome)
    router.get(.home, use: access.confirmed(home.show))

    let password = OwnPasswordScreen(site: site, passwordChanges: services.passwordChanges)
    router.get(.ownPassword, use: access.confirmed(password.show))
    router.post(
      .ownPassword, use: access.confirmed(password.submit, whenEnded: password.repeated))

    let devices = DevicesScreen(site: site, devices: services.devices)
    router.get(.devices, use: access.confirmed(devices.show))
    router.post(.endSessions, use: access.confirmed(devices.end))

    let stepUp = StepUpScreen(
      site: site, stepUps: services.stepUps, limits: limits, clientAddress: clientAddress)
    router.get(.stepUp, use: access.beforeAcceptance(stepUp.show))
    router.post(
      .stepUp, use: access.beforeAcceptance(stepUp.submit, whenEnded: stepUp.repeated))
    router.post(.sendStepUpCode, use: access.beforeAcceptance(stepUp.send))
    addLedgerRoutes(to: router, access)
  }

  /// What was declared and agreed, and customers' rights to their data.
  private func addLedgerRoutes(to router: Router<SiteContext>, _ access: AccountAccess) {
    let declarations = DeclarationsScreen(site: site, declarations: services.declarations)
    router.get(.declarations, use: access.confirmed(declarations.show))
    router.post(.declarations, use: access.confirmed(declarations.submit))

    let accept = AcceptDocumentsScreen(site: site, declarations: services.declarations)
    router.get(.acceptDocuments, use: access.beforeAcceptance(accept.show))
    router.post(.acceptDocuments, use: access.beforeAcceptance(accept.submit))

    let contract = ContractScreen(site: site, contracts: services.contracts)
    router.get(.myContract, use: access.beforeAcceptance(contract.show))
    router.get(.contractFile, use: access.beforeAcceptance(contract.download))

    let end = EndContractScreen(site: site, contracts: services.contracts)
    router.get(.endContract, use: access.beforeAcceptance(end.show))
    router.post(.endContract, use: access.beforeAcceptance(end.submit))

    let rights = DataRightsScreen(site: site, rights: services.dataRights, limits: limits)
    router.get(.dataRights, use: access.beforeAcceptance(rights.show))
    router.post(.dataRights, use: access.beforeAcceptance(rights.submit))
  }

  private func addAddressRoutes(
    to router: Router<SiteContext>, _ clientAddress: ClientAddress
  ) {
    let access = AccountAccess(
      site: site, sessions: services.sessions, declarations: services.declarations)
    let changes = services.addressChanges
    let profile = ProfileScreen(site: site, addressChanges: changes)
    router.get(.profile, use: access.confirmed(profile.show))

    for purpose in AddressChanges.Purpose.allCases {
      let change = ChangeAddressScreen(site: site, addressChanges: changes, purpose: purpose)
      router.get(purpose.path, use: access.confirmed(change.show))
      router.post(purpose.path, use: access.confirmed(change.submit))
      let confirm = ConfirmAddressScreen(site: site, addressChanges: changes, purpose: purpose)
      router.get(purpose.codePath, use: access.confirmed(confirm.show))
      router.post(purpose.codePath, use: access.confirmed(confirm.submit))
      router.post(purpose.resendPath, use: access.confirmed(confirm.resend))
    }

    let undo = UndoUserNameScreen(
      site: site, addressChanges: changes, clientAddress: clientAddress)
    router.get(.undoUserName, use: undo.show)
    router.post(.undoUserName, use: undo.submit)
  }

  // MARK: Demo

  private func addDemoRoutes(to router: Router<SiteContext>) {
    guard let catcher else { return }
    let demo = DemoScreen(site: site, catcher: catcher)
    router.get(RouterPath(DemoScreen.path), use: demo.show)
    router.get(RouterPath(DemoScreen.path + ".json"), use: demo.showJSON)
    router.get(RouterPath(DemoScreen.elementsPath), use: demo.showElements)
  }

  private func allowedMethods(of path: String) -> [HTTPRequest.Method] {
    if let path = CustomerPath(rawValue: path) { return path.methods }
    let isDemo =
      [DemoScreen.path, DemoScreen.path + ".json", DemoScreen.elementsPath].contains(path)
    return site.assets.paths.contains(path) || (isDemo && catcher != nil) ? [.get, .head] : []
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
