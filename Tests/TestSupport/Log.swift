package import Logging
internal import Synchronization

/// A log that a test reads.
package final class Log: Sendable {
  private let lines = Mutex<[(level: Logger.Level, event: String)]>([])
  private let requestLines = Mutex<[Logger.Metadata]>([])
  private let failures = Mutex<[String]>([])

  package init() {}

  package var logger: Logger {
    Logger(label: "test") { _ in Handler(log: self) }
  }

  /// The events of a level, in their order.
  package func events(_ level: Logger.Level) -> [String] {
    lines.withLock { $0.filter { $0.level == level }.map(\.event) }
  }

  /// What is said of each request, with what its logger knew.
  package var requests: [Logger.Metadata] { requestLines.withLock { $0 } }

  /// The request's number in each line about an error.
  package var failedRequests: [String] { failures.withLock { $0 } }

  /// How many warnings and errors there are.
  package var complaints: Int {
    lines.withLock { $0.count { $0.level >= .warning } }
  }

  fileprivate func add(_ level: Logger.Level, _ event: String) {
    lines.withLock { $0.append((level, event)) }
  }

  fileprivate func add(request: Logger.Metadata) {
    requestLines.withLock { $0.append(request) }
  }

  fileprivate func add(failure number: String) {
    failures.withLock { $0.append(number) }
  }

  private struct Handler: LogHandler {
    let log: Log
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(log: Log) {
      self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      if event.message == "request" { log.add(request: all) }
      if event.level == .error { log.add(failure: all["hb.request.id"].map { "\($0)" } ?? "") }
      log.add(event.level, event.metadata?["event"].map { "\($0)" } ?? "")
    }
  }
}
