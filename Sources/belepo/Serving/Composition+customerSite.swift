internal import Accounts
internal import Cryptography
internal import CustomerSite
internal import Domain
internal import Foundation
internal import Outbox
internal import Pages

/// The customers' site, and the session that a portal behind it asks for.
extension Composition {
  func customerSite(
    _ world: World, _ catcher: Catcher?
  ) throws -> CustomerSite {
    let passwords = try passwords(
      PasswordPolicy(rawValue: settings.checkedText(.passwordPolicy)) ?? .insurer)
    let services = CustomerSite.Services(
      registrations: Registrations(world: world, passwords: passwords),
      logins: Logins(world: world, passwords: passwords), sessions: Sessions(world: world),
      confirmations: Confirmations(world: world, passwords: passwords),
      recoveries: Recoveries(world: world, passwords: passwords),
      passwordChanges: PasswordChanges(world: world, passwords: passwords),
      portalHome: PortalHome(world: world), devices: Devices(world: world),
      declaredTexts: world.declaredTexts, declarations: Declarations(world: world),
      contracts: Contracts(world: world, passwords: passwords),
      dataRights: DataRights(world: world, passwords: passwords),
      addressChanges: AddressChanges(world: world, passwords: passwords),
      stepUps: StepUps(world: world))
    let site = try Site(
      brand: brand, isDemo: isDemo, keys: world.keys, templateFolders: [CustomerSite.templates],
      origin: siteAddress(of: settings.publicURL).origin)
    return CustomerSite(
      site: site, services: services, limits: world.limits, catcher: catcher,
      returnPlaces: returnPlaces)
  }

  private var returnPlaces: ReturnPlaces {
    ReturnPlaces(prefixes: ReturnPlaces.prefixes(settings.text(.portalPaths) ?? ""))
  }

  /// What a proxy in front of the insurer's own portal asks; `nil` without a key for it.
  func portalSessions(_ world: World) throws -> PortalSessions? {
    guard let list = settings.text(.portalKey) else { return nil }
    return PortalSessions(
      sessions: Sessions(world: world), keys: try SecretKeys(list: list), places: returnPlaces,
      publicURL: settings.publicURL, now: now)
  }
}
