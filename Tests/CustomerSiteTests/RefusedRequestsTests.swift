internal import CustomerSite
internal import HTTPTypes
internal import NIOCore
internal import Pages
internal import TestSupport
internal import Testing

/// What no browser sends is refused with a page of its own, whatever the path (attacks 65, 67, 68,
/// 69).
@Suite struct `A request that no browser sends` {
  // MARK: Paths and methods

  @Test(arguments: [
    "/nincs", "/regisztracio/", "//regisztracio", "///regisztracio", "/regisztracio//email",
    "/%72egisztracio", "/regisztracio%2f", "/regisztracio%00", "/REGISZTRACIO", "/Regisztracio",
    "/regisztracio;x", "/x/../regisztracio", "/./regisztracio", "/regisztracio/.",
    "/regisztracio/..", "/regisztracio\\", "/.git/HEAD", "/.env", "/.well-known/",
    "/.well-known/../regisztracio", "/.well-known/security.txt", "/belepo.sqlite",
    "/var/belepo.sqlite-wal", "/assets/", "/assets/site.css", "/assets/../site.css",
    "/fiok/nincs", "/fiok.css", "/fiok/x.css", "/..%5c..%5cetc/passwd",
  ])
  func `a path with a second spelling, or none of ours, is not found`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let answer = try await browser.get(path)
      #expect(answer.status == .notFound)
      #expect(answer.heading == Words.say("error.notFound.title"))
      #expect(answer.main.contains("href=\"/ugyfelportal\""))
    }
  }

  static let methods: [HTTPRequest.Method] = [
    .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    .init(rawValue: "FOO") ?? .get,
  ]

  @Test(arguments: CustomerPath.allCases)
  func `a method that the path does not know is answered with those it knows`(
    path: CustomerPath
  ) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      for method in Self.methods where !path.methods.contains(method) {
        let answer = try await browser.send(method, path.rawValue, [:], nil)
        #expect(answer.status == .methodNotAllowed, "\(method.rawValue)")
        let allowed = path.methods.map(\.rawValue).joined(separator: ", ")
        #expect(answer.headers[.allow] == allowed, "\(method.rawValue)")
        let title = method == .head ? nil : Words.say("error.wrongMethod.title")
        #expect(answer.heading == title)
      }
    }
  }

  @Test func `a style sheet can only be read`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let page = try await browser.get("/")
      let sheet = try #require(page.body.firstMatch(of: /href="(\/assets\/site[^"]*)"/)?.1)
      for method in Self.methods where method != .get && method != .head {
        let answer = try await browser.send(method, String(sheet), [:], nil)
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "GET, HEAD")
      }
    }
  }

  @Test func `an unknown path is not found by any method`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      for method in Self.methods {
        let answer = try await browser.send(method, "/nincs", [:], nil)
        #expect(answer.status == .notFound)
      }
    }
  }

  @Test func `a header or a field that names another method changes nothing`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let page = try await browser.get(
        "/kijelentkezes?_method=POST", headers: [.named("X-HTTP-Method-Override"): "POST"])
      #expect(page.status == .methodNotAllowed)
    }
  }

  // MARK: Sizes

  @Test func `a form of 16 KiB is read, and one more byte is too much`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let token = try #require(try await browser.get("/bejelentkezes").hidden["formToken"])
      let start = "formToken=\(token)&username=a&password="
      let rest = FormGuard.bodySize - start.utf8.count
      let full = start + String(repeating: "x", count: rest)
      let read = try await browser.post("/bejelentkezes", body: full, headers: [:])
      #expect(read.status == .unprocessableContent)
      let tooMuch = try await browser.post("/bejelentkezes", body: full + "x", headers: [:])
      #expect(tooMuch.status == .contentTooLarge)
      #expect(tooMuch.heading == Words.say("error.tooLarge.title"))
    }
  }

  @Test func `an address of 4 KiB is read, and one more byte is too long`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let full = "/gyik?x=" + String(repeating: "a", count: RequestGate.targetSize - 8)
      #expect(try await browser.get(full).status == .ok)
      let tooLong = try await browser.get(full + "a")
      #expect(tooLong.status == .uriTooLong)
      #expect(tooLong.heading == Words.say("error.badRequest.title"))
    }
  }

  // MARK: Types

  @Test(arguments: [
    nil, "", "text/plain", "application/json", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencodedx", "text/plain; application/x-www-form-urlencoded",
  ])
  func `a body of another type is not read`(type: String?) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let page = try await browser.get("/bejelentkezes")
      let token = try #require(page.hidden["formToken"])
      var headers: HTTPFields = [:]
      if let type { headers[.contentType] = type }
      let body = ByteBuffer(string: "formToken=\(token)&username=a&password=b")
      let answer = try await browser.send(.post, "/bejelentkezes", headers, body)
      #expect(answer.status == .unsupportedMediaType)
      #expect(answer.heading == Words.say("error.badRequest.title"))
    }
  }

  @Test(arguments: [
    "application/x-www-form-urlencoded", "Application/X-WWW-Form-URLEncoded",
    "application/x-www-form-urlencoded; charset=UTF-8", "application/x-www-form-urlencoded ;x",
  ])
  func `a form's type may be written as the standard lets it be written`(
    type: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      try await browser.get("/regisztracio")
      let answer = try await browser.post(
        "/regisztracio", CustomerClient.claim(of: .anna), headers: [.contentType: type])
      #expect(answer.status == .seeOther)
    }
  }

  // MARK: Forms

  @Test(arguments: [
    "username=a&username=b", "username=a&username=a", "username=%zz", "username=%", "username=%4",
    "%zz=a", "username=%ff", "username=%c0%ae", "username=%ed%a0%80", "username=%f5%80%80%80",
    "username=%00", "username=a%0d%0aX-Evil:1", "username=%0a", "username=%1b", "username=%7f",
    "username=a%00b", "user%00name=a", "username=\u{0}", "=a&=b",
  ])
  func `a form that no browser makes is refused as a whole`(body: String) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let page = try await browser.get("/bejelentkezes")
      let token = try #require(page.hidden["formToken"])
      let answer = try await browser.post(
        "/bejelentkezes", body: "formToken=\(token)&\(body)", headers: [:])
      #expect(answer.status == .badRequest)
      #expect(answer.heading == Words.say("error.badRequest.title"))
      #expect(!answer.body.contains("X-Evil"))
    }
  }

  @Test func `64 fields are read, and one more is too many`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let page = try await browser.get("/bejelentkezes")
      let token = try #require(page.hidden["formToken"])
      let more = (1...63).map { "a\($0)=" }.joined(separator: "&")
      let body = "formToken=\(token)&\(more)"
      let read = try await browser.post("/bejelentkezes", body: body, headers: [:])
      #expect(read.status == .unprocessableContent)
      let tooMany = try await browser.post("/bejelentkezes", body: body + "&b=", headers: [:])
      #expect(tooMany.status == .badRequest)
    }
  }

  @Test(arguments: [
    "username[]=a", "username[x]=a", "username[0][1]=a", "a=b;c=d", "&&username=a&&", "username",
    "username=a=b", "username=%ef%bb%bfa", "ismeretlen=1", "__proto__=1", "username=a%09b",
  ])
  func `odd but harmless forms have the meaning that they say`(body: String) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let page = try await browser.get("/bejelentkezes")
      let token = try #require(page.hidden["formToken"])
      let answer = try await browser.post(
        "/bejelentkezes", body: "formToken=\(token)&\(body)", headers: [:])
      #expect(answer.status == .unprocessableContent)
    }
  }
}
