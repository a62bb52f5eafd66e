package import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1

extension HTTPServerBuilder {
  /// HTTP/1.1 as Hummingbird speaks it, with an end to everybody's patience: with slow and endless
  /// requests, with answers that nobody reads, and with too many connections.
  package static func patient(
    _ patience: Patience, _ connections: Connections, refusals: @escaping Refusal.Making
  ) -> HTTPServerBuilder {
    HTTPServerBuilder { responder in
      PatientHTTP1(
        http: HTTP1Channel(
          responder: responder,
          configuration: .init(
            idleTimeout: patience.idle,
            httpDecoderConfiguration: .init(
              maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64))),
        patience: patience, connections: connections, refusals: refusals)
    }
  }
}

/// Hummingbird's channel with two handlers of ours: one before its decoder, one after.
private struct PatientHTTP1: ServerChildChannel {
  let http: HTTP1Channel
  let patience: Patience
  let connections: Connections
  let refusals: Refusal.Making

  struct Full: Error {}

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    guard connections.admit(channel) else {
      channel.close(promise: nil)
      return channel.eventLoop.makeFailedFuture(Full())
    }
    return http.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      let exchange = Exchange(patience: patience, connections: connections, refusals: refusals)
      try pipeline.addHandler(exchange, position: .after(decoder))
      try pipeline.addHandler(IncomingBytes(exchange), position: .first)
      return value
    }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await http.handle(value: value, logger: logger)
  }
}
