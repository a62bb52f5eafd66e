import Foundation
import Logging
import Metrics
import Outbox
import Persistence
import Synchronization
import TestSupport
import Testing

/// Gateways that fail, and what a message and a dispatcher make of it.
struct GatewayTroubleTests {
  // MARK: Nonsense

  @Test(arguments: [Int.max, Int.min, 99_999_999_999_999_999, -1, 86_401])
  func `a gateway that asks for an eternity gets a day at most`(seconds: Int) async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("busy", retryAfterSeconds: seconds) }
    try await office.enqueue(try office.message(living: 200_000))
    _ = try await office.dispatcher().dispatchBatch()
    #expect(try await office.entry()?.state == "queued")
    // Another program, which knows nothing of the gateway's rest.
    office.sms.answer { _ in nil }
    office.clock.advance(by: 86_400)
    _ = try await office.dispatcher(2).dispatchBatch()
    #expect(try await office.entry()?.state == "sent")
  }

  // MARK: Nobody knows

  @Test func `a message whose fate is unknown is sent once more, with the same key`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .unknown("no answer") }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    #expect(try await office.entry()?.state == "queued")
    #expect(try await office.entry()?.unknowns == 1)
    office.sms.answer { _ in nil }
    office.clock.advance(by: 2)
    _ = try await dispatcher.dispatchBatch()
    #expect(office.sms.keys == ["kód", "kód"])
    #expect(try await office.entry()?.state == "sent")
  }

  @Test func `what is unknown twice is given up, and an operator hears of it`() async throws {
    let office = try await PostOffice()
    let log = Log()
    office.sms.answer { _ in .unknown("no answer") }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher(logger: log.logger)
    for _ in 1...5 {
      _ = try await dispatcher.dispatchBatch()
      office.clock.advance(by: 60)
    }
    #expect(office.sms.handed.count == 2)
    #expect(try await office.entry()?.state == "failed")
    #expect(try await office.entry()?.body == nil)
    #expect(log.events(.error) == ["message_outcome_unknown"])
  }

  @Test func `a dispatcher that is lost twice costs one duplicate, and no third try`() async throws
  {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(living: 600))
    for number in 1...2 {
      let store = BreakingStore(office.store)
      store.break(.afterWrite(1))
      await #expect(throws: BreakingStore.Broken.self) {
        try await office.dispatcher(UInt64(number), on: store).dispatchBatch()
      }
      office.clock.advance(by: 60)
    }
    _ = try await office.dispatcher(3).dispatchBatch()
    #expect(office.sms.handed.isEmpty)
    #expect(try await office.entry()?.state == "failed")
  }

  @Test func `a message that kills its dispatchers takes nobody with it`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(
      try ["first", "poison", "last"].map { try office.message($0, living: 600) })
    // All three are in its hands when it dies.
    let store = BreakingStore(office.store)
    store.break(.afterWrite(1))
    await #expect(throws: BreakingStore.Broken.self) {
      try await office.dispatcher(9, on: store).dispatchBatch()
    }
    office.clock.advance(by: 60)
    for number in 1...3 {
      let next = BreakingStore(office.store)
      office.sms.answer { delivery in
        // Whatever it would have recorded is lost with it.
        if delivery.key == "poison" { next.break(.atStatement(1)) }
        return nil
      }
      _ = try? await office.dispatcher(UInt64(number), on: next).dispatchBatch()
    }
    office.clock.advance(by: 60)
    while try await office.dispatcher(8).dispatchBatch() > 0 {}
    #expect(try await office.entry("first")?.state == "sent")
    #expect(try await office.entry("last")?.state == "sent")
    #expect(try await office.entry("poison")?.state == "failed")
    #expect(office.sms.keys.count { $0 == "poison" } == 1)
  }

  @Test func `an unknown answer is never followed by the other gateway at once`() async throws {
    let office = try await PostOffice()
    let second = ScriptedGateway(name: "second")
    office.sms.answer { _ in .unknown("no answer") }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher(sms: Route([office.sms.gateway, second.gateway]))
      .dispatchBatch()
    #expect(second.handed.isEmpty)
  }

  // MARK: Pauses

  @Test(arguments: [(0.0, 1.5), (0.5, 2), (1, 2.5)])
  func `chance lengthens or shortens a pause by a quarter`(jitter: Double, pause: Double)
    async throws
  {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("busy") }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher(jitter: jitter)
    _ = try await dispatcher.dispatchBatch()
    office.clock.advance(by: pause - 0.01)
    #expect(try await dispatcher.dispatchBatch() == 0)
    office.clock.advance(by: 0.01)
    #expect(try await dispatcher.dispatchBatch() == 1)
  }

  @Test func `a gateway that says when is asked no earlier, whatever else waits`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("slow down", retryAfterSeconds: 45) }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    try await office.enqueue(try office.message("later"))
    office.clock.advance(by: 44.9)
    #expect(try await dispatcher.dispatchBatch() == 0)
    office.sms.answer { _ in nil }
    office.clock.advance(by: 0.1)
    while try await dispatcher.dispatchBatch() > 0 {}
    #expect(Set(office.sms.keys) == ["kód", "later"])
  }

  @Test func `a message that could only be tried after its use ends at its use`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("busy", retryAfterSeconds: 200) }
    try await office.enqueue(try office.message(living: 100))
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    office.clock.advance(by: 100)
    #expect(try await dispatcher.dispatchBatch() == 0)
    #expect(try await office.entry()?.state == "expired")
    #expect(try await office.entry()?.body == nil)
  }

  // MARK: Rest

  @Test func `a gateway that fails five times in a row rests, and one message tries it again`()
    async throws
  {
    let office = try await PostOffice()
    let log = Log()
    office.sms.answer { _ in .temporary("down") }
    try await office.enqueue(try (1...5).map { try office.message("\($0)") })
    let dispatcher = office.dispatcher(logger: log.logger)
    #expect(try await dispatcher.dispatchBatch() == 5)
    #expect(log.events(.warning).contains("gateway_open"))
    try await office.enqueue(try (6...9).map { try office.message("\($0)") })
    office.clock.advance(by: 1.9)
    #expect(try await dispatcher.dispatchBatch() == 0)
    office.clock.advance(by: 0.1)
    #expect(try await dispatcher.dispatchBatch() == 1)
    // The rest doubles.
    office.clock.advance(by: 3.9)
    #expect(try await dispatcher.dispatchBatch() == 0)
    office.sms.answer { _ in nil }
    office.clock.advance(by: 0.1)
    #expect(try await dispatcher.dispatchBatch() == 1)
    #expect(log.events(.notice) == ["gateway_closed"])
    office.clock.advance(by: 30)
    while try await dispatcher.dispatchBatch() > 0 {}
    #expect(try await office.states() == ["sent"])
  }

  @Test func `what a gateway had put off is due as soon as it works again`() async throws {
    let office = try await PostOffice()
    func letter(_ key: String) throws -> Message {
      try office.message(
        key, kind: .emailCode, channel: .email, to: "anna@pelda.hu", living: 86_400)
    }
    office.email.answer { _ in .temporary("down") }
    try await office.enqueue(try letter("first"))
    let dispatcher = office.dispatcher()
    for pause in [0.0, 2, 8, 20, 60, 300] {
      office.clock.advance(by: pause)
      #expect(try await dispatcher.dispatchBatch() == 1)
    }
    // Its own pause is a quarter of an hour by now; the gateway's rest is over.
    office.clock.advance(by: 60)
    office.email.answer { _ in nil }
    try await office.enqueue(try letter("second"))
    while try await dispatcher.dispatchBatch() > 0 {}
    #expect(office.email.keys.suffix(2) == ["second", "first"])
    #expect(try await office.states() == ["sent"])
  }

  @Test func `while one message tries a gateway, no other is taken`()
    async throws
  {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("down") }
    try await office.enqueue(try (1...5).map { try office.message("\($0)") })
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    let (isTrying, mayAnswer) = (Signal(), Signal())
    office.sms.answer { _ in
      isTrying.give()
      await mayAnswer.wait()
      return nil
    }
    try await office.enqueue(try office.message("new"))
    office.clock.advance(by: 2)
    async let trial = dispatcher.dispatchBatch()
    await isTrying.wait()
    #expect(try await dispatcher.dispatchBatch() == 0)
    mayAnswer.give()
    _ = try await trial
    while try await dispatcher.dispatchBatch() > 0 {}
    #expect(try await office.states() == ["sent"])
  }

  @Test func `final refusals are about messages and let no gateway rest`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .permanent("no such number") }
    try await office.enqueue(try (1...10).map { try office.message("\($0)") })
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    office.sms.answer { _ in nil }
    try await office.enqueue(try office.message("good"))
    #expect(try await dispatcher.dispatchBatch() == 1)
    #expect(try await office.entry("good")?.state == "sent")
  }

  // MARK: The second gateway

  @Test func `the second gateway takes at once what the first one certainly has not`() async throws
  {
    let office = try await PostOffice()
    let second = ScriptedGateway(name: "second")
    office.sms.answer { _ in .temporary("down") }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher(sms: Route([office.sms.gateway, second.gateway]))
      .dispatchBatch()
    #expect(second.keys == ["kód"])
    #expect(try await office.entry()?.state == "sent")
    #expect(try await gateway(of: "kód", office) == "second")
  }

  @Test func `while the first gateway rests, it is not asked`() async throws {
    let office = try await PostOffice()
    let second = ScriptedGateway(name: "second")
    office.sms.answer { _ in .temporary("down") }
    try await office.enqueue(try (1...8).map { try office.message("\($0)") })
    let dispatcher = office.dispatcher(
      sms: Route([office.sms.gateway, second.gateway], concurrency: 1))
    while try await dispatcher.dispatchBatch() > 0 {}
    #expect(office.sms.handed.count == 5)
    #expect(second.handed.count == 8)
  }

  @Test func `with both down a message waits`() async throws {
    let office = try await PostOffice()
    let second = ScriptedGateway(name: "second")
    for gateway in [office.sms, second] { gateway.answer { _ in .temporary("down") } }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher(sms: Route([office.sms.gateway, second.gateway]))
      .dispatchBatch()
    #expect(try await office.entry()?.state == "queued")
  }

  private func gateway(of key: String, _ office: PostOffice) async throws -> String? {
    try await office.store.read {
      try $0.row("SELECT gateway FROM message WHERE key = \(key)")?.optional("gateway")
    }
  }

  // MARK: Bounds

  @Test func `no more are in a gateway's hands than it was set to`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try (1...9).map { try office.message("\($0)") })
    let dispatcher = office.dispatcher(sms: Route([office.sms.gateway], concurrency: 4))
    #expect(try await dispatcher.dispatchBatch() == 4)
    #expect(try await dispatcher.dispatchBatch() == 4)
    #expect(try await dispatcher.dispatchBatch() == 1)
  }

  @Test func `no more go out in a second than the rate allows`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try (1...50).map { try office.message("\($0)", living: 5000) })
    let dispatcher = office.dispatcher(sms: Route([office.sms.gateway], rate: 10))
    var sent = 0
    for _ in 1...20 {
      sent += try await dispatcher.dispatchBatch()
      office.clock.advance(by: 0.1)
    }
    #expect((20...22).contains(sent))
  }

  @Test func `what a gateway says is shortened, and cannot forge a line of the log`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .permanent("a\r\nb\u{1B}[31m" + String(repeating: "x", count: 999)) }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    let problem = try #require(try await office.entry()?.problem)
    #expect(problem.hasPrefix("a  b [31mxxx"))
    #expect(problem.count == 200)
  }

  // MARK: Held up

  @Test func `a dispatcher whose lease ran out before it sent does not send`() async throws {
    let office = try await PostOffice()
    let store = SlowingStore(office.store) { [clock = office.clock] in clock.advance(by: 55) }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher(on: store).dispatchBatch()
    #expect(office.sms.handed.isEmpty)
    #expect(try await office.entry()?.state == "leased")
  }

  @Test func `a message that lost its use between lease and sending is not sent`() async throws {
    let office = try await PostOffice()
    let store = SlowingStore(office.store) { [clock = office.clock] in clock.advance(by: 20) }
    try await office.enqueue(try office.message(living: 20))
    _ = try await office.dispatcher(on: store).dispatchBatch()
    #expect(office.sms.handed.isEmpty)
    #expect(try await office.entry()?.state == "expired")
  }

  // MARK: Series

  @Test func `a new code takes the place of one that still waits`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message("old", series: "s"))
    try await office.enqueue(
      try office.message("new", series: "s"), try office.message("other", series: "t"))
    while try await office.dispatcher().dispatchBatch() > 0 {}
    #expect(Set(office.sms.keys) == ["new", "other"])
    #expect(try await office.entry("old")?.state == "cancelled")
    #expect(try await office.entry("old")?.body == nil)
  }

  @Test func `a replaced code that a lost dispatcher had is not sent again`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message("old", series: "s"))
    let store = BreakingStore(office.store)
    store.break(.afterWrite(1))
    await #expect(throws: BreakingStore.Broken.self) {
      try await office.dispatcher(9, on: store).dispatchBatch()
    }
    try await office.enqueue(try office.message("new", series: "s"))
    office.clock.advance(by: 60)
    while try await office.dispatcher().dispatchBatch() > 0 {}
    #expect(office.sms.keys == ["new"])
    #expect(try await office.entry("old")?.state == "expired")
  }

  @Test func `the same event told twice does not cancel itself`() async throws {
    let office = try await PostOffice()
    for _ in 1...2 { try await office.enqueue(try office.message(series: "s")) }
    _ = try await office.dispatcher().dispatchBatch()
    #expect(office.sms.keys == ["kód"])
  }

  // MARK: Notices

  @Test func `a notice that was given up keeps its text, so that it can be sent after all`()
    async throws
  {
    let office = try await PostOffice()
    office.sms.answer { _ in .permanent("no") }
    try await office.enqueue(try office.message(kind: .registered))
    _ = try await office.dispatcher().dispatchBatch()
    #expect(try await office.entry()?.body != nil)
  }
}

/// A store in which time passes after each write.
private struct SlowingStore: Store {
  let inner: any Store
  let afterWrite: @Sendable () -> Void

  init(_ inner: any Store, afterWrite: @escaping @Sendable () -> Void) {
    self.inner = inner
    self.afterWrite = afterWrite
  }

  func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result { try await inner.read(extent, body) }

  func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let result = try await inner.write(extent, body)
    afterWrite()
    return result
  }

  func close() throws { try inner.close() }
}
