internal import Accounts
internal import Hummingbird
internal import Logging
internal import Outbox
internal import Persistence
internal import PersistencePostgres
internal import Prometheus

/// What the machines around ask and tell: is it alive, is it ready, how much does it do, has that
/// SMS arrived? On a port of its own.
struct Management: Sendable {
  let readiness: Readiness
  let database: OpenedDatabase
  let registry: PrometheusRegistry
  let outbox: OutboxDesk
  let reports: DeliveryReports
  let logger: Logger

  private var store: any Store { database.store }

  var router: Router<BasicRequestContext> {
    let router = Router()
    // The process answers, whatever else is broken.
    router.get("/livez") { _, _ in "ok\n" }
    router.get("/readyz") { _, _ in
      guard readiness.isReady, await storeAnswers() else {
        return Management.answer(.serviceUnavailable, "not ready\n")
      }
      return Management.answer(.ok, "ok\n")
    }
    router.get("/metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: .init(string: registry.text(with: await samples()))))
    }
    // A gateway tells by GET; other providers by POST, with the same in the address.
    router.get("/receipts/sms/:message/:secret", use: receive)
    router.post("/receipts/sms/:message/:secret", use: receive)
    return router
  }

  private static func answer(_ status: HTTPResponse.Status, _ words: String) -> Response {
    Response(status: status, body: .init(byteBuffer: .init(string: words)))
  }

  // MARK: Delivery reports

  @Sendable private func receive(
    _ request: Request, _ context: BasicRequestContext
  ) async throws -> Response {
    guard let message = context.parameters.get("message").flatMap({ Int64($0) }),
      let secret = context.parameters.get("secret"),
      let report = request.uri.queryParameters["state"].flatMap({
        DeliveryReports.Report(String($0))
      })
    else { return Management.answer(.badRequest, "no report\n") }
    switch try await reports.receive(report, of: message, secret: secret) {
    case .noted: return Management.answer(.ok, "noted\n")
    case .forged:
      logger.warning(
        "a report of a delivery has the wrong secret", metadata: ["event": "receipt_forged"])
      return Management.answer(.forbidden, "wrong secret\n")
    case .unknown: return Management.answer(.notFound, "no such message\n")
    }
  }

  // MARK: Metrics

  /// What is known only when somebody asks.
  private func samples() async -> [PrometheusSample] {
    var samples = [
      PrometheusSample(
        "belepo_ready", "Whether requests may be sent here.", value: readiness.isReady ? 1 : 0)
    ]
    if case .postgres(let store, _) = database {
      let total = store.traffic.total
      samples += [
        PrometheusSample(
          "belepo_database_statements_total",
          "Statements sent to PostgreSQL, beginnings and ends of transactions among them.",
          type: .counter, value: Double(total.statements)),
        PrometheusSample(
          "belepo_database_round_trips_total", "Times that PostgreSQL was waited for.",
          type: .counter, value: Double(total.roundTrips)),
      ]
    }
    // Without the database the rest is still worth telling.
    let waiting = (try? await outbox.waiting()) ?? []
    return samples
      + waiting.flatMap { waiting in
        let channel = ("channel", waiting.channel.rawValue)
        return [
          PrometheusSample(
            "belepo_messages", "Messages that wait, by channel and state.",
            labels: [channel, ("state", "queued")], value: Double(waiting.queued)),
          PrometheusSample(
            "belepo_messages", "Messages that wait, by channel and state.",
            labels: [channel, ("state", "leased")], value: Double(waiting.leased)),
          PrometheusSample(
            "belepo_message_oldest_seconds", "Age of the oldest message that waits.",
            labels: [channel], value: waiting.oldestSeconds),
        ]
      }
  }

  /// The backlog of messages is no reason to be taken out of service; the database is.
  private func storeAnswers() async -> Bool {
    do { return try await Schema.belepo.fit(of: store) == .fits } catch { return false }
  }
}
