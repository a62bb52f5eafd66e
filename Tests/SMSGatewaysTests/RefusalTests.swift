import Domain
import Foundation
import Outbox
import OutgoingHTTP
import SMSGateways
import TestSupport
import Testing

/// What a refusal means, and what is kept of its words, over a real connection.
struct RefusalTests {
  private enum Kind: CaseIterable {
    case kannel
    case provider
  }

  private static let now = ManualClock.morning

  /// A code that a gateway refuses.
  private func refusal(
    by kind: Kind, _ status: Int, _ words: RefusingGateway.Words = .these("")
  ) async throws -> Gateway.Refusal? {
    try await RefusingGateway(status: status, words: words).listen { url -> Gateway.Refusal? in
      let exchange = HTTPExchange(seconds: 60, connections: 1, authorities: nil)
      let result: Result<Gateway.Refusal?, any Error>
      do {
        let gateway = try Self.gateway(kind, at: url, exchange)
        result = .success(await Self.refusal(by: gateway))
      } catch { result = .failure(error) }
      try await exchange.close()
      return try result.get()
    }
  }

  private static func gateway(
    _ kind: Kind, at url: String, _ exchange: HTTPExchange
  ) throws -> Gateway {
    switch kind {
    case .kannel:
      KannelGateway(
        access: .init(url: url, username: "belepo", password: "titok", from: "Pelda"),
        exchange: exchange, reportAddress: { _ in nil }, now: { now }
      ).gateway
    case .provider:
      HTTPGateway(
        manner: try HTTPGateway.Manner(
          method: "POST", url: url, headers: "Authorization: Bearer titok", format: .json,
          body: #"{"to":"{number}","text":"{text}"}"#, success: nil),
        exchange: exchange, reportAddress: { _ in nil }, now: { now }
      ).gateway
    }
  }

  private static func refusal(by gateway: Gateway) async -> Gateway.Refusal? {
    let delivery = Gateway.Delivery(
      id: 42, key: "sms-code/1/1", kind: .smsCode, recipient: "+36301234567",
      language: .hungarian, subject: "", text: "Kód: 482135\n\n@portal.hu #82135",
      notAfter: now.addingTimeInterval(570))
    do throws(Gateway.Refusal) { try await gateway.send(delivery) } catch { return error }
    return nil
  }

  // MARK: About whom it is

  @Test(arguments: [401, 402, 407])
  func `a provider that does not let us in refuses no message for good`(status: Int) async throws {
    #expect(
      try await refusal(by: .provider, status, .these("Token expired"))
        == .temporary("HTTP \(status) Token expired: our access, not the message"))
  }

  @Test(arguments: [400, 403, 404, 413, 422])
  func `what may be about this message is final`(status: Int) async throws {
    for kind in Kind.allCases {
      #expect(try await refusal(by: kind, status) == .permanent("HTTP \(status)"))
    }
  }

  @Test(arguments: [401, 402, 407])
  func `of Kannel it is final, too`(status: Int) async throws {
    #expect(try await refusal(by: .kannel, status) == .permanent("HTTP \(status)"))
  }

  // MARK: What is kept of it

  @Test func `a gateway's own words tell an operator why`() async throws {
    let words = "Authorization failed for sendsms"
    for kind in Kind.allCases {
      #expect(
        try await refusal(by: kind, 403, .these(words)) == .permanent("HTTP 403 \(words)"))
      #expect(
        try await refusal(by: kind, 500, .these(words)) == .temporary("HTTP 500 \(words)"))
    }
  }

  @Test func `an answer that repeats the request leaves no number, code or password behind`()
    async throws
  {
    for kind in Kind.allCases {
      #expect(try await refusal(by: kind, 400, .theRequest) == .permanent("HTTP 400"))
      #expect(try await refusal(by: kind, 500, .theRequest) == .temporary("HTTP 500"))
    }
    #expect(
      try await refusal(by: .provider, 401, .theRequest)
        == .temporary("HTTP 401: our access, not the message"))
  }

  @Test(arguments: [
    "no route to 06 30 123 4567", "{\"to\":\"\\u002b36301234567\"}", "４８２１３５ is no text",
    String(repeating: "no ", count: 99) + "+36301234567",
  ])
  func `a digit anywhere in it is one too many`(words: String) async throws {
    #expect(try await refusal(by: .kannel, 400, .these(words)) == .permanent("HTTP 400"))
  }
}
