internal import HTTPTypes
internal import NIOCore
internal import Pages
internal import TestSupport
internal import Testing

/// Cookies that a neighbour or a player puts beside ours (attacks 42 to 48; decision 0005).
@Suite struct `The cookies` {
  @Test(arguments: [
    "\u{2000}__Host-session=EVIL; __Host-session=REAL",
    "\u{A0}__Host-session=EVIL; __Host-session=REAL",
    "\u{FEFF}__Host-session=EVIL; __Host-session=REAL",
    "\u{85}__Host-session=EVIL; __Host-session=REAL",
    "__host-session=EVIL; __Host-session=REAL", "=__Host-session=EVIL; __Host-session=REAL",
    "x=__Host-session=EVIL; __Host-session=REAL", "__Host-session\u{B}=EVIL; __Host-session=REAL",
    "$Version=1; __Host-session=REAL", " \t__Host-session \t= \tREAL\t ", ";;__Host-session=REAL;",
    "\"__Host-session\"=EVIL; __Host-session=REAL", "x; __Host-session=REAL; y",
  ])
  func `only the very name counts (attack 47)`(header: String) {
    let cookies = RequestCookies(fields: [header])
    #expect(cookies[.session] == "REAL")
    #expect(cookies.doubled.isEmpty)
  }

  @Test(arguments: [
    ["__Host-session=EVIL; __Host-session=REAL"], ["__Host-session=EVIL", "__Host-session=REAL"],
    ["__Host-session=REAL; __Host-session=REAL"], ["__Host-session=; __Host-session=REAL"],
    ["__Host-session=A; __Host-session=B; __Host-session=C"],
  ])
  func `a name that comes twice counts as missing (attack 47)`(headers: [String]) {
    let cookies = RequestCookies(fields: headers)
    #expect(cookies[.session] == nil)
    #expect(cookies.doubled == [.session])
  }

  @Test func `others are not touched by one that came twice`() {
    let cookies = RequestCookies(
      fields: ["__Host-session=A; __Host-visitor=V; __Host-session=B; __Host-language=en"])
    #expect(cookies[.visitor] == "V" && cookies[.language] == "en")
  }

  @Test(arguments: ["\u{2000}", "\u{A0}", "\u{3000}", "\u{FEFF}"])
  func `a smuggled session opens nothing and does no harm (attack 47)`(space: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let hers = try #require(anna.cookie("__Host-session"))
      let thief = anna.stranger()
      #expect(
        try await thief.get("/fiok", headers: [.cookie: "\(space)__Host-session=\(hers)"])
          .location == "/bejelentkezes")
      let both = "\(space)__Host-session=EVIL; __Host-session=\(hers)"
      #expect(try await thief.get("/fiok", headers: [.cookie: both]).status == .ok)
      let doubled = "__Host-session=EVIL; __Host-session=\(hers)"
      #expect(
        try await thief.get("/fiok", headers: [.cookie: doubled]).location == "/bejelentkezes")
    }
  }

  @Test func `a session in the address, in a field or in a header is no session (attack 48)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let hers = try #require(anna.cookie("__Host-session"))
      let thief = anna.stranger()
      for path in ["/fiok?__Host-session=\(hers)", "/fiok?session=\(hers)", "/fiok?sid=\(hers)"] {
        #expect(try await thief.get(path).location == "/bejelentkezes")
      }
      for name in ["Authorization", "X-Session", "__Host-session"] {
        let answer = try await thief.get("/fiok", headers: [.named(name): hers])
        #expect(answer.location == "/bejelentkezes")
      }
    }
  }

  @Test func `everything that is set is for this host alone, over HTTPS, and not for scripts`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      var set: [String] = []
      func visit(_ answer: CustomerClient.Answer) {
        set += answer.headers[values: .setCookie]
      }
      visit(try await anna.get("/?nyelv=hu"))
      visit(try await anna.get("/regisztracio"))
      visit(try await anna.post("/regisztracio", CustomerClient.claim(of: .anna)))
      visit(try await anna.proveThePhone(on: stage))
      try await anna.giveAddress("anna@pelda.hu")
      try await anna.choosePassword()
      visit(try await anna.logIn("anna@pelda.hu"))
      try await anna.get("/megerosites")
      visit(try await anna.logOut())
      visit(try await anna.get("/nincs?nyelv=en"))
      #expect(Set(set.map { $0.prefix { $0 != "=" } }).count == 6)
      for cookie in set {
        #expect(cookie.hasPrefix("__Host-"))
        #expect(cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Lax"))
        #expect(!cookie.contains("Domain"))
      }
    }
  }

  @Test func `a planted registration or visitor never becomes one of ours (attack 42)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      let planted = String(repeating: "b", count: 64)
      anna.set("__Host-registration", to: planted + ".K7M24XQP")
      try await anna.identify(.anna)
      #expect(anna.cookie("__Host-registration")?.hasPrefix(planted) == false)
      let thief = anna.stranger()
      thief.set("__Host-registration", to: planted + ".K7M24XQP")
      let page = try await thief.get("/regisztracio/telefonszam")
      #expect(page.heading == Words.say("notice.missing.title"))
    }
  }

  @Test func `who plants the cookie of a registration has nothing when it is proven (attack 43)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      let thief = anna.stranger()
      try await thief.identify(.anna)
      let planted = try #require(thief.cookie("__Host-registration"))
      anna.set("__Host-registration", to: planted)
      #expect(try await anna.proveThePhone(on: stage).location == "/regisztracio/email")
      #expect(anna.cookie("__Host-registration") != planted)
      for path in ["/regisztracio/email", "/regisztracio/jelszo"] {
        #expect(try await thief.get(path).heading == Words.say("notice.missing.title"))
      }
      #expect(try await anna.get("/regisztracio/email").status == .ok)
    }
  }

  @Test(arguments: [
    "K7M24XQP", "<script>", "K7M24XQ", "k7m24xqp", "K7M2-4XQP", "\"><svg onload=x>", "00000000",
  ])
  func `an invented case number is shown only if it could be one`(number: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      anna.set("__Host-registration", to: String(repeating: "b", count: 64) + "." + number)
      let page = try await anna.get("/gyik")
      #expect(page.caseNumber == nil || page.caseNumber == "K7M2-4XQP")
      #expect(!page.body.contains("svg onload"))
    }
  }
}
