/// Wakes the dispatcher when something was queued, instead of leaving it to the next poll.
///
/// Each channel has a signal of its own: a look at the queue costs a statement.
package struct DispatchSignal: Sendable {
  /// Why to see to the queue.
  enum Occasion: Sendable {
    /// Something has just been queued, and can be taken without a look.
    case queued
    /// There may be something.
    case look
  }

  private struct Channel: Sendable {
    let signals: AsyncStream<Occasion>
    let continuation: AsyncStream<Occasion>.Continuation

    init() {
      // One unseen signal is as good as ten, of either kind: what one of them leaves, the next poll
      // finds.
      (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }
  }

  private let sms = Channel()
  private let email = Channel()

  package init() {}

  private func channel(_ channel: Message.Channel) -> Channel {
    switch channel {
    case .sms: sms
    case .email: email
    }
  }

  func signals(of channel: Message.Channel) -> AsyncStream<Occasion> {
    self.channel(channel).signals
  }

  /// Something has been queued, in one of these channels at least.
  package func send(_ channels: [Message.Channel] = Message.Channel.allCases) {
    for channel in channels { self.channel(channel).continuation.yield(.queued) }
  }

  /// It is worth to look at these channels.
  func askForLook(at channels: [Message.Channel] = Message.Channel.allCases) {
    for channel in channels { self.channel(channel).continuation.yield(.look) }
  }
}
