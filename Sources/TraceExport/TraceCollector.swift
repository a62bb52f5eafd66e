internal import OutgoingHTTP
internal import Traces

/// Where spans are sent: a collector that understands OTLP/HTTP with JSON.
package struct TraceCollector: Sendable {
  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  /// The longest time that a batch may take.
  static let seconds = 5

  private let url: String
  private let headers: [(name: String, value: String)]
  private let version: String

  /// - Parameters:
  ///   - url: the whole address, such as `http://127.0.0.1:4318/v1/traces`
  ///   - headers: one `Name: value` on each line, such as a token
  ///   - version: that of the program, which the spans are marked with
  /// - Throws: ``Invalid`` with a sentence that names the configuration key.
  package init(url: String, headers: String, version: String) throws(Invalid) {
    self.url = url
    self.version = version
    var fields: [(name: String, value: String)] = []
    for line in headers.split(whereSeparator: \.isNewline) {
      let sides = line.split(separator: ":", maxSplits: 1)
      guard sides.count == 2, let name = sides.first, TraceCollector.isName(name) else {
        throw Invalid(description: "traces.headers: a line must be like «Name: value».")
      }
      fields.append((String(name), TraceCollector.trimmed(sides[1])))
    }
    self.headers = fields
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// What a collector makes of a batch.
  enum Answer: Sendable {
    /// Without some that it will never take, and with what it says about that.
    case taken(rejected: Int, words: String)
    /// It will never take this one.
    case refused(String)
    /// Another try may succeed. It may say when.
    case failed(String, retryAfterSeconds: Int?)
  }

  /// Hands over a batch, once.
  func send(_ spans: [Span], by exchange: HTTPExchange) async -> Answer {
    guard let json = try? OTLPTraces(spans, version: version).json(),
      let outcome = await exchange.post(json, to: url, headers: headers)
    else { return .refused("traces.url makes no request") }
    switch outcome {
    case .notSent(let problem), .noAnswer(let problem):
      return .failed(problem, retryAfterSeconds: nil)
    case .answer(let answer):
      let words = "status \(answer.status)"
      return switch answer.status {
      case 200..<300: TraceCollector.taken(spans.count, answer.body)
      // Those alone are worth another try (OTLP/HTTP, «Retryable Response Codes»).
      case 429, 502, 503, 504:
        .failed(words, retryAfterSeconds: answer.retryAfterSeconds)
      default: .refused(words)
      }
    }
  }

  /// The longest of a collector's words that is repeated.
  private static let longestWords = 200

  /// A batch of so many (OTLP/HTTP, «Partial Success»).
  private static func taken(_ count: Int, _ body: [UInt8]) -> Answer {
    let partly = OTLPAnswer(json: body)?.partialSuccess
    return .taken(
      rejected: min(max(partly?.rejectedSpans ?? 0, 0), count),
      words: String((partly?.errorMessage ?? "").prefix(longestWords)))
  }
}
