internal import NIOCore
internal import Pages
internal import TestSupport
internal import Testing
internal import WebServer

/// Who is slow, endless, broken or many on the wire holds up nobody (attacks 58, 60 to 64, 75).
@Suite struct `A connection` {
  private static let form = "Content-Type: application/x-www-form-urlencoded"

  private static func head(_ path: String, _ lines: String...) -> String {
    (["POST \(path) HTTP/1.1", "Host: localhost"] + lines + ["", ""]).joined(separator: "\r\n")
  }

  private func status(_ answer: String) -> String {
    String(answer.split(separator: " ").dropFirst().first ?? "")
  }

  /// Whatever is refused, and by whom, the answer is a page of ours.
  private func checkPage(_ answer: String, _ expected: String) {
    #expect(status(answer) == expected)
    #expect(answer.contains("Content-Security-Policy: default-src 'none'"), "\(answer.prefix(200))")
    #expect(answer.contains("Strict-Transport-Security: max-age=31536000"))
    #expect(answer.contains("Cache-Control: no-store"))
    #expect(answer.contains("Connection: close"))
    #expect(answer.contains("href=\"/ugyfelportal\""))
    #expect(answer.matches(of: /HTTP\/1\.1 [0-9]/).count == 1)
  }

  // MARK: Slow

  @Test(arguments: [
    "GET /gy", "GET /gyik HTTP/1.1\r\nHost: loc",
    // Longer than all drops together: on a busy machine many come before anybody looks at a clock.
    head("/regisztracio", form, "Content-Length: 5000"),
    head("/regisztracio", form, "Transfer-Encoding: chunked") + "3\r\na=b\r\n",
  ])
  func `has so long for a request, however busily it drips`(beginning: String) async throws {
    var patience = Stage.patience
    patience.request = .milliseconds(400)
    let stage = try await Stage()
    try await stage.playOverWire(patience: patience) { wire in
      let answer = try await wire.talk { line in
        line.send(beginning)
        var drops = 0
        // A drop each time that nothing was heard for a while.
        while drops < 1000, !line.hears(within: 20) {
          line.send(beginning.contains("chunked") ? "1\r\nx\r\n" : "x")
          drops += 1
        }
        return try line.readAll()
      }
      checkPage(answer, "408")
    }
  }

  @Test func `without a request is kept as long as it is said`() async throws {
    var patience = Stage.patience
    patience.idle = .milliseconds(200)
    let stage = try await Stage()
    try await stage.playOverWire(patience: patience) { wire in
      let answer = try await wire.talk { try $0.readAll() }
      #expect(answer.isEmpty)
    }
  }

  @Test func `that reads no answer is ended`() async throws {
    var patience = Stage.patience
    patience.answer = .milliseconds(400)
    let stage = try await Stage()
    try await stage.playOverWire(patience: patience) { wire in
      let isEnded = try await wire.talk { line in
        let request = "GET /gyik HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let crowd = String(repeating: request, count: 100)
        // The first that does not go out: the other end is gone, or the socket's minute is over.
        for _ in 1...10_000 where !line.send(crowd) { return true }
        return false
      }
      #expect(isEnded)
    }
  }

  // MARK: Endless

  @Test(arguments: [
    (head("/regisztracio", form, "Content-Length: 1000000000"), "413"),
    (head("/regisztracio", form, "Transfer-Encoding: chunked") + "40000000\r\n", "413"),
    (head("/regisztracio", form, "Origin: https://evil.test", "Content-Length: 1000000000"), "403"),
    (head("/nincs", form, "Content-Length: 1000000000"), "404"),
    (head("/gyik", form, "Content-Length: 1000000000"), "405"),
    (head("/regisztracio", "Content-Type: text/plain", "Content-Length: 1000000000"), "415"),
  ])
  func `is closed after a refusal, whatever still comes`(
    head: String, expected: String
  ) async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let (answer, sent) = try await wire.talk { line in
        line.send(head)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 65_536)
        var sent = 0
        // What the system itself buffers is a few MiB.
        while sent < 1000, line.send(piece) { sent += 1 }
        return (try line.readAll(), sent)
      }
      // The system may throw an answer away once it was closed; what was read is ours.
      if !answer.isEmpty { checkPage(answer, expected) }
      #expect(sent < 1000)
    }
  }

  @Test func `whose refused request ends hears the refusal to its end`() async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.talk { line in
        line.send(Self.head("/regisztracio", Self.form, "Content-Length: 30000"))
        line.send([UInt8](repeating: UInt8(ascii: "x"), count: 30_000))
        return try line.read(until: "</html>")
      }
      #expect(status(answer) == "413")
      #expect(answer.contains("</html>"))
    }
  }

  @Test(arguments: [
    ("GET /" + String(repeating: "a", count: 40_000), "414"),
    ("GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "414"),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "a", count: 40_000), "431"),
    (
      "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=" + String(repeating: "a", count: 16_000)
        + "\r\n\r\n", "431"
    ),
    ("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 65) + "\r\n", "431"),
  ])
  func `with a head that does not end is answered before it does`(
    head: String, expected: String
  ) async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.talk { line in
        line.send(head)
        return try line.readAll()
      }
      checkPage(answer, expected)
    }
  }

  // MARK: Leave

  @Test func `that asks for leave is given it, when the body is wanted`() async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.talk { line in
        line.send(
          Self.head("/regisztracio", Self.form, "Content-Length: 3", "Expect: 100-continue"))
        let leave = try line.read(until: "\r\n\r\n")
        #expect(leave == "HTTP/1.1 100 Continue\r\n\r\n")
        line.send("a=b")
        return try line.read(until: "</html>")
      }
      #expect(status(answer) == "403")
    }
  }

  @Test(arguments: [
    (head("/nincs", form, "Content-Length: 3", "Expect: 100-continue"), "404"),
    (head("/regisztracio", "Content-Length: 3", "Expect: 100-continue"), "415"),
    (
      head(
        "/regisztracio", form, "Origin: https://evil.test", "Content-Length: 3",
        "Expect: 100-continue"), "403"
    ),
  ])
  func `that asks for leave is refused without it`(head: String, expected: String) async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.talk { line in
        line.send(head)
        return try line.readAll()
      }
      checkPage(answer, expected)
    }
  }

  // MARK: Broken

  @Test(arguments: [
    "GET / HTTP/1.1\nHost: localhost\r\nX\r\n\r\n", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n", "FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX : y\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\u{0}b\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +4\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
      + "Transfer-Encoding: chunked\r\n\r\n",
  ])
  func `that sends no HTTP is told so, and it is no fault of ours`(bytes: String) async throws {
    let (stage, log) = (try await Stage(), Log())
    try await stage.playOverWire(logger: log.logger) { wire in
      let answer = try await wire.talk { line in
        line.send(bytes)
        line.finish()
        return try line.readAll()
      }
      checkPage(answer, answer.hasPrefix("HTTP/1.1 505") ? "505" : "400")
    }
    #expect(log.complaints == 0)
  }

  @Test(arguments: [
    "zz\r\nabc\r\n0\r\n\r\n", "-1\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
    "11111111111111111\r\n", "3;\u{0}\r\nabc\r\n0\r\n\r\n", "\r\n\r\n",
  ])
  func `with a chunk that is none is answered 400, and it is no fault of ours`(
    chunks: String
  ) async throws {
    let (stage, log) = (try await Stage(), Log())
    try await stage.playOverWire(logger: log.logger) { wire in
      let answer = try await wire.talk { line in
        line.send(
          Self.head("/regisztracio", Self.form, "Transfer-Encoding: chunked") + chunks)
        return try line.readAll()
      }
      checkPage(answer, "400")
    }
    #expect(log.complaints == 0)
  }

  @Test func `that breaks off in the middle of a form has sent none`() async throws {
    let (stage, log) = (try await Stage(), Log())
    try await stage.playOverWire(logger: log.logger) { wire in
      let page = try await wire.ask(["GET /regisztracio HTTP/1.1", "Host: localhost"])
      let token = try #require(page.firstMatch(of: /name="formToken" value="([0-9a-f]+)"/)?.1)
      let visitor = try #require(page.firstMatch(of: /__Host-visitor=([^;]*)/)?.1)
      let before = try await stage.contents()
      let claim = "formToken=\(token)&kind=policy&policyNumber=X&mobilePrefix=30&mobileNumber=1"
      for resets in [false, true] {
        let answer = try await wire.talk { line in
          line.send(
            Self.head(
              "/regisztracio", Self.form, "Cookie: __Host-visitor=\(visitor)",
              "Content-Length: \(claim.utf8.count + 1)") + claim)
          if resets {
            line.reset()
            return ""
          }
          line.finish()
          return try line.readAll()
        }
        if !resets { checkPage(answer, "400") }
      }
      #expect(try await stage.contents() == before)
    }
    #expect(log.complaints == 0)
  }

  @Test func `answers what came before the nonsense, and then the nonsense`() async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let answer = try await wire.talk { line in
        line.send("GET /gyik HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n")
        return try line.readAll()
      }
      let codes = answer.matches(of: /HTTP\/1\.1 ([0-9]{3})/).map { String($0.1) }
      #expect(codes == ["200", "400"])
    }
  }

  @Test func `may bring several requests at once, and a hundred one after another`() async throws {
    let stage = try await Stage()
    try await stage.playOverWire { wire in
      let request = "GET /kapcsolat HTTP/1.1\r\nHost: localhost\r\n\r\n"
      let last = "GET /kapcsolat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
      let answer = try await wire.talk { line in
        line.send(String(repeating: request, count: 99) + last)
        return try line.readAll()
      }
      #expect(answer.matches(of: /HTTP\/1\.1 200/).count == 100)
    }
  }

  // MARK: Many

  @Test(arguments: [(4, 100), (100, 4)])
  func `gives its place to a new one when it has no request`(
    most: Int, perNetwork: Int
  ) async throws {
    let stage = try await Stage()
    let connections = Connections(most: most, perNetwork: perNetwork)
    try await stage.playOverWire(connections: connections) { wire in
      try await wire.talk { first in
        let port = wire.port
        let others = try (1...3).map { _ in
          let line = try Wire.Line(port: port)
          line.send("GET /gyik HTTP/1.1\r\nHost: localhost\r\n\r\n")
          _ = try line.read(until: "</html>")
          return line
        }
        let new = try Wire.Line(port: port)
        new.send("GET /gyik HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(try new.readAll().hasPrefix("HTTP/1.1 200"))
        #expect(try first.readAll().isEmpty)
        for line in others + [new] { line.close() }
      }
    }
    // The first, and perhaps what the test itself had open before.
    #expect((1...2).contains(connections.figures.displaced))
    #expect(connections.figures.refused == 0)
  }

  @Test func `with a request keeps its place, and a new one finds none`() async throws {
    let stage = try await Stage()
    let connections = Connections(most: 4, perNetwork: 100)
    try await stage.playOverWire(connections: connections) { wire in
      try await wire.talk { first in
        let port = wire.port
        var lines: [Wire.Line] = []
        for _ in 1...4 {
          let line = lines.isEmpty ? first : try Wire.Line(port: port)
          // Leave says that the request has begun, before the next one comes.
          line.send(
            Self.head("/regisztracio", Self.form, "Content-Length: 3", "Expect: 100-continue"))
          #expect(try line.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100"))
          lines.append(line)
        }
        let new = try Wire.Line(port: port)
        new.send("GET /gyik HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try new.readAll().isEmpty)
        for line in lines {
          line.send("a=b")
          #expect(try line.read(until: "</html>").hasPrefix("HTTP/1.1 403"))
        }
        for line in lines.dropFirst() { line.close() }
        new.close()
      }
    }
    #expect(connections.figures.refused >= 1)
  }

  @Test func `of a proxy that the operator has named is not counted by its address`()
    async throws
  {
    let stage = try await Stage()
    let connections = Connections(most: 100, perNetwork: 1, proxies: ["127.0.0.1"])
    try await stage.playOverWire(connections: connections) { wire in
      try await wire.talk { first in
        let others = try (1...9).map { _ in try Wire.Line(port: wire.port) }
        for line in [first] + others {
          line.send("GET /gyik HTTP/1.1\r\nHost: localhost\r\n\r\n")
          #expect(try line.read(until: "</html>").hasPrefix("HTTP/1.1 200"))
        }
        for line in others { line.close() }
      }
    }
    #expect(connections.figures.displaced == 0)
  }
}
