package import Logging
internal import OutgoingHTTP
internal import ServiceLifecycle
package import Traces

/// Sends the spans that wait, batch by batch, at its own pace: nothing that is traced ever waits
/// for it.
///
/// While a collector does not answer, the queue fills and what finds no room is dropped; the log
/// says so once, and once more when the collector is back.
package struct SpanExport: Service {
  /// How often it looks, and how long it waits.
  package struct Pace: Sendable {
    /// Between two looks at a queue that has no whole batch.
    package var look = Duration.seconds(5)
    /// After a first failure; each further one doubles it.
    package var firstPause = Duration.seconds(1)
    package var longestPause = Duration.seconds(60)
    /// For what is left when the program stops.
    package var farewell = Duration.seconds(2)

    package init() {}
  }

  private let queue: SpanQueue
  private let collector: TraceCollector
  private let authorities: String?
  private let pace: Pace
  private let clock: any Clock<Duration>
  private let logger: Logger

  /// - Parameter authorities: a PEM file with authorities that are trusted besides the system's
  package init(
    of queue: SpanQueue, to collector: TraceCollector, authorities: String? = nil,
    pace: Pace = Pace(), clock: any Clock<Duration> = ContinuousClock(), logger: Logger
  ) {
    self.queue = queue
    self.collector = collector
    self.authorities = authorities
    self.pace = pace
    self.clock = clock
    self.logger = logger
  }

  /// Runs until the service group stops, and then sends what is left, for a moment.
  package func run() async throws {
    let exchange = HTTPExchange(
      seconds: TraceCollector.seconds, connections: 1, authorities: authorities)
    await withDiscardingTaskGroup { group in
      group.addTask { await look() }
      group.addTask { await send(by: exchange) }
    }
    try await exchange.close()
  }

  /// Sends also what is no whole batch.
  private func look() async {
    try? await cancelWhenGracefulShutdown {
      while true {
        try await clock.sleep(for: pace.look)
        queue.ring()
      }
    }
  }

  private func send(by exchange: HTTPExchange) async {
    // Only while the collector does not work.
    var pause: Duration?
    // What it has said about the last batch that it took.
    var words: String?
    for await _ in queue.signals.cancelOnGracefulShutdown() {
      while !isStopping {
        let batch = queue.oldest
        if batch.isEmpty { break }
        let answer = await cancelWhenGracefulShutdown { [collector] in
          await collector.send(batch, by: exchange)
        }
        guard let next = settle(answer, batch.count, after: pause, &words) else {
          pause = nil
          continue
        }
        pause = next
        await rest(next)
      }
    }
    await sayGoodbye(by: exchange)
  }

  private var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

  /// Does what an answer asks for.
  ///
  /// - Parameters:
  ///   - pause: the one before, if the collector did not work before
  ///   - words: what the log says of the batches that were taken; it does not say it again
  /// - Returns: how long to wait now; `nil` if the batch was taken
  private func settle(
    _ answer: TraceCollector.Answer, _ count: Int, after pause: Duration?, _ words: inout String?
  ) -> Duration? {
    let problem: String
    var next = pause.map { min($0 * 2, pace.longestPause) } ?? pace.firstPause
    switch answer {
    case .taken(let rejected, let said):
      settle(rejected, of: count)
      tell(rejected, said, after: &words)
      if pause != nil {
        logger.notice("the collector takes traces again", metadata: ["event": "traces_work"])
      }
      return nil
    case .refused(let reason):
      queue.giveUp(count)
      problem = reason
    case .failed(let reason, let seconds):
      problem = reason
      if let seconds { next = min(max(next, .seconds(seconds)), pace.longestPause) }
    }
    // What was broken off because the program stops is no failure.
    if pause == nil, !isStopping {
      logger.warning(
        "the collector does not take traces; what finds no room meanwhile is dropped",
        metadata: ["event": "traces_failed", "problem": "\(problem)"])
    }
    return next
  }

  /// Those that were rejected are not sent again.
  private func settle(_ rejected: Int, of count: Int) {
    queue.giveUp(rejected)
    queue.remove(count - rejected)
  }

  private func tell(_ rejected: Int, _ said: String, after words: inout String?) {
    guard rejected > 0 || !said.isEmpty else {
      words = nil
      return
    }
    guard said != words else { return }
    words = said
    logger.warning(
      "the collector takes traces, but says something about them",
      metadata: [
        "event": "traces_partly_taken", "problem": "\(said)", "rejected": "\(rejected)",
      ])
  }

  private func rest(_ time: Duration) async {
    try? await cancelWhenGracefulShutdown { [clock] in try await clock.sleep(for: time) }
  }

  /// A collector that is away must not hold up the end.
  private func sayGoodbye(by exchange: HTTPExchange) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await sendRest(by: exchange) }
      group.addTask { try? await clock.sleep(for: pace.farewell) }
      await group.next()
      group.cancelAll()
    }
  }

  private func sendRest(by exchange: HTTPExchange) async {
    while !Task.isCancelled {
      let batch = queue.oldest
      if batch.isEmpty { return }
      guard case .taken(let rejected, _) = await collector.send(batch, by: exchange) else {
        return
      }
      settle(rejected, of: batch.count)
    }
  }
}
