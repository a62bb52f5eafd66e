internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Synchronization

/// Asks a gateway by HTTP, and knows afterwards whether it can have heard the question.
///
/// A certificate must be valid for the host, redirects are not followed (ASVS 15.3.2), and an
/// answer is read only so far.
package struct HTTPExchange: Sendable {
  /// What came of a request.
  enum Outcome: Sendable {
    /// The gateway's answer; its body may have been cut.
    case answer(Answer)
    /// The request was not sent: the gateway knows nothing.
    case notSent(String)
    /// The request was sent, and nothing that can be understood came back.
    case noAnswer(String)
  }

  struct Answer: Sendable {
    let status: Int
    let retryAfterSeconds: Int?
    let body: [UInt8]
    /// Whether the body came to its end within time and bounds.
    let isWhole: Bool
  }

  /// Bytes that are read of an answer (attack 85).
  static let longestBody = 65_536
  /// A connection that has been silent for so long may have been closed by the other side
  /// meanwhile: a request on it would be lost, and nobody would know.
  private static let idleSeconds: Int64 = 2

  private let client: HTTPClient
  private let seconds: Int

  /// - Parameters:
  ///   - seconds: the longest time that a request may take, connecting and all
  ///   - connections: at a time
  ///   - authorities: a PEM file with authorities that are believed besides the system's
  package init(seconds: Int, connections: Int, authorities: String?) {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let authorities { tls.additionalTrustRoots = [.file(authorities)] }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(Int64(seconds)), read: .seconds(Int64(seconds))),
      connectionPool: .init(idleTimeout: .seconds(HTTPExchange.idleSeconds)))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    // The dispatcher has pauses of its own.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(
      eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup),
      configuration: configuration)
    self.seconds = seconds
  }

  /// Ends all connections; nothing can be asked any more.
  package func close() async throws {
    try await client.shutdown()
  }

  func send(_ request: HTTPClient.Request) async -> Outcome {
    let listener = Listener()
    let task = client.execute(
      request: request, delegate: listener, deadline: .now() + .seconds(Int64(seconds)))
    do {
      try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        task.cancel()
      }
    } catch {
      return listener.outcome(after: error)
    }
    return listener.outcome(after: nil)
  }
}

/// Hears how far a request has come.
private final class Listener: HTTPClientResponseDelegate {
  typealias Response = Void

  private struct TooLong: Error {}

  private struct State {
    var isSent = false
    var head: HTTPResponseHead?
    var body: [UInt8] = []
  }

  private let state = Mutex(State())

  func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
    state.withLock { $0.isSent = true }
  }

  func didReceiveHead(
    task: HTTPClient.Task<Void>, _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    state.withLock { $0.head = head }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<Void>, _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    let isTooLong = state.withLock { state in
      let room = HTTPExchange.longestBody - state.body.count
      state.body += buffer.readableBytesView.prefix(room)
      return buffer.readableBytes > room
    }
    return isTooLong
      ? task.eventLoop.makeFailedFuture(TooLong()) : task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

  func outcome(after error: (any Error)?) -> HTTPExchange.Outcome {
    state.withLock { state in
      if let head = state.head {
        return .answer(
          HTTPExchange.Answer(
            status: Int(head.status.code), retryAfterSeconds: head.headers.retryAfterSeconds,
            body: state.body, isWhole: error == nil))
      }
      let problem = error.map { "\($0)" } ?? "no answer"
      return state.isSent ? .noAnswer(problem) : .notSent(problem)
    }
  }
}

extension HTTPHeaders {
  /// `Retry-After` in seconds; a date says too little of another clock's now.
  fileprivate var retryAfterSeconds: Int? {
    first(name: "Retry-After").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }
}
