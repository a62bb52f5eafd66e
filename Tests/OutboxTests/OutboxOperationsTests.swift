import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// What an operator can do for a message.
struct OutboxOperationsTests {
  private func operations(_ office: PostOffice) -> OutboxOperations {
    OutboxOperations(store: office.store, now: { [clock = office.clock] in clock.now })
  }

  private func retry(
    _ id: Message.ID, _ office: PostOffice
  ) async throws -> OutboxOperations.RetryOutcome {
    let now = office.clock.now
    return try await office.store.write { try OutboxOperations.retry(id, in: $0, at: now) }
  }

  private func cancel(
    _ id: Message.ID, _ office: PostOffice
  ) async throws -> OutboxOperations.CancelOutcome {
    try await office.store.write { try OutboxOperations.cancel(id, in: $0) }
  }

  private func id(_ office: PostOffice) async throws -> Message.ID {
    try await operations(office).list(.init()).first?.id ?? 0
  }

  @Test func `messages are listed, the newest first, and filtered`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(
      try office.message("1"), try office.message("2", kind: .emailCode, channel: .email),
      try office.message("3", customer: "7654321"))
    let operations = operations(office)
    func keys(_ change: (inout OutboxOperations.Filter) -> Void) async throws -> [String] {
      var filter = OutboxOperations.Filter()
      change(&filter)
      return try await operations.list(filter).map(\.key)
    }
    #expect(try await keys { _ in } == ["3", "2", "1"])
    #expect(try await keys { $0.limit = 1 } == ["3"])
    #expect(try await keys { $0.channel = .email } == ["2"])
    #expect(try await keys { $0.kind = .smsCode } == ["3", "1"])
    #expect(try await keys { $0.customer = "7654321" } == ["3"])
    #expect(try await keys { $0.states = [.sent, .failed] } == [])
    #expect(try await keys { $0.states = [.queued] } == ["3", "2", "1"])
  }

  @Test func `a waiting message is tried at once`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("busy") }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    #expect(try await retry(try await id(office), office) == .queued)
    #expect(try await dispatcher.dispatchBatch() == 1)
  }

  @Test func `a notice that was given up is sent after all`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .permanent("no route") }
    try await office.enqueue(try office.message(kind: .registered, living: 86_400))
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    office.sms.answer { _ in nil }
    #expect(try await retry(try await id(office), office) == .queued)
    _ = try await dispatcher.dispatchBatch()
    #expect(try await office.entry()?.state == "sent")
  }

  @Test func `a code that was given up cannot be sent: nobody has it any more`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .permanent("no route") }
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    #expect(try await retry(try await id(office), office) == .textIsGone)
  }

  @Test func `a notice whose time was over is of use for another day`() async throws {
    let office = try await PostOffice()
    office.sms.answer { _ in .temporary("down") }
    try await office.enqueue(try office.message(kind: .registered, living: 60))
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    office.clock.advance(by: 3600)
    _ = try await dispatcher.dispatchBatch()
    #expect(try await office.entry()?.state == "expired")
    office.sms.answer { _ in nil }
    #expect(try await retry(try await id(office), office) == .queued)
    office.clock.advance(by: 86_399)
    _ = try await dispatcher.dispatchBatch()
    #expect(try await office.entry()?.state == "sent")
  }

  @Test func `what is sent is neither tried again nor stopped`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    let id = try await id(office)
    #expect(try await retry(id, office) == .needless(.sent))
    #expect(try await cancel(id, office) == .tooLate(.sent))
  }

  @Test(arguments: [(Message.Kind.smsCode, false), (.registered, true)])
  func `a stopped message is not sent, and keeps its text only if it holds no secret`(
    kind: Message.Kind, hasText: Bool
  ) async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message(kind: kind))
    #expect(try await cancel(try await id(office), office) == .cancelled)
    #expect(try await office.dispatcher().dispatchBatch() == 0)
    #expect((try await office.entry()?.body != nil) == hasText)
  }

  @Test func `an unknown number is told so`() async throws {
    let office = try await PostOffice()
    #expect(try await retry(5, office) == .unknown)
    #expect(try await cancel(5, office) == .unknown)
    #expect(try await operations(office).entry(5) == nil)
  }

  @Test func `the queue is counted by channel, with the age of its oldest`() async throws {
    let office = try await PostOffice()
    try await office.enqueue(try office.message("1"), try office.message("2"))
    office.clock.advance(by: 90)
    try await office.enqueue(try office.message("3"))
    let waiting = try await operations(office).waiting()
    #expect(waiting.map(\.channel) == [.sms, .email])
    #expect(waiting.map(\.queued) == [3, 0])
    #expect(waiting.map(\.leased) == [0, 0])
    #expect(waiting.map(\.oldestSeconds) == [90, 0])
  }
}
