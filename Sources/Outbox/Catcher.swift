package import FoundationEssentials
internal import Synchronization

/// Keeps messages instead of sending them, for the demo's page and for tests.
///
/// Nothing of it exists outside the demo: it is a gateway that `belepo` puts in only there.
package final class Catcher: Sendable {
  package struct Caught: Hashable, Sendable {
    package let id: Int
    package let channel: Message.Channel
    package let to: String
    package let subject: String
    package let text: String
    package let createdAt: Date
    /// Of the contract whose file would go along.
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

  package var routes: Routes {
    Routes(sms: Route([gateway(.sms)]), email: Route([gateway(.email)]))
  }

  /// What was caught, the newest first.
  package var messages: [Caught] { newest(Catcher.capacity) }

  /// The newest so many, the newest first.
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
