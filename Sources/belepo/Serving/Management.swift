internal import Accounts
internal import Hummingbird
internal import Persistence
internal import PersistencePostgres

/// What the machines around ask: is it alive, is it ready, how much does it do? On a port of its
/// own.
struct Management: Sendable {
  let readiness: Readiness
  let database: OpenedDatabase

  private var store: any Store { database.store }

  var router: Router<BasicRequestContext> {
    let router = Router()
    // The process answers, whatever else is broken.
    router.get("/livez") { _, _ in "ok\n" }
    router.get("/readyz") { _, _ in
      guard readiness.isReady, await storeAnswers() else {
        return Response(
          status: .serviceUnavailable, body: .init(byteBuffer: .init(string: "not ready\n")))
      }
      return Response(status: .ok, body: .init(byteBuffer: .init(string: "ok\n")))
    }
    router.get("/metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: .init(string: metrics)))
    }
    return router
  }

  /// Counters in Prometheus' text form.
  private var metrics: String {
    var counters = [
      ("belepo_ready", "Whether requests may be sent here.", readiness.isReady ? 1 : 0)
    ]
    if case .postgres(let store, _) = database {
      let total = store.traffic.total
      counters += [
        (
          "belepo_database_statements_total",
          "Statements sent to PostgreSQL, beginnings and ends of transactions among them.",
          total.statements
        ),
        (
          "belepo_database_round_trips_total", "Times that PostgreSQL was waited for.",
          total.roundTrips
        ),
      ]
    }
    return counters.map { name, help, value in
      let type = name.hasSuffix("_total") ? "counter" : "gauge"
      return "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n"
    }.joined()
  }

  /// The backlog of messages is no reason to be taken out of service; the database is.
  private func storeAnswers() async -> Bool {
    do { return try await Schema.belepo.fit(of: store) == .fits } catch { return false }
  }
}
