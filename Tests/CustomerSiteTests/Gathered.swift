internal import Synchronization
internal import TestSupport

/// Answers that a story leaves behind.
final class Gathered: Sendable {
  private let answers = Mutex<[(name: String, answer: CustomerClient.Answer)]>([])

  func add(_ name: String, _ answer: CustomerClient.Answer) {
    answers.withLock { $0.append((name, answer)) }
  }

  var all: [(name: String, answer: CustomerClient.Answer)] { answers.withLock { $0 } }
}
