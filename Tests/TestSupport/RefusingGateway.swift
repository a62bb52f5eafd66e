internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdTesting
internal import NIOCore

/// An SMS gateway on this machine, which refuses whatever it is asked.
package struct RefusingGateway: Sendable {
  /// What it says to a refusal.
  package enum Words: Hashable, Sendable {
    case these(String)
    /// The whole request, as some gateways repeat it.
    case theRequest
  }

  package struct NoPort: Error {}

  private let status: HTTPResponse.Status
  private let words: Words

  package init(status: Int, words: Words) {
    self.status = HTTPResponse.Status(code: status)
    self.words = words
  }

  /// Listens while a story goes on.
  package func listen<Result: Sendable>(
    _ story: @escaping @Sendable (_ url: String) async throws -> Result
  ) async throws -> Result {
    let router = Router()
    router.get("/send") { request, _ in try await refusal(of: request) }
    router.post("/send") { request, _ in try await refusal(of: request) }
    return try await Application(router: router, logger: Props.logger).test(.live) { client in
      guard let port = client.port else { throw NoPort() }
      return try await story("http://127.0.0.1:\(port)/send")
    }
  }

  private func refusal(of request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: 1 << 16)
    let said =
      switch words {
      case .these(let words): words
      case .theRequest:
        "refused: \(request.uri) \(String(decoding: body.readableBytesView, as: UTF8.self))"
      }
    return Response(status: status, body: .init(byteBuffer: .init(string: said)))
  }
}
