import Accounts
import Domain
import Outbox
import Persistence
import TestSupport
import Testing

/// Who of the staff did it, and why, is in every row that a command writes (ASVS 16.2.1).
struct StaffTrailTests {
  private static let said = "by kovacs.eva"

  private func details(_ kind: String, on stage: Stage) async throws -> [String] {
    try await stage.audit().filter { $0.kind == kind }.map { $0.detail ?? "" }
  }

  @Test func `whatever staff does or looks at says who and why`() async throws {
    let stage = try await Stage()
    _ = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    let anna = try CustomerNumber(Cast.anna.number)
    _ = try await stage.callCentre.enableSMSStep(of: anna)
    _ = try await stage.callCentre.endSessions(of: anna)
    _ = try await stage.callCentre.endEverySession()
    _ = try await stage.records.summary(of: anna)
    _ = try await stage.records.export(of: anna)
    _ = try await stage.registerLookup.entry(for: Cast.anna.number)
    try await stage.store.write { [now = stage.clock.now] transaction in
      try transaction.handOvers.add(.marketing, of: 1, from: nil, to: "yes", at: now)
    }
    let batch = try #require(try await stage.handOverBatches.export())
    _ = try await stage.handOverBatches.export(batch: batch.id)
    _ = try await stage.handOverBatches.acknowledge(batch: batch.id)
    _ = try await stage.identify(.peter)
    let outbox = OutboxOperations(store: stage.store, now: { [clock = stage.clock] in clock.now })
    let waiting = try #require(try await outbox.list(.init()).first)
    #expect(try await stage.callCentre.retry(waiting.id) == .queued)
    #expect(try await stage.callCentre.cancel(waiting.id) == .cancelled)
    #expect(try await stage.callCentre.cancel(waiting.id) == .tooLate(.cancelled))
    _ = try await stage.records.erase(anna, by: "kovacs.eva")
    let expected = [
      ("sms_step_enabled", 1), ("sessions_ended_by_staff", 2), ("account_shown", 1),
      ("data_exported", 1), ("register_shown", 1), ("handed_over", 2),
      ("hand_over_acknowledged", 1), ("message_retried", 1), ("message_cancelled", 1),
      ("data_erased", 1),
    ]
    for (kind, count) in expected {
      let details = try await details(kind, on: stage)
      #expect(details.count == count, "\(kind)")
      for detail in details {
        #expect(detail.hasPrefix(Self.said) && detail.hasSuffix("because telefonon kérte"))
      }
    }
  }

  @Test func `what was not found was not shown, and is in no row`() async throws {
    let stage = try await Stage()
    let nobody = try CustomerNumber("9999999")
    #expect(try await stage.records.summary(of: nobody) == nil)
    #expect(try await stage.registerLookup.entry(for: "9999999") == nil)
    #expect(try await stage.audit().isEmpty)
  }

  @Test func `a customer's own copy does not name the staff`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    let anna = try CustomerNumber(Cast.anna.number)
    _ = try await stage.records.summary(of: anna)
    let copy = try #require(try await stage.records.export(of: anna))
    #expect(copy.contains("account_shown") && copy.contains("\"staff\""))
    #expect(!copy.contains("kovacs.eva"))
  }

  @Test(arguments: [
    ("", nil), (String(repeating: "x", count: 201), nil), ("a\nb", nil), ("a", ""), ("a", "b\u{0}"),
  ])
  func `a name or a reason that could look like something else is none`(
    name: String, reason: String?
  ) {
    #expect(StaffAct(by: name, reason: reason) == nil)
  }
}
