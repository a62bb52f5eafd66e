internal import NIOCore

/// Two alarms of a connection, on its event loop.
///
/// Most are cancelled long before they are due. So cancelling only forgets the time, and one task
/// at most is with the event loop, which looks again when it is woken too early.
final class Alarm {
  enum Kind: CaseIterable {
    case request
    case answer
  }

  private var times: [Kind: (at: NIODeadline, work: () -> Void)] = [:]
  private var task: (at: NIODeadline, scheduled: Scheduled<Void>)?

  /// Does the work at that time, unless it is set anew or cancelled before.
  func set(
    _ kind: Kind, in time: TimeAmount, on loop: any EventLoop, _ work: @escaping () -> Void
  ) {
    times[kind] = (NIODeadline.now() + time, work)
    schedule(on: loop)
  }

  func cancel(_ kind: Kind) {
    times[kind] = nil
  }

  func cancelAll() {
    times = [:]
    task?.scheduled.cancel()
    task = nil
  }

  private func schedule(on loop: any EventLoop) {
    guard let next = times.values.map(\.at).min() else { return }
    if let task {
      guard next < task.at else { return }
      task.scheduled.cancel()
    }
    let scheduled = loop.assumeIsolated().scheduleTask(deadline: next) { [weak self] in
      guard let self else { return }
      task = nil
      ring()
      schedule(on: loop)
    }
    task = (next, scheduled)
  }

  private func ring() {
    let now = NIODeadline.now()
    for kind in Kind.allCases {
      guard let (at, work) = times[kind], at <= now else { continue }
      times[kind] = nil
      work()
    }
  }
}
