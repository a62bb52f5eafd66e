internal import CustomerSite
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdTesting
internal import Pages
internal import TestSupport
internal import Testing

/// How often one network address may ask for a code.
@Suite struct `Requests for a code` {
  @Test func `from one address end with a page that says when to come back`() async throws {
    var limits = Limits()
    limits.recoveriesPerAddressPerTenMinutes = 1
    let stage = try await Stage(limits: limits)
    let router = try stage.site().router(
      at: .init(
        hosts: ["localhost", "127.0.0.1"], origin: "https://localhost", isSecure: true,
        proxies: ["127.0.0.1", "::1"]),
      outage: { _ in nil })
    try await Application(router: router).test(.live) { client in
      guard let forwarded = HTTPField.Name("X-Forwarded-For") else { return }
      var answers: [CustomerClient.Answer] = []
      for address in ["203.0.113.7", "203.0.113.7", "203.0.113.8", "garbage"] {
        let browser = CustomerClient(client)
        try await browser.get("/elfelejtett-jelszo")
        answers.append(
          try await browser.post(
            "/elfelejtett-jelszo", ["email": "senki@pelda.hu"], headers: [forwarded: address]))
      }
      #expect(
        answers.map(\.status) == [.seeOther, .tooManyRequests, .seeOther, .badRequest])
      let limited = answers[1]
      #expect((1...600).contains(limited.retryAfterSeconds ?? 0))
      #expect(limited.heading == Words.say("notice.tooManyTries.title"))
      #expect(limited.main.contains("href=\"/bejelentkezes\""))
    }
  }
}
