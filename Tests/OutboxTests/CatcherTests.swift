import Foundation
import TestSupport
import Testing

@testable import Outbox

/// The post that is caught instead of sent.
struct CatcherTests {
  private func catching(_ count: Int) async throws -> Catcher {
    let catcher = Catcher { ManualClock.morning }
    for number in 1...count {
      try await catcher.routes.sms.gateways[0].send(
        .sample(key: "\(number)", to: "\(number)"))
    }
    return catcher
  }

  @Test func `the newest message comes first`() async throws {
    let catcher = try await catching(3)
    #expect(catcher.messages.map(\.to) == ["3", "2", "1"])
    #expect(catcher.messages.map(\.id) == [3, 2, 1])
  }

  @Test func `a message is caught with its channel and its time`() async throws {
    let catcher = Catcher { ManualClock.morning }
    try await catcher.routes.email.gateways[0].send(
      .sample(key: "1", to: "anna@pelda.hu", subject: "Tárgy"))
    #expect(
      catcher.messages == [
        Catcher.Caught(
          id: 1, channel: .email, to: "anna@pelda.hu", subject: "Tárgy", text: "Szia",
          createdAt: ManualClock.morning, contractVersion: nil)
      ])
  }

  @Test func `the demo is no archive`() async throws {
    let catcher = try await catching(1001)
    #expect(catcher.messages.count == 1000)
    #expect(catcher.messages.first?.to == "1001")
    #expect(catcher.messages.last?.to == "2")
  }
}
