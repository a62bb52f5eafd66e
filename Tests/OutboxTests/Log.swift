import Logging
import Synchronization

/// A log that a test reads.
final class Log: Sendable {
  private let lines = Mutex<[(level: Logger.Level, event: String)]>([])

  var logger: Logger {
    Logger(label: "test") { _ in Handler(log: self) }
  }

  /// The events of a level, in their order.
  func events(_ level: Logger.Level) -> [String] {
    lines.withLock { $0.filter { $0.level == level }.map(\.event) }
  }

  fileprivate func add(_ level: Logger.Level, _ event: String) {
    lines.withLock { $0.append((level, event)) }
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
      log.add(event.level, event.metadata?["event"].map { "\($0)" } ?? "")
    }
  }
}
