import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// Messages wait in the database from the decision on.
struct QueueTests {
  @Test func `one event tells itself once`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(), try office.message())
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    #expect(office.sms.keys == ["kód"])
  }

  @Test func `a sent event is not told again`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    try await office.enqueue(try office.message())
    #expect(try await office.dispatcher().dispatchBatch() == 0)
  }

  @Test func `a message of an undone transaction does not exist`() async throws {
    struct Undone: Error {}
    let office = try await PostOffice()
    let message = try office.message()
    let now = office.clock.now
    await #expect(throws: Undone.self) {
      try await office.store.write { transaction in
        try transaction.enqueue(message, at: now)
        throw Undone()
      }
    }
    #expect(try await office.entry() == nil)
  }

  // MARK: Counting for the limits of a day

  private func recent(
    _ office: PostOffice, since seconds: Double = -86_400, kind: Message.Kind = .smsCode
  ) async throws -> RecentMessages {
    let since = office.clock.now.addingTimeInterval(seconds)
    return try await office.store.read {
      try $0.messages.recent(
        kind: kind, to: "+36301234567", for: try CustomerNumber("1234567"), since: since)
    }
  }

  @Test func `messages are counted for the number and for the customer`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(
      try office.message("1"), try office.message("2", to: "+36209999999"),
      try office.message("3", customer: "7654321"),
      try office.message("4", to: "+36209999999", customer: "7654321"))
    #expect(try await recent(office) == RecentMessages(toRecipient: 2, forCustomer: 2))
  }

  @Test func `other kinds of message do not count`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(kind: .registered))
    #expect(try await recent(office) == RecentMessages(toRecipient: 0, forCustomer: 0))
  }

  @Test(arguments: [(86_399.999, 1), (86_400, 0)])
  func `a message counts for a day, to the instant`(age: Double, count: Int) async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    office.clock.advance(by: age)
    #expect(
      try await recent(office) == RecentMessages(toRecipient: count, forCustomer: count))
  }

  @Test func `sent and failed messages count as well`() async throws {
    let office = try await PostOffice()
    office.sms.answer { $0.key == "2" ? .permanent("nem") : nil }
    try await office.enqueue(try office.message("1"), try office.message("2"))
    _ = try await office.dispatcher().dispatchBatch()
    #expect(try await office.states() == ["sent", "failed"])
    #expect(try await recent(office) == RecentMessages(toRecipient: 2, forCustomer: 2))
  }
}
