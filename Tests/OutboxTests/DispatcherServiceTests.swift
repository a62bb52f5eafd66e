import Foundation
import Outbox
import Persistence
import PersistenceSQLite
import TestSupport
import Testing

/// The dispatcher as it runs in the program: woken by the signal and by the clock.
// Only what hangs takes so long, also while every other test runs on two cores.
@Suite(.timeLimit(.minutes(10)))
struct DispatcherServiceTests {
  /// Runs a dispatcher while a story goes on, and ends it by cancelling.
  private func running(
    _ dispatcher: Dispatcher, _ story: () async throws -> Void
  ) async throws {
    let service = Task { try await dispatcher.run() }
    try await story()
    service.cancel()
    // Being stopped is no error.
    try await service.value
  }

  @Test func `what is queued before the start is sent`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    let sent = office.sms.whenHanded(1)
    try await running(office.dispatcher(ticking: StoppedClock())) { await sent.wait() }
  }

  @Test func `the signal wakes the dispatcher`() async throws {
    let office = try await PostOffice()
    let dispatchSignal = DispatchSignal()
    try await running(office.dispatcher(dispatchSignal: dispatchSignal, ticking: StoppedClock())) {
      for number in 1...3 {
        let sent = office.sms.whenHanded(number)
        try await office.enqueue(try office.message("\(number)"))
        dispatchSignal.send()
        await sent.wait()
      }
    }
    #expect(office.sms.keys == ["1", "2", "3"])
  }

  @Test func `many signals before anybody looks are one`() async throws {
    let office = try await PostOffice()
    let dispatchSignal = DispatchSignal()
    for _ in 1...100 { dispatchSignal.send() }
    try await office.enqueue(try office.message())
    let sent = office.sms.whenHanded(1)
    try await running(office.dispatcher(dispatchSignal: dispatchSignal, ticking: StoppedClock())) {
      await sent.wait()
    }
    #expect(office.sms.keys == ["kód"])
  }

  @Test func `what was just queued is taken without a look at the queue before`() async throws {
    let store = ListeningStore(try await TestStore.migrated())
    let office = try await PostOffice(store)
    let dispatchSignal = DispatchSignal()
    try await office.enqueue(try office.message("1"))
    let first = office.sms.whenHanded(1)
    try await running(office.dispatcher(dispatchSignal: dispatchSignal, ticking: StoppedClock())) {
      await first.wait()
      _ = store.questions()
      let second = office.sms.whenHanded(2)
      try await office.enqueue(try office.message("2"))
      dispatchSignal.send([.sms])
      await second.wait()
      let asked = store.questions().first { $0.values.contains(.text("sms")) }
      #expect(asked?.text(for: .sqlite).contains("UPDATE message") == true)
    }
  }

  @Test func `codes and notices that wait together are taken in one statement`() async throws {
    let store = ListeningStore(try await TestStore.migrated())
    let office = try await PostOffice(store)
    try await office.enqueue(
      try office.message("kód"), try office.message("hír", kind: .registered, living: 86_400))
    _ = store.questions()
    #expect(try await office.dispatcher().dispatchBatch() == 2)
    #expect(store.questions().count { $0.text(for: .sqlite).contains("UPDATE message") } == 1)
    #expect(Set(office.sms.keys) == ["kód", "hír"])
  }

  @Test func `a code is sent while notices are in a slow gateway's hands`() async throws {
    let office = try await PostOffice()
    let slow = Signal()
    office.sms.answer { delivery in
      if delivery.kind == .registered { await slow.wait() }
      return nil
    }
    for number in 1...8 {
      try await office.enqueue(try office.message("hír \(number)", kind: .registered))
    }
    let dispatchSignal = DispatchSignal()
    let notices = office.sms.whenHanded(3)
    let route = Route([office.sms.gateway], concurrency: 4)
    try await running(
      office.dispatcher(dispatchSignal: dispatchSignal, ticking: StoppedClock(), sms: route)
    ) {
      await notices.wait()
      let code = office.sms.whenHanded(4)
      try await office.enqueue(try office.message("kód"))
      dispatchSignal.send()
      await code.wait()
      #expect(office.sms.keys.last == "kód")
      let rest = office.sms.whenHanded(9)
      slow.give()
      await rest.wait()
    }
    #expect(Set(office.sms.keys).count == 9)
  }

  @Test func `no more is taken than there is room for, whatever the engine knows of the queue`()
    async throws
  {
    let office = try await PostOffice()
    let route = Route([office.sms.gateway], concurrency: 4)
    // PostgreSQL that takes a table for one row long looks at each row for what may be taken.
    try await office.enqueue(try office.message("egy"))
    _ = try await office.dispatcher().dispatchBatch()
    try await office.store.write { try $0.run(script: "ANALYZE message") }
    let slow = Signal()
    office.sms.answer { _ in
      await slow.wait()
      return nil
    }
    for number in 1...8 { try await office.enqueue(try office.message("kód \(number)")) }
    let taken = office.sms.whenHanded(5)
    async let count = office.dispatcher(sms: route).dispatchBatch()
    await taken.wait()
    slow.give()
    let found = try await count
    #expect(found == 4)
  }

  @Test func `what another program queued is found without a signal`() async throws {
    let office = try await PostOffice()
    let clock = TickingClock()
    try await running(office.dispatcher(ticking: clock)) {
      let sent = office.sms.whenHanded(1)
      try await office.enqueue(try office.message())
      clock.tick()
      await sent.wait()
    }
  }

  @Test func `a database that is out of order for a while loses nothing`() async throws {
    let breakage = Breakage()
    let store = BreakableStore(try await TestStore.migrated(), breakage)
    let office = try await PostOffice(store)
    try await office.enqueue(try office.message())
    breakage.takeOut()
    let clock = TickingClock()
    let sent = office.sms.whenHanded(1)
    try await running(office.dispatcher(ticking: clock)) {
      clock.tick()
      clock.tick()
      breakage.mend()
      clock.tick()
      await sent.wait()
    }
    #expect(office.sms.keys == ["kód"])
  }
}

/// A clock on which nobody ever wakes.
struct StoppedClock: Clock {
  let real = ContinuousClock()
  var now: ContinuousClock.Instant { real.now }
  var minimumResolution: Duration { real.minimumResolution }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    await Signal().wait()
    try Task.checkCancellation()
  }
}

/// A clock on which everybody who sleeps wakes at a tick.
struct TickingClock: Clock {
  private let ticks: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  let real = ContinuousClock()
  var now: ContinuousClock.Instant { real.now }
  var minimumResolution: Duration { real.minimumResolution }

  init() {
    (ticks, continuation) = AsyncStream.makeStream()
  }

  func tick() { continuation.yield() }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    for await _ in ticks { return }
    try Task.checkCancellation()
  }
}
