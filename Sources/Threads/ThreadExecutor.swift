internal import Dispatch

/// Runs an actor on a thread of its own, so that it may wait for a C library or a pipe and nobody
/// else waits for it.
package final class ThreadExecutor: SerialExecutor {
  private let queue: DispatchQueue

  package init(name: String) {
    // A serial queue, which has a thread to itself while it has work.
    queue = DispatchQueue(label: name)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
