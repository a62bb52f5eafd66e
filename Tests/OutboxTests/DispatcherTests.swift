import Foundation
import Outbox
import PersistenceSQLite
import TestSupport
import Testing

/// Out of the queue and into the world, once.
struct DispatcherTests {
  // MARK: Sending

  @Test func `a message is handed over as it was queued`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(
      try office.message("levél", kind: .emailCode, channel: .email, to: "anna@pelda.hu"))
    #expect(try await office.dispatcher().dispatchBatch() == 1)
    let delivery = try #require(office.email.handed.first)
    #expect(delivery.key == "levél")
    #expect(delivery.recipient == "anna@pelda.hu")
    #expect(delivery.subject == "Tárgy")
    #expect(delivery.text == "A kódja 423456.")
    #expect(office.sms.handed.isEmpty)
  }

  @Test func `what was sent is remembered without its text`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    office.clock.advance(by: 3)
    _ = try await office.dispatcher().dispatchBatch()
    #expect(
      try await office.entry()
        == .init(state: "sent", tries: 1, body: nil, problem: nil, sentAt: office.clock.now))
  }

  @Test func `an empty queue costs nothing`() async throws {
    let office = try await PostOffice(BreakingStore(try await TestStore.migrated()))
    let store = try #require(office.store as? BreakingStore)
    store.break(.atStatement(.max))
    #expect(try await office.dispatcher().dispatchBatch() == 0)
    #expect(store.statements == 0)
  }

  @Test func `codes go before notices`() async throws {
    let office = try await PostOffice()
    let notices = try (1...30).map {
      try office.message("értesítés \($0)", kind: .registered, living: 86_400)
    }
    try await office.enqueue(notices)
    try await office.enqueue(
      try office.message("levél", kind: .emailCode, channel: .email),
      try office.message("kód", kind: .smsCode))
    let dispatcher = office.dispatcher()
    // A quarter of the twenty places is kept for codes.
    #expect(try await dispatcher.dispatchBatch() == 17)
    #expect(office.sms.keys.contains("kód"))
    #expect(office.email.keys == ["levél"])
    #expect(try await dispatcher.dispatchBatch() == 15)
  }

  @Test func `of one kind the oldest go first`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try (1...30).map { try office.message("\($0)") })
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    #expect(Set(office.sms.keys) == Set((1...20).map(String.init)))
  }

  // MARK: Temporary refusals

  @Test(arguments: [
    (Message.Channel.sms, [2.0, 8, 20, 60, 60, 60]),
    (.email, [2, 8, 20, 60, 300, 900, 900]),
  ])
  func `a refused message is tried again after longer and longer pauses`(
    channel: Message.Channel, pauses: [Double]
  ) async throws {
    let office = try await PostOffice()
    for gateway in [office.sms, office.email] {
      gateway.answer { _ in .temporary("a kapu nem felel") }
    }
    try await office.enqueue(
      try office.message(
        channel: channel, to: channel == .sms ? "+36301234567" : "anna@pelda.hu", living: 100_000))
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    for pause in pauses {
      office.clock.advance(by: pause - 0.001)
      #expect(try await dispatcher.dispatchBatch() == 0, "\(pause) s")
      office.clock.advance(by: 0.001)
      #expect(try await dispatcher.dispatchBatch() == 1, "\(pause) s")
    }
  }

  @Test func `a message that waits for its next try keeps its text and the problem`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("a kapu nem felel") }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    #expect(
      try await office.entry()
        == .init(
          state: "queued", tries: 1, body: "A kódja 423456.", problem: "a kapu nem felel",
          sentAt: nil))
  }

  @Test func `what the gateway takes at last is sent, and the problem forgotten`() async throws {
    let office = try await PostOffice()
    let dispatcher = office.dispatcher()
    office.sms.answer { _ in .temporary("a kapu nem felel") }
    try await office.enqueue(try office.message())
    _ = try await dispatcher.dispatchBatch()
    office.sms.answer { _ in nil }
    office.clock.advance(by: 2)
    _ = try await dispatcher.dispatchBatch()
    #expect(
      try await office.entry()
        == .init(state: "sent", tries: 2, body: nil, problem: nil, sentAt: office.clock.now))
  }

  @Test func `every try has the same key`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("a kapu nem felel") }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher()
    for pause in [2.0, 8, 20] {
      _ = try await dispatcher.dispatchBatch()
      office.clock.advance(by: pause)
    }
    #expect(office.sms.keys == ["kód", "kód", "kód"])
  }

  // MARK: Final refusals

  @Test func `what the gateway will never take is given up and its text forgotten`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .permanent("nincs ilyen szám") }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    office.clock.advance(by: 3_600)
    #expect(try await dispatcher.dispatchBatch() == 0)
    #expect(
      try await office.entry()
        == .init(state: "failed", tries: 1, body: nil, problem: "nincs ilyen szám", sentAt: nil))
  }

  @Test(arguments: [true, false])
  func `a long problem is remembered by its beginning`(isPermanent: Bool) async throws {
    let office = try await PostOffice()
    let problem = String(repeating: "ű", count: 1000)
    office.sms.answer { _ in isPermanent ? .permanent(problem) : .temporary(problem) }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    #expect(try await office.entry()?.problem == String(repeating: "ű", count: 200))
  }

  @Test func `a message that is always refused does not hold up the others`() async throws {
    let office = try await PostOffice()
    office.sms.answer { $0.key == "méreg" ? .temporary("hiba") : nil }
    try await office.enqueue(try office.message("méreg"))
    try await office.enqueue(try (1...25).map { try office.message("\($0)") })
    let dispatcher = office.dispatcher()
    while try await dispatcher.dispatchBatch() > 0 {}
    #expect(Set(office.sms.keys) == Set((1...25).map(String.init) + ["méreg"]))
    #expect(try await office.entry("méreg")?.state == "queued")
    #expect(try await office.entry("25")?.state == "sent")
  }

  @Test func `a channel that is down does not hold up the other`() async throws {
    let office = try await PostOffice()
    office.email.answer { _ in .temporary("a levelező nem felel") }
    try await office.enqueue(
      try (1...25).map { try office.message("levél \($0)", kind: .emailCode, channel: .email) })
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    #expect(office.sms.keys == ["kód"])
  }

  // MARK: Past its use

  @Test(arguments: [(569.999, "sent"), (570, "expired"), (86_400, "expired")])
  func `nothing is sent when it is of no more use`(age: Double, state: String) async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(living: 570))
    office.clock.advance(by: age)
    _ = try await office.dispatcher().dispatchBatch()
    #expect(try await office.entry()?.state == state)
    #expect(try await office.entry()?.body == nil)
    #expect(office.sms.handed.count == (state == "sent" ? 1 : 0))
  }

  @Test func `a message that is refused again and again ends when it is of no more use`()
    async throws
  {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("a kapu nem felel") }
    try await office.enqueue(try office.message(living: 60))
    let dispatcher = office.dispatcher()
    // Tried at 0, 2, 10 and 30 seconds; the next try would be at 90: what is left is halved.
    for pause in [2.0, 8, 20, 15, 7.5, 7.5, 0] {
      _ = try await dispatcher.dispatchBatch()
      office.clock.advance(by: pause)
    }
    #expect(office.sms.handed.count == 6)
    #expect(try await office.entry()?.state == "expired")
    #expect(try await office.entry()?.body == nil)
  }

  // MARK: Crashes

  /// A dispatcher that took the messages and was never heard of again.
  private func dieAfterLeasing(_ office: PostOffice) async throws {
    let store = BreakingStore(office.store)
    store.break(.afterWrite(1))
    await #expect(throws: BreakingStore.Broken.self) {
      try await office.dispatcher(9, on: store).dispatchBatch()
    }
    #expect(try await office.states() == ["leased"])
  }

  @Test func `who takes a message has it for a minute`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    try await dieAfterLeasing(office)
    office.clock.advance(by: 59.999)
    #expect(try await office.dispatcher().dispatchBatch() == 0)
  }

  @Test func `what a dead dispatcher had taken is taken over after a minute`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    try await dieAfterLeasing(office)
    office.clock.advance(by: 60)
    #expect(try await office.dispatcher().dispatchBatch() == 1)
    #expect(office.sms.keys == ["kód"])
    #expect(try await office.entry()?.state == "sent")
  }

  @Test func `what a dead dispatcher had taken is not sent when it is of no more use`() async throws
  {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(living: 60))
    try await dieAfterLeasing(office)
    office.clock.advance(by: 60)
    #expect(try await office.dispatcher().dispatchBatch() == 0)
    #expect(try await office.entry()?.state == "expired")
  }

  @Test func `an unknown result heals at the price of one duplicate with the same key`()
    async throws
  {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    let store = BreakingStore(office.store)
    store.break(.atStatement(2))
    // The statements: the lease, and the record that breaks after the gateway took it.
    #expect(try await office.dispatcher(9, on: store).dispatchBatch() == 1)
    #expect(try await office.states() == ["leased"])
    office.clock.advance(by: 60)
    let dispatcher = office.dispatcher()
    while try await dispatcher.dispatchBatch() > 0 {}
    #expect(office.sms.keys == ["kód", "kód"])
    #expect(try await office.entry()?.state == "sent")
  }

  @Test(arguments: [Gateway.Refusal?.none, .temporary("lassú"), .permanent("lassú")])
  func `who comes back after losing a message changes nothing any more`(
    late: Gateway.Refusal?
  ) async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    let (isSending, mayAnswer) = (Signal(), Signal())
    office.sms.answer { _ in
      isSending.give()
      await mayAnswer.wait()
      return late
    }
    async let slow = office.dispatcher(9).dispatchBatch()
    await isSending.wait()

    office.sms.answer { _ in nil }
    office.clock.advance(by: 60)
    _ = try await office.dispatcher().dispatchBatch()
    let sent = try await office.entry()
    #expect(sent?.state == "sent")

    mayAnswer.give()
    _ = try await slow
    #expect(try await office.entry() == sent)
  }

  @Test func `a message whose taking was undone is still there`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    let store = BreakingStore(office.store)
    store.break(.atStatement(1))
    await #expect(throws: BreakingStore.Broken.self) {
      try await office.dispatcher(9, on: store).dispatchBatch()
    }
    #expect(try await office.entry()?.tries == 0)
    #expect(try await office.dispatcher().dispatchBatch() == 1)
  }

  // MARK: Several at once

  @Test func `two dispatchers on one file send every message once`() async throws {
    try await ScratchFolder.use { file in
      let (one, other) = (try SQLiteStore(path: file), try SQLiteStore(path: file))
      let office = try await PostOffice(one)
      try await office.enqueue(
        try (1...200).map { number in
          try office.message(
            "\(number)", kind: number.isMultiple(of: 2) ? .smsCode : .registered,
            channel: number.isMultiple(of: 5) ? .email : .sms)
        })
      let dispatchers = [office.dispatcher(1, on: one), office.dispatcher(2, on: other)]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for dispatcher in dispatchers {
          group.addTask { while try await dispatcher.dispatchBatch() > 0 {} }
        }
        try await group.waitForAll()
      }
      let keys = office.sms.keys + office.email.keys
      #expect(keys.count == 200)
      #expect(Set(keys).count == 200)
      #expect(try await office.states() == ["sent"])
      try other.close()
      try one.close()
    }
  }
}
