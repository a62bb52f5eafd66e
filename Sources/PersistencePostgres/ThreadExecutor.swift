internal import Dispatch

/// Runs an actor on a thread of its own, so that it may wait for the database and nobody else
/// waits for it.
final class ThreadExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(name: String) {
    // A serial queue, which has a thread to itself while it has work.
    queue = DispatchQueue(label: name)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
