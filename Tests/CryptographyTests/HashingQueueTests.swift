import Cryptography
import Dispatch
import Foundation
import Synchronization
import Testing

/// So many hashes at a time, so many waiting, and nobody forgotten.
///
/// `Task.immediate` runs up to its first wait before the next line does, which is how these tests
/// know who stands in the queue and in which order.
// Only what hangs takes so long, also while every other test runs on two cores.
@Suite(.timeLimit(.minutes(10)))
struct HashingQueueTests {
  private struct Mistake: Error {}

  /// What all tasks of a test write down together.
  private final class Tally: Sendable {
    private let running = Mutex((now: 0, most: 0))
    private let order = Mutex<[Int]>([])

    var most: Int { running.withLock { $0.most } }
    var served: [Int] { order.withLock { $0 } }

    func come() -> Int {
      running.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
        return $0.now
      }
    }

    func go() { running.withLock { $0.now -= 1 } }

    func serve(_ number: Int) { order.withLock { $0.append(number) } }
  }

  /// A piece of work that lasts until the test ends it.
  private final class Gate: Sendable {
    private let isOpen = DispatchSemaphore(value: 0)

    func wait() { isOpen.wait() }

    func open() { isOpen.signal() }
  }

  @Test func `work gives back what it comes to`() async throws {
    let queue = HashingQueue(width: 1, length: 0)
    #expect(try await queue.run { 42 } == 42)
    await #expect(throws: Mistake.self) { try await queue.run { throw Mistake() } }
  }

  @Test(arguments: [1, 2, 5])
  func `no more run at a time than there is room for`(width: Int) async throws {
    let queue = HashingQueue(width: width, length: 1000)
    let tally = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...50 {
        group.addTask {
          try await queue.run {
            _ = tally.come()
            for _ in 0..<1000 { _ = tally.most }
            tally.go()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(tally.most <= width)
  }

  @Test func `as many run at a time as there is room for, on threads of their own`() async throws {
    // Each waits for all the others, which more threads than cores must do at the same time.
    let queue = HashingQueue(width: 16, length: 0)
    let tally = Tally()
    let everybody = DispatchSemaphore(value: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...16 {
        group.addTask {
          try await queue.run {
            if tally.come() == 16 { for _ in 1...16 { everybody.signal() } }
            everybody.wait()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(tally.most == 16)
  }

  @Test func `while every core hashes everybody else's tasks go on`() async throws {
    let queue = HashingQueue(width: ProcessInfo.processInfo.activeProcessorCount, length: 0)
    let tally = Tally()
    let deadline = ContinuousClock.now.advanced(by: .seconds(300))
    // They keep their cores busy until another task has run, or for five minutes without one: this
    // machine may have other work, too.
    let works = (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      Task.immediate {
        try await queue.run { while tally.served.isEmpty, ContinuousClock.now < deadline {} }
      }
    }
    await Task.detached { tally.serve(1) }.value
    #expect(ContinuousClock.now < deadline)
    for work in works { try await work.value }
  }

  @Test func `who came first is served first`() async throws {
    let (queue, gate) = (HashingQueue(width: 1, length: 10), Gate())
    let tally = Tally()
    let first = Task.immediate { try await queue.run { gate.wait() } }
    let others = (1...10).map { number in
      Task.immediate { try await queue.run { tally.serve(number) } }
    }
    gate.open()
    try await first.value
    for other in others { try await other.value }
    #expect(tally.served == Array(1...10))
  }

  @Test(arguments: [0, 1, 3])
  func `who comes on top of a full queue is refused at once`(length: Int) async throws {
    let (queue, gate) = (HashingQueue(width: 1, length: length), Gate())
    let first = Task.immediate { try await queue.run { gate.wait() } }
    let waiting = (0..<length).map { _ in Task.immediate { try await queue.run {} } }
    await #expect(throws: HashingQueue.Overloaded.self) { try await queue.run {} }
    gate.open()
    try await first.value
    for task in waiting { try await task.value }
  }

  @Test func `a refused one takes nobody's turn`() async throws {
    let (queue, gate) = (HashingQueue(width: 1, length: 0), Gate())
    let first = Task.immediate { try await queue.run { gate.wait() } }
    for _ in 1...5 {
      await #expect(throws: HashingQueue.Overloaded.self) { try await queue.run {} }
    }
    gate.open()
    try await first.value
    #expect(try await queue.run { true })
  }

  @Test func `a crowd of two hundred fills the queue and not one place more`() async throws {
    let (queue, gate) = (HashingQueue(width: 1, length: 10), Gate())
    let first = Task.immediate { try await queue.run { gate.wait() } }
    let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 1...200 {
        group.addTask {
          do {
            try await queue.run {}
            return false
          } catch is HashingQueue.Overloaded {
            return true
          }
        }
      }
      var refused = 0
      // All that can be refused are refused while the first one works.
      while refused < 190, try await group.next() == true { refused += 1 }
      gate.open()
      for try await isRefused in group where isRefused { refused += 1 }
      return refused
    }
    try await first.value
    #expect(refused == 190)
  }

  @Test(arguments: [1, 2, 4])
  func `no turn is lost among two hundred, whether their work succeeds or fails`(
    width: Int
  ) async throws {
    let queue = HashingQueue(width: width, length: 1000)
    let done = await withTaskGroup(of: Bool.self) { group in
      for number in 1...200 {
        group.addTask {
          do {
            try await queue.run { if number.isMultiple(of: 3) { throw Mistake() } }
            return true
          } catch {
            return false
          }
        }
      }
      return await group.reduce(into: 0) { sum, succeeded in sum += succeeded ? 1 : 0 }
    }
    #expect(done == 134)

    // All places are free again: as many as fit run together, and nobody has to wait.
    let gate = Gate()
    let again = (0..<width).map { _ in Task.immediate { try await queue.run { gate.wait() } } }
    for _ in again { gate.open() }
    for task in again { try await task.value }
  }
}
