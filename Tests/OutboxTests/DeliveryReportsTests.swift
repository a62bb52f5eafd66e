import Cryptography
import Foundation
import Outbox
import TestSupport
import Testing

/// What the network says of a message that it has taken.
struct DeliveryReportsTests {
  private func reports(_ office: PostOffice, key: UInt8 = 7) throws -> DeliveryReports {
    DeliveryReports(
      keys: try SecretKeys([[UInt8](repeating: key, count: 32)]), store: office.store,
      now: { [clock = office.clock] in clock.now })
  }

  private func secret(_ reports: DeliveryReports, of message: Message.ID = 1) -> String {
    String(reports.path(of: message).split(separator: "/").last ?? "")
  }

  /// A message that a gateway has taken.
  private func sent() async throws -> PostOffice {
    let office = try await PostOffice()
    try await office.enqueue(try office.message())
    _ = try await office.dispatcher().dispatchBatch()
    return office
  }

  @Test(arguments: [
    ("1", "delivered"), ("delivered", "delivered"), ("2", "undeliverable"),
    ("16", "undeliverable"), ("FAILED", "undeliverable"), ("4", "sent"), ("8", "sent"),
  ])
  func `a report says how a message stands`(word: String, state: String) async throws {
    let office = try await sent()
    let reports = try reports(office)
    let report = try #require(DeliveryReport.State(word))
    #expect(try await reports.receive(report, of: 1, secret: secret(reports)) == .noted)
    #expect(try await office.entry()?.state == state)
  }

  @Test(arguments: ["", "0", "3", "1 ", "yes"])
  func `other words are no report`(word: String) {
    #expect(DeliveryReport.State(word) == nil)
  }

  @Test(arguments: ["", "+1", "01", "-0", "1.0", "9223372036854775808", "x", "１"])
  func `what is no number of ours is no report`(number: String) {
    #expect(DeliveryReport(message: number, secret: "0", state: "1") == nil)
  }

  @Test func `a report without a number, a secret or a word is none`() {
    #expect(DeliveryReport(message: nil, secret: "0", state: "1") == nil)
    #expect(DeliveryReport(message: "1", secret: nil, state: "1") == nil)
    #expect(DeliveryReport(message: "1", secret: "0", state: nil) == nil)
    let report = DeliveryReport(message: "1", secret: "0", state: "Delivered")
    #expect(report?.message == 1 && report?.secret == "0" && report?.state == .delivered)
  }

  @Test func `who does not know the secret changes nothing`() async throws {
    let office = try await sent()
    let reports = try reports(office)
    let foreign = try self.reports(office, key: 8)
    for secret in ["", "0", secret(reports, of: 2), secret(foreign), secret(reports) + "0"] {
      #expect(try await reports.receive(.delivered, of: 1, secret: secret) == .forged)
    }
    #expect(try await office.entry()?.state == "sent")
  }

  @Test func `a report about a message that is forgotten is told so`() async throws {
    let office = try await sent()
    let reports = try reports(office)
    #expect(
      try await reports.receive(.delivered, of: 99, secret: secret(reports, of: 99)) == .unknown)
  }

  @Test func `a report after a change of keys is still believed`() async throws {
    let office = try await sent()
    let old = try reports(office)
    let keys = try SecretKeys([
      [UInt8](repeating: 9, count: 32), [UInt8](repeating: 7, count: 32),
    ])
    let new = DeliveryReports(
      keys: keys, store: office.store, now: { [clock = office.clock] in clock.now })
    #expect(try await new.receive(.delivered, of: 1, secret: secret(old)) == .noted)
  }

  @Test(arguments: [
    ([DeliveryReport.State.delivered, .delivered], "delivered"),
    ([.delivered, .undeliverable], "delivered"), ([.undeliverable, .delivered], "delivered"),
    ([.undeliverable, .underWay], "undeliverable"), ([.delivered, .underWay], "delivered"),
  ])
  func `reports may come twice and in any order`(
    all: [DeliveryReport.State], state: String
  ) async throws {
    let office = try await sent()
    let reports = try reports(office)
    for report in all {
      #expect(try await reports.receive(report, of: 1, secret: secret(reports)) == .noted)
    }
    #expect(try await office.entry()?.state == state)
  }

  @Test(arguments: [
    (DeliveryReport.State.delivered, "delivered"), (.undeliverable, "undeliverable"),
  ])
  func `a report that comes before our own record is not lost`(
    report: DeliveryReport.State, state: String
  ) async throws {
    let office = try await PostOffice()
    let reports = try reports(office)
    let secret = secret(reports)
    try await office.enqueue(try office.message())
    office.sms.answer { _ in
      _ = try? await reports.receive(report, of: 1, secret: secret)
      return nil
    }
    _ = try await office.dispatcher().dispatchBatch()
    #expect(try await office.entry()?.state == state)
    #expect(try await office.entry()?.body == nil)
  }

  @Test func `a report tells what the gateway's missing answer did not, and saves the second SMS`()
    async throws
  {
    let office = try await PostOffice()
    let reports = try reports(office)
    office.sms.answer { _ in .unknown("no answer") }
    try await office.enqueue(try office.message())
    let dispatcher = office.dispatcher()
    _ = try await dispatcher.dispatchBatch()
    #expect(try await reports.receive(.delivered, of: 1, secret: secret(reports)) == .noted)
    office.clock.advance(by: 30)
    #expect(try await dispatcher.dispatchBatch() == 0)
    #expect(try await office.entry()?.state == "delivered")
    #expect(try await office.entry()?.body == nil)
  }
}
