internal import TestSupport
internal import Testing

/// What only bytes on a connection can say (attack 58).
@Suite struct `On the wire` {
  private func status(_ answer: String) -> Int? {
    answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  @Test(arguments: [
    ([], [400]), (["Host: localhost", "Host: localhost"], [400]),
    (["Host: localhost", "Host: evil.test"], [400]), (["Host:"], [400, 421]),
    (["Host: evil.test"], [421]), (["Host: localhost.evil.test"], [421]),
    (["Host: localhost@evil.test"], [421]), (["Host: user@localhost"], [421]),
    (["Host: [::1]evil.test"], [421]), (["Host: localhost:80@evil.test"], [421]),
    (["Host: localhost:evil.test"], [421]), (["Host: localhost:123456"], [421]),
    (["Host: localhost:80:80"], [421]),
    (["Host: localhost", "X-Forwarded-Host: evil.test"], [200]),
    (["Host: localhost:8443"], [200]), (["Host: LocalHost"], [200]),
    (["Host: portal.pelda.example"], [200]),
    (["Host: \(String(repeating: "a", count: 300))"], [421]),
  ])
  func `exactly one host of ours is served`(lines: [String], statuses: [Int]) async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.ask(["GET /regisztracio HTTP/1.1"] + lines)
      let code = try #require(status(answer))
      #expect(statuses.contains(code))
      #expect(!answer.contains("evil.test"))
    }
  }

  /// The site could be made to take the odd host's name for its own.
  @Test(arguments: [
    "localhost:80@evil.test", "localhost@evil.test", "portal.pelda.example:443@evil.test",
    "evil.test:localhost", "localhost, evil.test", "localhost.",
  ])
  func `an origin that is as odd as the host it names lets no form in`(host: String) async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.ask([
        "POST /regisztracio HTTP/1.1", "Host: \(host)", "Origin: https://\(host)",
        "Content-Type: application/x-www-form-urlencoded", "Content-Length: 0",
      ])
      // Before anybody compares the two.
      #expect(status(answer) == 421)
      #expect(!answer.contains("evil.test"))
    }
  }

  @Test func `a request that names another host in its target is judged by the host`()
    async throws
  {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.ask(
        ["GET http://evil.test/regisztracio HTTP/1.1", "Host: localhost"])
      #expect(try #require(status(answer)) != 500)
      #expect(!answer.contains("evil.test"))
    }
  }

  @Test(arguments: [
    ("/regisztracio", 200), ("//regisztracio", 404), ("/regisztracio/", 404),
    ("/%72egisztracio", 404), ("/regisztracio%00", 404), ("//evil.test/regisztracio", 404),
    ("/nincs\u{E9}", 404), ("/\u{301}://localhost/regisztracio", 404),
    ("/\u{301}x://localhost:80/regisztracio?nyelv=en", 404),
  ])
  func `a path has one spelling`(path: String, expected: Int) async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.ask(["GET \(path) HTTP/1.1", "Host: localhost"])
      // What the server's own parser refuses is refused too.
      let code = try #require(status(answer))
      #expect(code == expected || (expected == 404 && code == 400))
    }
  }

  @Test func `an answer to HEAD has no body, which the next answer would be mistaken for`()
    async throws
  {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      for (path, expected) in [("/gyik", 200), ("/nincs", 404), ("/kijelentkezes", 405)] {
        let answer = try await wire.ask(["HEAD \(path) HTTP/1.1", "Host: localhost"])
        #expect(status(answer) == expected)
        #expect(answer.contains("Content-Security-Policy: default-src 'none'"))
        #expect(answer.hasSuffix("\r\n\r\n"))
      }
    }
  }

  @Test func `what an early answer leaves unread is never the next request`() async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let smuggled = "GET /regisztracio HTTP/1.1\r\nHost: evil.test\r\n\r\n"
      for (path, type) in [
        ("/regisztracio", "text/plain"), ("/nincs", "text/plain"), ("/gyik", "text/plain"),
        ("/regisztracio", "application/x-www-form-urlencoded"),
      ] {
        let head = [
          "POST \(path) HTTP/1.1", "Host: localhost", "Content-Type: \(type)",
          "Content-Length: \(smuggled.utf8.count)", "", "",
        ].joined(separator: "\r\n")
        let next = "GET /gyik HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let answer = try await wire.ask(bytes: Array((head + smuggled + next).utf8))
        let codes = answer.matches(of: /HTTP\/1.1 ([0-9]{3})/).map { String($0.1) }
        #expect(codes.count <= 2)
        #expect(codes.first.map { ["400", "403", "404", "405", "415"].contains($0) } == true)
        #expect(codes.dropFirst().allSatisfy { $0 == "200" })
      }
    }
  }

  @Test func `a form over a connection is judged like any other`() async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let form = "Content-Type: application/x-www-form-urlencoded"
      for (lines, body, expected) in [
        ([form], "kind=policy", 403), ([], "kind=policy", 415), ([form], "a=%00", 400),
        ([form], String(repeating: "x", count: 16 * 1024 + 1), 413),
        ([form, "Origin: https://evil.test"], "kind=policy", 403),
      ] {
        let head = [
          "POST /regisztracio HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)",
        ]
        let answer = try await wire.ask(head + lines, body: body)
        #expect(status(answer) == expected)
      }
    }
  }
}
