package import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import Synchronization

/// Sends a gateway or a service a request by HTTP, and then knows whether it may have been
/// received.
///
/// A certificate must be valid for the host, redirects are not followed (ASVS 15.3.2), and only a
/// limited part of an answer is read.
package struct HTTPExchange: Sendable {
  /// The result of a request.
  package enum Outcome: Sendable {
    /// The gateway's answer; its body may have been cut.
    case answer(Answer)
    /// The request was not sent: the gateway knows nothing.
    case notSent(String)
    /// The request was sent, but no usable answer came back.
    case noAnswer(String)
  }

  package struct Answer: Sendable {
    package let status: Int
    package let retryAfterSeconds: Int?
    package let body: [UInt8]
    /// Whether the whole body arrived within the limits of time and size.
    package let isWhole: Bool
  }

  /// The most bytes of an answer that are read (attack 85).
  static let longestBody = 65_536
  /// A connection that has been idle for this long may have been closed by the other side: a
  /// request on it would be lost, and nobody would know.
  private static let idleSeconds: Int64 = 2

  private let client: HTTPClient
  private let seconds: Int

  /// - Parameters:
  ///   - seconds: the longest time that a request may take, including connecting
  ///   - connections: at a time
  ///   - authorities: a PEM file with authorities that are trusted besides the system's
  ///   - identity: what proves to the other side who asks, where it wants to know
  package init(
    seconds: Int, connections: Int, authorities: String?, identity: Identity? = nil
  ) {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let authorities { tls.additionalTrustRoots = [.file(authorities)] }
    if let identity {
      tls.certificateChain = identity.chain.map { .certificate($0) }
      tls.privateKey = .privateKey(identity.key)
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(Int64(seconds)), read: .seconds(Int64(seconds))),
      connectionPool: .init(idleTimeout: .seconds(HTTPExchange.idleSeconds)))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
    // The dispatcher makes its own pauses.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(
      eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup),
      configuration: configuration)
    self.seconds = seconds
  }

  /// Closes all connections; no more requests are possible.
  package func close() async throws {
    try await client.shutdown()
  }

  /// Asks for what is at an address; nil if the address makes no request.
  package func get(_ url: String) async -> Outcome? {
    let headers: HTTPHeaders = ["Accept": "application/json"]
    guard let request = try? HTTPClient.Request(url: url, method: .GET, headers: headers) else {
      return nil
    }
    return await send(request)
  }

  /// Hands over JSON at an address; nil if the address makes no request.
  package func post(
    _ json: [UInt8], to url: String, headers: [(name: String, value: String)]
  ) async -> Outcome? {
    var fields: HTTPHeaders = ["Content-Type": "application/json"]
    for (name, value) in headers { fields.replaceOrAdd(name: name, value: value) }
    guard
      let request = try? HTTPClient.Request(
        url: url, method: .POST, headers: fields, body: .bytes(json))
    else { return nil }
    return await send(request)
  }

  package func send(_ request: HTTPClient.Request) async -> Outcome {
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

extension HTTPExchange {
  /// A certificate of ours with its key.
  package struct Identity: Sendable {
    fileprivate let chain: [NIOSSLCertificate]
    fileprivate let key: NIOSSLPrivateKey

    /// - Throws: what is wrong with one of the PEM files.
    package init(certificateFile: String, keyFile: String) throws {
      chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
      key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
    }
  }
}

/// Records how far a request has come.
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
  fileprivate var retryAfterSeconds: Int? {
    first(name: "Retry-After").flatMap { RetryAfter.seconds(in: $0) }
  }
}
