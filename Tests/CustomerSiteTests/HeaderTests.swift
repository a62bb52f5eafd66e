internal import Domain
internal import HTTPTypes
internal import NIOCore
internal import TestSupport
internal import Testing

/// What every answer carries, whatever happened (attacks 46, 52 to 54).
@Suite struct `Every answer` {
  private struct Surprise: Error, CustomStringConvertible {
    let description = "SELECT titok FROM account; kovacs.anna@example.hu"
  }

  private func check(_ answer: CustomerClient.Answer, _ name: String) {
    let headers = answer.headers
    let policy = headers[.contentSecurityPolicy] ?? ""
    #expect(policy.hasPrefix("default-src 'none'; script-src 'self'"), "\(name)")
    #expect(!policy.contains("unsafe") && !policy.contains("*"), "\(name)")
    for rule in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
      #expect(policy.contains(rule), "\(name)")
    }
    #expect(headers[.xContentTypeOptions] == "nosniff", "\(name)")
    for (field, value) in [
      ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
    ] {
      #expect(headers[.named(field)] == value, "\(name): \(field)")
    }
    #expect(headers[.named("Permissions-Policy")]?.contains("camera=()") == true, "\(name)")
    #expect(
      headers[.strictTransportSecurity] == "max-age=31536000; includeSubDomains", "\(name)")
    let isAsset = name.hasPrefix("/assets/")
    #expect(
      headers[.cacheControl]
        == (isAsset ? "public, max-age=31536000, immutable" : "no-store"), "\(name)")
    #expect(headers[.server] == nil, "\(name)")
    #expect(headers[.contentLanguage] != nil, "\(name)")
  }

  @Test func `carries the headers that keep a browser safe`() async throws {
    let stage = try await Stage()
    try await stage.play(isDemo: true) { anna in
      for path in [
        "/", "/regisztracio", "/gyik", "/nincs", "/fiok", "/.well-known/change-password",
        "/demo/uzenetek", "/demo/uzenetek.json", "/kijelentkezes",
        "/gyik?" + String(repeating: "x", count: 5000),
      ] {
        check(try await anna.get(path), path)
      }
      let page = try await anna.get("/regisztracio")
      for match in page.body.matches(of: /(?:href|src)="(\/assets\/[^"]*)"/) {
        check(try await anna.get(String(match.1)), String(match.1))
      }
      check(try await anna.post("/regisztracio", ["kind": "policy"]), "422")
      check(try await anna.post("/regisztracio", CustomerClient.claim(of: .anna)), "303")
      check(try await anna.post("/regisztracio", body: "a=%", headers: [:]), "400")
      check(try await anna.post("/regisztracio", body: "a=b", headers: [:]), "403 stale")
      check(
        try await anna.post(
          "/regisztracio", body: "", headers: [.origin: "https://evil.test"]), "403 cross-site")
      check(try await anna.send(.post, "/regisztracio", [:], nil), "415")
      check(
        try await anna.post(
          "/regisztracio", body: String(repeating: "x", count: 17_000), headers: [:]), "413")
      stage.breakage.takeOut()
      check(try await anna.get("/regisztracio/telefonszam"), "503")
      stage.breakage.surprise(with: Surprise())
      check(try await anna.get("/regisztracio/telefonszam"), "500")
    }
  }

  // MARK: Breakage

  @Test func `of a breakage shows a page, and nothing of the error`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.get("/regisztracio/telefonszam")
      stage.breakage.surprise(with: Surprise())
      for answer in [
        try await anna.copy().get("/regisztracio/telefonszam"),
        try await anna.post("/regisztracio/telefonszam", ["code": "12345"]),
      ] {
        #expect(answer.status == .internalServerError)
        #expect(answer.heading == Words.say("error.broken.title"))
        #expect(answer.main.contains("href=\"/ugyfelportal\""))
        #expect(answer.main.contains("06-40-421-421"))
        #expect(answer.caseNumber != nil)
        #expect(!answer.body.contains("SELECT") && !answer.body.contains("kovacs.anna"))
        #expect(!answer.headers.contains { $0.value.contains("SELECT") })
      }
      stage.breakage.mend()
      #expect(try await anna.get("/regisztracio/telefonszam").has("code"))
    }
  }

  @Test func `of an outage says when to come back, in both languages`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      stage.breakage.takeOut()
      let hungarian = try await anna.get("/regisztracio/telefonszam")
      #expect(hungarian.status == .serviceUnavailable)
      #expect(hungarian.retryAfterSeconds == 60)
      #expect(hungarian.heading == Words.say("error.outage.title"))
      #expect(!hungarian.body.contains("disk") && !hungarian.body.contains("/var/lib"))
      let english = try await anna.get("/regisztracio/telefonszam?nyelv=en")
      #expect(english.heading == Words.say("error.outage.title", in: .english))
      for path in ["/", "/ugyfelportal", "/regisztracio", "/gyik", "/bejelentkezes"] {
        #expect(try await anna.get(path).status == .ok, "\(path)")
      }
    }
  }

  @Test func `of too many at once says to wait some seconds, and nothing is lost (attack 41)`()
    async throws
  {
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let bela = anna.stranger()
      try await bela.identify(.bela)
      try await bela.proveThePhone(on: stage)
      try await bela.giveAddress("bela@pelda.hu")
      try await busy.during {
        for answer in [try await anna.logIn("anna@pelda.hu"), try await bela.choosePassword()] {
          #expect(answer.status == .serviceUnavailable)
          #expect(answer.retryAfterSeconds == 5)
          #expect(answer.heading == Words.say("error.busy.title"))
        }
      }
      #expect(try await bela.choosePassword().location == "/regisztracio/sikeres")
      #expect(try await anna.logIn("anna@pelda.hu").location == "/megerosites")
    }
  }
}
