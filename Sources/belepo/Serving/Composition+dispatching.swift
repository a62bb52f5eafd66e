internal import Accounts
internal import Cryptography
internal import Foundation
internal import Outbox
internal import Persistence
internal import PersistencePostgres
internal import SMSGateways
internal import ServiceLifecycle

/// Who sends the messages, and what each engine needs besides.
extension Composition {
  func dispatching(
    _ keys: SecretKeys, _ catcher: Catcher?, _ register: RegisterConnection?,
    _ dispatchSignal: DispatchSignal
  ) throws -> [any Service] {
    let transports: MessageTransports =
      if let catcher {
        MessageTransports(routes: catcher.routes, connections: nil)
      } else {
        try MessageTransports(
          settings: settings, brand: brand, reportAddress: reportAddress(keys),
          portal: settings.publicURL, contractFile: contractFiles.file(version:), now: now)
      }
    let dispatcher = Dispatcher(
      routes: transports.routes, clearance: register?.copy.clearance(in: store, now: now),
      dispatchSignal: dispatchSignal,
      dependencies: .init(
        store: store, clock: ContinuousClock(), now: now,
        randomBytes: { RandomBytes.system($0) }, jitter: RandomBytes.fraction,
        metrics: registry, logger: logger, tracer: tracer))
    let connections: [any Service] = transports.connections.map { [$0] } ?? []
    return connections + [dispatcher]
  }

  /// Where a gateway reports what became of a message, if reports are configured.
  private func reportAddress(_ keys: SecretKeys) -> ReportAddress {
    guard let base = settings.text(.smsReceiptURL) else { return { _ in nil } }
    let listener = base.hasSuffix("/") ? String(base.dropLast()) : base
    let reports = reports(keys)
    return { listener + reports.path(of: $0) }
  }

  func reports(_ keys: SecretKeys) -> DeliveryReports {
    DeliveryReports(keys: keys, store: store, now: now)
  }

  /// What only the embedded database needs.
  var ofSQLite: [any Service] {
    guard case .sqlite(let store) = database, let steadyClock else { return [] }
    return [
      PeriodicJob.forgettingLog(store, logger), PeriodicJob.clockWatch(steadyClock, logger),
    ]
  }

  /// What only several instances on one database need.
  func ofPostgres(_ dispatchSignal: DispatchSignal) -> [any Service] {
    guard case .postgres(let store, let postgres) = database, let databaseClock else { return [] }
    let clock = PeriodicJob.clockRefresh(
      databaseClock, wallSeconds: { Date().timeIntervalSince1970 }, logger)
    // Behind a pooler in transaction mode there is no session that could listen.
    if postgres.isPooled { return [clock] }
    let listener = MessageListener(
      listener: Listener(postgres, channel: "message", besides: store),
      dispatchSignal: dispatchSignal, clock: ContinuousClock(), logger: logger)
    return [clock, listener]
  }
}
