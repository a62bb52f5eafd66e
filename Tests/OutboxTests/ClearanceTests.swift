import Domain
import Outbox
import Persistence
import Synchronization
import TestSupport
import Testing

/// Somebody who knows better is asked before a message is handed over (D 12).
struct ClearanceTests {
  @Test func `is asked for each message by its kind and whom it concerns`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(kind: .smsCode, customer: "7654321"))
    let asked = Mutex<[String]>([])
    let dispatcher = office.dispatcher(clearance: { kind, customer in
      asked.withLock { $0.append("\(kind.rawValue) \(customer.text)") }
      return .granted
    })
    _ = try await dispatcher.dispatchBatch()
    #expect(office.sms.keys == ["kód"])
    #expect(asked.withLock { $0 } == ["sms_code 7654321"])
  }

  @Test(arguments: [Message.Kind.smsCode, .passwordChanged])
  func `withdrawn, a message is gone for good, with its text`(kind: Message.Kind) async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(kind: kind))
    _ = try await office.dispatcher(clearance: { _, _ in .withdrawn }).dispatchBatch()
    #expect(office.sms.handed.isEmpty)
    let entry = try #require(try await office.entry())
    #expect(entry.state == "cancelled")
    #expect(entry.body == nil)
  }

  @Test func `unknown, a message waits as long as it is said to, and no gateway is blamed`()
    async throws
  {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(living: 3_600))
    let clearance = Mutex(Clearance.unknown("nobody answers", retryAfterSeconds: 90))
    let dispatcher = office.dispatcher(clearance: { _, _ in clearance.withLock { $0 } })
    // More often than a gateway may fail before it rests.
    for _ in 1...6 {
      #expect(try await dispatcher.dispatchBatch() == 1)
      office.clock.advance(by: 89)
      #expect(try await dispatcher.dispatchBatch() == 0)
      office.clock.advance(by: 1)
    }
    let entry = try #require(try await office.entry())
    #expect(entry.state == "queued")
    #expect(entry.problem == "nobody answers")
    #expect(entry.unknowns == 0)
    clearance.withLock { $0 = .granted }
    #expect(try await dispatcher.dispatchBatch() == 1)
    #expect(office.sms.keys == ["kód"])
  }

  @Test func `what was asked about for too long is tried anew, and by nobody twice`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    let isSlow = Mutex(true)
    let dispatcher = office.dispatcher(clearance: { _, _ in
      if isSlow.withLock({ $0 }) { office.clock.advance(by: 55) }
      return .granted
    })
    _ = try await dispatcher.dispatchBatch()
    #expect(office.sms.handed.isEmpty)
    let entry = try #require(try await office.entry())
    #expect(entry.state == "queued")
    #expect(entry.unknowns == 0)
    isSlow.withLock { $0 = false }
    office.clock.advance(by: 2)
    _ = try await dispatcher.dispatchBatch()
    #expect(office.sms.keys == ["kód"])
  }

  @Test func `is not asked about somebody who has been erased`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    try await office.store.write {
      try $0.perform("UPDATE message SET customer_number = 'erased-0123456789abcdef'")
    }
    _ = try await office.dispatcher(clearance: { _, _ in .withdrawn }).dispatchBatch()
    #expect(office.sms.keys == ["kód"])
  }
}
