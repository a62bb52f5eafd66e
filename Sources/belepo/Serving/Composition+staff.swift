internal import Accounts
internal import Domain
internal import Hummingbird
internal import NIOCore
internal import Pages
internal import ServiceLifecycle
internal import StaffSite
internal import WebServer

/// The staff's site, beside the customers' in one program (D 14).
extension Composition {
  /// The staff's connections: few people, each with a browser.
  private static let staffConnections = 256

  /// The staff's site on its own listener, if it has a port (D 14).
  func staffApplication(_ world: World) throws -> [any Service] {
    guard settings.text(.staffPort) != nil else { return [] }
    let passwords = try passwords(.modern)
    let site = StaffSite(
      site: try Site(
        brand: brand, isDemo: isDemo, keys: world.keys, templateFolders: [StaffSite.templates],
        traits: .staff, style: StaffSite.style),
      services: StaffSite.Services(world: world, passwords: passwords))
    let address = siteAddress(of: settings.staffPublicURL)
    let demo = isDemo ? DemoStaff(world: world, passwords: passwords) : nil
    let application = Application(
      router: site.router(at: address, tracer: tracer, outage: Composition.outage),
      server: .patient(
        settings.patience,
        Connections(
          most: Composition.staffConnections, perNetwork: Composition.staffConnections,
          proxies: proxies),
        refusals: try site.refusals(isSecure: address.isSecure)),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.checkedText(.staffHost), port: settings.count(.staffPort)),
        serverName: nil),
      onServerRunning: { channel in
        guard let demo else { return }
        await demo.greet(port: channel.localAddress?.port ?? 0)
      },
      logger: logger)
    return [application]
  }
}
