internal import NIOCore

/// Sees a connection's bytes before they are understood: when a request begins, and what is not to
/// be understood any more.
final class IncomingBytes: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let exchange: Exchange

  init(_ exchange: Exchange) {
    self.exchange = exchange
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if exchange.takes(unwrapInboundIn(data)) { context.fireChannelRead(data) }
  }
}
