/// Wakes the dispatcher when something was queued, instead of leaving it to the next poll.
///
/// Each channel has a signal of its own: a look at the queue costs a statement.
package struct DispatchSignal: Sendable {
  private struct Channel: Sendable {
    let signals: AsyncStream<Void>
    let continuation: AsyncStream<Void>.Continuation

    init() {
      // One unseen signal is as good as ten.
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

  func signals(of channel: Message.Channel) -> AsyncStream<Void> { self.channel(channel).signals }

  /// Something may have been queued in these channels.
  package func send(_ channels: [Message.Channel] = Message.Channel.allCases) {
    for channel in channels { self.channel(channel).continuation.yield() }
  }
}
