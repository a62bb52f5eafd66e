internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// Requests and answers on one connection, between HTTP's decoder and whoever answers.
///
/// It ends what takes too long, answers what never became a request, and closes a connection whose
/// request was answered before it was read: what follows would be read for nobody.
final class Exchange: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let patience: Patience
  private let connections: Connections
  private let refusals: Refusal.Making
  private let alarm = Alarm()
  private var context: ChannelHandlerContext?

  /// The requests whose heads were handed on and whose answers have not ended, the oldest first.
  private var due: [Due] = []
  private var reading = Reading.nothing
  /// Of the request that is being read.
  private var bytes = 0
  /// The length of its first line, which names its target; nothing while that has no end.
  private var line: Int?
  /// Why nothing more can be understood; answered when what came before it is.
  private var refusal: HTTPResponse.Status?
  /// Whether the last answer has been given: what still comes is thrown away.
  private var isEnding = false
  private var discarded = 0
  /// Whether somebody wanted to read meanwhile.
  private var isHoldingRead = false
  /// Answers that are on their way to the other end.
  private var unread = 0

  private struct Due {
    /// Whether the client wants no other answer on this connection.
    let isLast: Bool
    var isWhole = false
    /// Whether it waits for leave to send its body.
    var asksLeave: Bool
  }

  private enum Reading {
    case nothing
    case head
    case body
    /// What comes is no longer understood.
    case givenUp
  }

  init(patience: Patience, connections: Connections, refusals: @escaping Refusal.Making) {
    self.patience = patience
    self.connections = connections
    self.refusals = refusals
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    alarm.cancelAll()
    self.context = nil
  }

  // MARK: What comes

  /// - Returns: whether the decoder may have these bytes
  func takes(_ buffer: ByteBuffer) -> Bool {
    guard let context else { return false }
    if isEnding {
      discarded += buffer.readableBytes
      if discarded > Patience.discardedBytes { context.close(promise: nil) }
      return false
    }
    if refusal != nil { return false }
    switch reading {
    case .givenUp: return false
    case .nothing: begin(context)
    case .head, .body: break
    }
    if line == nil, let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
      line = bytes + end - buffer.readerIndex
    }
    bytes += buffer.readableBytes
    if case .head = reading {
      guard bytes > Patience.headBytes else { return true }
      refuse(ofSize, context)
      return false
    }
    guard bytes > Patience.requestBytes else { return true }
    giveUp(.tooLarge, context)
    return false
  }

  private func begin(_ context: ChannelHandlerContext) {
    reading = .head
    (bytes, line) = (0, nil)
    connections.mark(context.channel, isBusy: true)
    setAlarm(.request, in: patience.request, context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isEnding || refusal != nil { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      // One of several that came together: its first byte was seen with the one before.
      if case .nothing = reading { begin(context) }
      reading = .body
      let expects = head.headers[canonicalForm: "expect"].map { $0.lowercased() }
      due.append(
        Due(
          isLast: !head.isKeepAlive,
          asksLeave: head.version == .http1_1 && expects.contains("100-continue")))
    case .body: break
    case .end:
      reading = .nothing
      if !due.isEmpty { due[due.count - 1].isWhole = true }
      alarm.cancel(.request)
    }
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if isEnding || refusal != nil { return }
    guard let error = error as? HTTPParserError else {
      context.fireErrorCaught(error)
      return
    }
    switch reading {
    case .body:
      // Who reads the body hears of it, and answers.
      reading = .givenUp
      context.fireErrorCaught(error)
      return
    case .givenUp: return
    case .nothing, .head: break
    }
    let status: HTTPResponse.Status =
      switch error {
      case .headerOverflow: ofSize
      case .invalidVersion: .httpVersionNotSupported
      default: .badRequest
      }
    refuse(status, context)
  }

  /// What is too large about a head: its first line, or what follows.
  private var ofSize: HTTPResponse.Status {
    (line ?? .max) > Patience.targetBytes ? .uriTooLong : .requestHeaderFieldsTooLarge
  }

  func channelInactive(context: ChannelHandlerContext) {
    alarm.cancelAll()
    // The end of a connection is not the end of a form: it was never sent whole.
    if case .body = reading { context.fireErrorCaught(RequestFault.brokenOff) }
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if isEnding, case ChannelEvent.inputClosed? = event as? ChannelEvent {
      context.close(promise: nil)
    }
    if event is ChannelShouldQuiesceEvent {
      switch reading {
      case .head, .body: setAlarm(.request, in: min(Patience.stopping, patience.request), context)
      case .nothing, .givenUp: break
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// What is not understood any more is not read either, until the last answer is given: the system
  /// then makes the other end wait.
  func read(context: ChannelHandlerContext) {
    if isDeaf {
      isHoldingRead = true
    } else {
      context.read()
    }
  }

  private var isDeaf: Bool {
    if isEnding { return false }
    if case .givenUp = reading { return true }
    return refusal != nil
  }

  // MARK: What goes

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard event is BodyWanted else {
      context.triggerUserOutboundEvent(event, promise: promise)
      return
    }
    if let first = due.first, first.asksLeave, !first.isWhole {
      due[0].asksLeave = false
      let leave = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(leave)), promise: nil)
    }
    promise?.succeed(())
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // After the last answer nobody listens.
    guard !isEnding, let first = due.first else {
      promise?.succeed(())
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      if !(100..<200).contains(head.status.code) {
        if endsAfter(first) { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        setAlarm(.answer, in: patience.answer, context)
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      due.removeFirst()
      let isLast = endsAfter(first)
      write(end: data, isLast: isLast, context, promise)
      if !isLast { rest(context) }
    }
  }

  /// A request that is answered before it is whole leaves bytes behind that are no request.
  private func endsAfter(_ request: Due) -> Bool { request.isLast || !request.isWhole }

  private func write(
    end data: NIOAny, isLast: Bool, _ context: ChannelHandlerContext,
    _ promise: EventLoopPromise<Void>?
  ) {
    let written = promise ?? context.eventLoop.makePromise()
    unread += 1
    if isLast { isEnding = true }
    written.futureResult.assumeIsolated().whenComplete { _ in
      self.unread -= 1
      if self.unread == 0 { self.alarm.cancel(.answer) }
      if isLast { self.leave() }
    }
    if isLast {
      context.writeAndFlush(data, promise: written)
    } else {
      context.write(data, promise: written)
    }
  }

  /// An answer has ended; perhaps it was the last before something that was no request.
  private func rest(_ context: ChannelHandlerContext) {
    guard due.isEmpty else { return }
    if let refusal { return answer(refusal, context) }
    if case .nothing = reading { connections.mark(context.channel, isBusy: false) }
  }

  // MARK: Ends

  /// What came is no request: nothing more is read, and it is answered in its turn.
  private func refuse(_ status: HTTPResponse.Status, _ context: ChannelHandlerContext) {
    refusal = status
    alarm.cancel(.request)
    if due.isEmpty { answer(status, context) }
  }

  private func answer(_ status: HTTPResponse.Status, _ context: ChannelHandlerContext) {
    let refusal = refusals(status)
    var head = HTTPResponseHead(
      version: .http1_1,
      status: .init(statusCode: status.code, reasonPhrase: status.reasonPhrase))
    for field in refusal.headers { head.headers.add(name: field.name.rawName, value: field.value) }
    head.headers.replaceOrAdd(name: "Connection", value: "close")
    head.headers.replaceOrAdd(name: "Content-Length", value: String(refusal.body.utf8.count))
    setAlarm(.answer, in: patience.answer, context)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let body = context.channel.allocator.buffer(string: refusal.body)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    write(end: wrapOutboundOut(.end(nil)), isLast: true, context, nil)
  }

  /// A request whose head was handed on gets no further; who reads its body answers.
  private func giveUp(_ fault: RequestFault, _ context: ChannelHandlerContext) {
    reading = .givenUp
    setAlarm(.request, in: Patience.lastWord, context)
    context.fireErrorCaught(fault)
  }

  /// Says goodbye so that the answer arrives: closing at once, with something unread, would make
  /// the system throw it away on both sides.
  private func leave() {
    guard let context, context.channel.isActive else { return }
    alarm.cancel(.answer)
    setAlarm(.request, in: Patience.farewell, context)
    context.close(mode: .output, promise: nil)
    if isHoldingRead { context.read() }
  }

  private func setAlarm(
    _ kind: Alarm.Kind, in time: TimeAmount, _ context: ChannelHandlerContext
  ) {
    alarm.set(kind, in: time, on: context.eventLoop) { [unowned self] in isOver(kind) }
  }

  private func isOver(_ kind: Alarm.Kind) {
    guard let context else { return }
    if isEnding || kind == .answer {
      context.close(promise: nil)
      return
    }
    switch reading {
    case .head where due.isEmpty: refuse(.requestTimeout, context)
    case .body where due.count == 1: giveUp(.tooSlow, context)
    // What came before it is still being answered.
    case .head, .body: setAlarm(.request, in: .seconds(1), context)
    case .givenUp: context.close(promise: nil)
    case .nothing: break
    }
  }
}
