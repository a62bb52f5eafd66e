package import FoundationEssentials
internal import Synchronization

/// Keeps messages instead of sending them, for the demo's page and for tests.
///
/// It does not exist outside the demo: only there does `belepo` use it as a gateway.
package final class Catcher: Sendable {
  package struct Caught: Hashable, Sendable {
    package let id: Int
    package let channel: Message.Channel
    package let to: String
    package let subject: String
    package let text: String
    package let createdAt: Date
    /// The version of the contract whose file would be attached.
    package let contractVersion: String?
  }

  /// The demo is no archive.
  package static let capacity = 1000

  private struct State {
    var messages: [Caught] = []
    var count = 0
  }

  private let state = Mutex(State())
  private let now: @Sendable () -> Date

  package init(now: @escaping @Sendable () -> Date) {
    self.now = now
  }

  package var routes: Routes { routes(concurrency: 20) }

  /// One at a time they are caught in the order in which the queue gives them out.
  package func routes(concurrency: Int) -> Routes {
    Routes(
      sms: Route([gateway(.sms)], concurrency: concurrency),
      email: Route([gateway(.email)], concurrency: concurrency))
  }

  /// What was caught, newest first.
  package var messages: [Caught] { newest(Catcher.capacity) }

  /// The newest messages, at most so many, newest first.
  package func newest(_ count: Int) -> [Caught] {
    state.withLock { $0.messages.suffix(count).reversed() }
  }

  private func gateway(_ channel: Message.Channel) -> Gateway {
    Gateway(name: "catcher") { [self] delivery throws(Gateway.Refusal) in
      keep(delivery, channel)
    }
  }

  private func keep(_ delivery: Gateway.Delivery, _ channel: Message.Channel) {
    state.withLock { state in
      state.count += 1
      state.messages.append(
        Caught(
          id: state.count, channel: channel, to: delivery.recipient, subject: delivery.subject,
          text: delivery.text, createdAt: now(), contractVersion: delivery.contractVersion))
      if state.messages.count > Catcher.capacity { state.messages.removeFirst() }
    }
  }
}
