internal import CustomerSite
internal import HTTPTypes
internal import NIOCore
internal import TestSupport
internal import Testing

/// Forms that come from elsewhere (attacks 37, 50, 51, 57).
@Suite struct `A form from elsewhere` {
  static let paths = CustomerPath.allCases.filter { $0.methods.contains(.post) }

  struct Origin: Sendable, CustomTestStringConvertible {
    let fetchSite: String?
    let origin: String?
    let isAccepted: Bool

    init(_ fetchSite: String?, _ origin: String?, isAccepted: Bool = false) {
      self.fetchSite = fetchSite
      self.origin = origin
      self.isAccepted = isAccepted
    }

    var testDescription: String { "\(fetchSite ?? "–"), \(origin ?? "–")" }

    var headers: HTTPFields {
      var headers: HTTPFields = [:]
      if let fetchSite { headers[.secFetchSite] = fetchSite }
      if let origin { headers[.origin] = origin }
      return headers
    }
  }

  /// The router's own host in these tests is `localhost`.
  static let origins = [
    Origin("cross-site", nil), Origin("same-site", nil), Origin("", nil),
    Origin("Same-Origin", nil), Origin("valami", nil),
    Origin("cross-site", "https://portal.pelda.example"),
    Origin("cross-site", "null"), Origin("same-site", "null"),
    Origin("same-origin", "https://evil.test"), Origin("none", "https://evil.test"),
    Origin(nil, "https://evil.test"), Origin(nil, ""), Origin(nil, "http://localhost"),
    Origin(nil, "https://portal.pelda.example:8443"),
    Origin(nil, "http://portal.pelda.example"), Origin(nil, "https://localhost:1"),
    Origin(nil, "https://portal.pelda.example.evil.test"),
    Origin(nil, "https://portal.pelda.example/"), Origin(nil, "ftp://localhost"),
    Origin(nil, "https://localhost:80@evil.test"), Origin(nil, "https://localhost@evil.test"),
    Origin(nil, "https://portal.pelda.example:443@evil.test"),
    Origin(nil, "https://evil.test@portal.pelda.example"), Origin(nil, "localhost"),
    Origin(nil, "https://portal.pelda.example, https://evil.test"), Origin(nil, "NULL"),
    Origin("same-origin", nil, isAccepted: true), Origin(nil, nil, isAccepted: true),
    // Unknown is not foreign: the token decides.
    Origin("none", nil, isAccepted: true), Origin(nil, "null", isAccepted: true),
    Origin("same-origin", "null", isAccepted: true), Origin("none", "null", isAccepted: true),
    Origin("same-origin", "https://portal.pelda.example", isAccepted: true),
    Origin(nil, "https://portal.pelda.example", isAccepted: true),
  ]

  @Test(arguments: origins)
  func `is let in only when the browser says that it comes from here`(
    origin: Origin
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let before = try await stage.contents()
      for path in Self.paths {
        let browser = anna.copy()
        let answer = try await browser.post(path.rawValue, [:], headers: origin.headers)
        #expect((answer.status != .forbidden) == origin.isAccepted, "\(path.rawValue)")
        if !origin.isAccepted {
          #expect(answer.heading == Words.say("error.crossSite.title"))
        }
      }
      if !origin.isAccepted { #expect(try await stage.contents() == before) }
    }
  }

  // MARK: The form's token

  @Test(arguments: paths)
  func `needs the token that this browser was given`(path: CustomerPath) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let own = try #require(try await anna.get("/regisztracio").hidden["formToken"])
      let stranger = anna.stranger()
      let strange = try #require(try await stranger.get("/regisztracio").hidden["formToken"])
      let flipped = String(own.dropLast()) + (own.hasSuffix("0") ? "1" : "0")
      let tokens = [
        "", "x", strange, flipped, String(own.dropLast()), own + "0",
        String(repeating: "0", count: 96), String(repeating: "+", count: 96),
        String(repeating: "é", count: 48),
      ]
      let before = try await stage.contents()
      for token in tokens {
        let answer = try await anna.post(
          path.rawValue, body: "formToken=\(CustomerClient.encode(token))", headers: [:])
        #expect(answer.status == .forbidden, "\(token)")
        #expect(answer.heading == Words.say("error.staleForm.title"))
      }
      let missing = try await anna.post(path.rawValue, body: "", headers: [:])
      #expect(missing.status == .forbidden)
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `needs the browser's own cookie with it`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      anna.set("__Host-visitor", to: nil)
      let answer = try await anna.post("/regisztracio", CustomerClient.claim(of: .anna))
      #expect(answer.status == .forbidden)
    }
  }

  @Test func `a token of before the login is worth nothing after it, and the other way round`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let before = try #require(try await anna.get("/bejelentkezes").hidden["formToken"])
      try await anna.logIn("anna@pelda.hu")
      let late = try await anna.post("/megerosites", ["formToken": before, "code": "22222"])
      #expect(late.status == .forbidden)
      let inside = try #require(try await anna.get("/megerosites").hidden["formToken"])
      try await anna.logOut()
      let out = try await anna.post(
        "/bejelentkezes", ["formToken": inside, "username": "a", "password": "b"])
      #expect(out.status == .forbidden)
    }
  }

  @Test func `one browser's token is refused in another's session`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.logIn("anna@pelda.hu")
      let peter = anna.stranger()
      try await peter.register(.peter, email: "peter@pelda.hu", on: stage)
      try await peter.logIn("peter@pelda.hu")
      let hers = try #require(try await anna.get("/megerosites").hidden["formToken"])
      #expect(
        try await peter.post("/kijelentkezes", ["formToken": hers]).status == .forbidden)
    }
  }

  @Test func `no answer lets another site read it`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let headers: HTTPFields = [
        .origin: "https://evil.test", .named("Access-Control-Request-Method"): "POST",
      ]
      for method in [HTTPRequest.Method.get, .options] {
        let answer = try await browser.send(method, "/regisztracio", headers, nil)
        #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
      }
    }
  }
}
