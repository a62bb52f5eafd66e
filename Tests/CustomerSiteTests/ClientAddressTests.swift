internal import CustomerSite
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdTesting
internal import Pages
internal import TestSupport
internal import Testing

/// Who counts as one address (attack 20). The other end of these connections is this machine.
@Suite struct `The client's address` {
  /// Two failed identifications, each with its own header; the second is limited when both count as
  /// one address.
  private func isOneAddress(
    _ first: String?, _ second: String?, proxies: Set<String>
  ) async throws -> Bool {
    var limits = Limits()
    limits.mismatchesPerAddressPerTenMinutes = 1
    let stage = try await Stage(limits: limits)
    let router = try stage.site().router(
      at: .init(
        hosts: ["localhost", "127.0.0.1"], origin: "https://localhost", isSecure: true,
        proxies: proxies),
      outage: { _ in nil })
    return try await Application(router: router).test(.live) { client in
      var statuses: [HTTPResponse.Status] = []
      for (address, number) in [(first, "7777777"), (second, "8888888")] {
        let browser = CustomerClient(client)
        var headers: HTTPFields = [:]
        if let address { headers[.named("X-Forwarded-For")] = address }
        try await browser.get("/regisztracio")
        let answer = try await browser.post(
          "/regisztracio",
          [
            "kind": "customer", "customerNumber": number, "mobileNumber": "0630\(number)",
          ], headers: headers)
        statuses.append(answer.status)
      }
      #expect(statuses.first == .unprocessableContent)
      return statuses.last == .tooManyRequests
    }
  }

  /// In both spellings in which this machine may be seen.
  private static let here: Set<String> = ["127.0.0.1", "::1"]

  @Test(arguments: [
    ("203.0.113.7", "203.0.113.7", true), ("203.0.113.7", "203.0.113.8", false),
    ("198.51.100.1, 203.0.113.7", "198.51.100.2, 203.0.113.7", true),
    ("203.0.113.7, 127.0.0.1", "203.0.113.7,127.0.0.1", true),
    ("127.0.0.1, 203.0.113.7", "127.0.0.1, 203.0.113.8", false),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    // The IPv4 address that a dual-stack socket shows in IPv6's clothes is that very address.
    ("::ffff:203.0.113.7", "203.0.113.7", true),
    ("::ffff:203.0.113.7", "::ffff:203.0.113.8", false),
    // A port tells one connection from another, not one customer.
    ("203.0.113.7:1111", "203.0.113.7:2222", true),
    ("[2001:db8:1:2::1]:1111", "2001:db8:1:2::9", true),
  ])
  func `behind a named proxy is the last that the proxies do not name (attack 20)`(
    first: String, second: String, isOne: Bool
  ) async throws {
    #expect(try await isOneAddress(first, second, proxies: Self.here) == isOne)
  }

  @Test func `in a short spelling is the same network`() async throws {
    let isOne = try await isOneAddress("2001:db8::1", "2001:db8:0:0:1::2", proxies: Self.here)
    #expect(isOne)
  }

  @Test(arguments: ["a", "203.0.113", "203.0.113.7, x", "999.1.1.1", "::ffff:g"])
  func `that is none is refused, never skipped (CVE-2024-47070)`(forwarded: String) async throws {
    let stage = try await Stage()
    let router = try stage.site().router(
      at: .init(
        hosts: ["localhost", "127.0.0.1"], origin: "https://localhost", isSecure: true,
        proxies: Self.here),
      outage: { _ in nil })
    try await Application(router: router).test(.live) { client in
      let browser = CustomerClient(client)
      try await browser.get("/regisztracio")
      let answer = try await browser.post(
        "/regisztracio", CustomerClient.claim(of: .anna),
        headers: [.named("X-Forwarded-For"): forwarded])
      #expect(answer.status == .badRequest)
    }
  }

  @Test func `is not what an unnamed peer says it is (attack 20)`() async throws {
    // A peer on this machine that nobody has named stands for everybody, and is not counted.
    let claimed = try await isOneAddress("203.0.113.7", "203.0.113.7", proxies: [])
    let silent = try await isOneAddress(nil, nil, proxies: [])
    #expect(!claimed && !silent)
  }
}
