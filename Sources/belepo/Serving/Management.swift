internal import Accounts
internal import Hummingbird
internal import Persistence

/// What the machines around ask: is it alive, is it ready? On a port of its own.
struct Management: Sendable {
  let readiness: Readiness
  let store: any Store

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
    return router
  }

  /// The backlog of messages is no reason to be taken out of service; the database is.
  private func storeAnswers() async -> Bool {
    do { return try await Schema.belepo.fit(of: store) == .fits } catch { return false }
  }
}
