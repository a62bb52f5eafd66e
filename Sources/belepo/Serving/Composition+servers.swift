internal import Accounts
internal import Cryptography
internal import CustomerSite
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Metrics
internal import Outbox
internal import Pages
internal import Persistence
internal import PersistencePostgres
internal import Prometheus
internal import ServiceLifecycle
internal import WebServer

/// The listeners: the customers', and the one of whoever watches the program.
extension Composition {
  /// The customers' connections, so many that files are left for the database, for gateways and for
  /// whoever asks how the program is.
  var connections: Connections {
    let wanted = settings.count(.httpConnections)
    let most = OpenFiles.most(besides: OpenFiles.kept, wanted: wanted)
    if most < wanted {
      logger.warning(
        "this process may open too few files for http.connections",
        metadata: [
          "event": "few_files", "wanted": .stringConvertible(wanted),
          "connections": .stringConvertible(most),
        ])
    }
    return Connections(
      most: most, perNetwork: settings.count(.httpConnectionsPerAddress), proxies: proxies)
  }

  var proxies: Set<String> {
    Set(Setting.addresses(settings.text(.trustedProxies) ?? ""))
  }

  func application(
    _ site: CustomerSite, _ readiness: Readiness, _ connections: Connections
  ) throws -> Application<RouterResponder<SiteContext>> {
    let address = siteAddress(of: settings.publicURL)
    return Application(
      router: site.router(
        at: address, meters: RequestMeters(registry), tracer: tracer,
        outage: Composition.outage),
      server: .patient(
        settings.patience, connections,
        refusals: counted(try site.refusals(isSecure: address.isSecure))),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.checkedText(.httpHost), port: settings.count(.httpPort)),
        serverName: nil, backlog: 1024),
      onServerRunning: { _ in
        readiness.open()
        if isDemo { StandardError.write(greeting) }
      },
      logger: logger)
  }

  func siteAddress(of url: URL) -> SiteAddress { SiteAddress(of: url, proxies: proxies) }

  /// The answers to what is no request, counted.
  private func counted(_ refusals: @escaping Refusal.Making) -> Refusal.Making {
    { [registry] status in
      Counter(
        label: MetricHelp.refusedRequests,
        dimensions: [("http_response_status_code", String(status.code))], factory: registry
      ).increment()
      return refusals(status)
    }
  }

  /// What the store's faults mean for a customer who waits for a page.
  static let outage: @Sendable (any Error) -> Outage? = { error in
    switch error as? StoreFault {
    case .outcomeUnknown: .outcomeUnknown
    case .busy, .unavailable, .damaged: .outOfOrder
    case nil: (error as? RegisterUnavailable).map { .awayFor(seconds: $0.retryAfterSeconds) }
    }
  }

  private var greeting: String {
    Demo.greeting(
      port: settings.checkedText(.httpPort), managementPort: settings.checkedText(.managementPort))
  }

  var registerAge: RegisterAge { RegisterAge(store: store, now: now) }

  /// - Parameters:
  ///   - connections: the customers', to be counted; a dispatcher has none
  ///   - registerAge: nothing that a dispatcher needs
  ///   - register: the insurer's own service, if there is one
  ///   - portalSessions: nothing that a dispatcher needs, either
  func management(
    _ readiness: Readiness, _ keys: SecretKeys, of connections: Connections?,
    _ registerAge: RegisterAge?, _ register: RegisterConnection?,
    _ portalSessions: PortalSessions?
  ) -> some Service {
    let management = Management(
      readiness: readiness, database: database, registry: registry,
      figures: Figures(
        readiness: readiness, database: database, connections: connections,
        hashing: connections == nil ? nil : hashing,
        outbox: OutboxOperations(store: store, now: now), registerAge: registerAge,
        register: register, spans: spans),
      reports: reports(keys), registerAge: registerAge, portalSessions: portalSessions,
      logger: logger)
    // A dispatcher's: nothing else has to listen.
    let hasNoSite = connections == nil
    return Application(
      router: management.router,
      server: .patient(
        Patience(idle: .seconds(10), request: .seconds(5), answer: .seconds(10)),
        Connections(most: Management.connections, perNetwork: Management.connections),
        refusals: Management.refusal),
      configuration: ApplicationConfiguration(
        address: .hostname(
          settings.checkedText(.managementHost), port: settings.count(.managementPort)),
        serverName: nil),
      onServerRunning: { _ in if hasNoSite { readiness.open() } },
      logger: logger)
  }
}
