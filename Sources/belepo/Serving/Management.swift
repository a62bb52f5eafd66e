internal import Accounts
internal import DatabaseSchema
internal import Domain
internal import Hummingbird
internal import Logging
internal import Outbox
internal import Persistence
internal import PersistencePostgres
internal import Prometheus
internal import WebServer

/// What monitoring and gateways ask and report: is the program alive and ready, how busy is it, has
/// that SMS arrived? On a separate port.
struct Management: Sendable {
  let readiness: Readiness
  let database: OpenedDatabase
  let registry: PrometheusRegistry
  let figures: Figures
  let reports: DeliveryReports
  /// `nil` where nothing depends on the register.
  let registerAge: RegisterAge?
  /// `nil` without a portal of the insurer's behind our login.
  let portalSessions: PortalSessions?
  let logger: Logger

  /// The most connections of its own: those who ask are few, and of one house.
  static let connections = 64

  private var store: any Store { database.store }

  var router: Router<BasicRequestContext> {
    let router = Router(options: .autoGenerateHeadEndpoints)
    // The process answers, whatever else is broken.
    router.get("/livez") { _, _ in "ok\n" }
    router.get("/readyz") { _, _ in
      guard readiness.isReady, await storeAnswers() else {
        return Management.answer(.serviceUnavailable, "not ready\n")
      }
      if let registerAge, try await registerAge.state() == .missing {
        return Management.answer(
          .serviceUnavailable, "not ready: there is no register (belepo register import)\n")
      }
      return Management.answer(.ok, "ok\n")
    }
    router.get("/metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: .init(string: registry.text(with: await figures.samples()))))
    }
    if let portalSessions {
      router.get(RouterPath(PortalSessions.path), use: portalSessions.answer)
    }
    // Kannel reports by GET; other providers by POST, with the same URL.
    router.get("/receipts/sms/:message/:secret", use: receive)
    router.post("/receipts/sms/:message/:secret", use: receive)
    return router
  }

  private static func answer(_ status: HTTPResponse.Status, _ words: String) -> Response {
    Response(status: status, body: .init(byteBuffer: .init(string: words)))
  }

  /// The answer to what is no request.
  @Sendable static func refusal(_ status: HTTPResponse.Status) -> Refusal {
    Refusal(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: "\(status.reasonPhrase)\n")
  }

  // MARK: Delivery reports

  @Sendable private func receive(
    _ request: Request, _ context: BasicRequestContext
  ) async throws -> Response {
    let report = DeliveryReport(
      message: context.parameters.get("message"), secret: context.parameters.get("secret"),
      state: request.uri.queryParameters["state"].map { String($0) })
    guard let report else { return Management.answer(.badRequest, "no report\n") }
    let message = Message.ID(rawValue: report.message)
    switch try await reports.receive(report.state, of: message, secret: report.secret) {
    case .noted: return Management.answer(.ok, "noted\n")
    case .forged:
      logger.warning(
        "a report of a delivery has the wrong secret", metadata: ["event": "receipt_forged"])
      return Management.answer(.forbidden, "wrong secret\n")
    case .unknown: return Management.answer(.notFound, "no such message\n")
    }
  }

  /// A backlog of messages is no reason to be taken out of service; a missing database is.
  private func storeAnswers() async -> Bool {
    do { return try await Schema.belepo.fit(of: store) == .fits } catch { return false }
  }
}
