internal import CustomerSite
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdTesting
internal import Pages
internal import TestSupport
internal import Testing

/// «Biztonság»: where somebody is logged in, and how that is ended.
@Suite struct `The page of devices` {
  private let path = "/fiok/biztonsag"
  private let ending = "/fiok/biztonsag/kijelentkezes"
  private let email = "anna@pelda.hu"

  private static let phone: HTTPFields = [
    .userAgent:
      "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
  ]

  /// Logs in with another browser, which says that it is a phone.
  private func second(of anna: CustomerClient) async throws -> CustomerClient {
    let browser = anna.stranger()
    try await browser.get("/bejelentkezes")
    try await browser.post(
      "/bejelentkezes", ["username": email, "password": Stage.password], headers: Self.phone)
    return browser
  }

  /// The names that the page's forms send, without the two that mean several.
  private func names(_ page: CustomerClient.Answer) -> [String] {
    page.body.components(separatedBy: "name=\"session\" value=\"").dropFirst()
      .compactMap { $0.components(separatedBy: "\"").first }
      .filter { $0 != "all" && $0 != "others" }
  }

  @Test func `tells each session in plain words, and never what the browser said`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      stage.clock.advance(by: 600)
      _ = try await second(of: anna)
      let page = try await anna.get(path)
      #expect(page.heading == Words.say("devices.title"))
      #expect(page.says("Chrome, Android") && page.says(Words.say("device.unknown")))
      #expect(page.says("2026. április 6. 10:00") && page.says("2026. április 6. 10:10"))
      #expect(page.says(Words.say("devices.this")))
      #expect(!page.body.contains("Mozilla") && !page.body.contains("KHTML"))
      #expect(names(page).count == 1)
      #expect(page.says(Words.say("activity.loggedIn")))
      let session = try #require(anna.cookie("__Host-session"))
      #expect(!page.body.contains(session))
    }
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "\"><svg onload=x>", "Chrome/1 <b>Android</b>", "{{7*7}}",
  ])
  func `shows nothing of what a browser calls itself (attack 55)`(userAgent: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      let other = anna.stranger()
      try await other.get("/bejelentkezes")
      try await other.post(
        "/bejelentkezes", ["username": email, "password": Stage.password],
        headers: [.userAgent: userAgent])
      let page = try await anna.get(path)
      #expect(!page.body.contains(userAgent))
      #expect(
        !page.body.contains("svg onload") && !page.body.contains("alert(") && !page.says("{{7*7}}"))
    }
  }

  @Test func `one session is ended, the same click again is told the same (attack 49)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      let phone = try await second(of: anna)
      #expect(try await phone.get("/fiok").status == .ok)
      let name = try #require(names(try await anna.get(path)).first)
      for _ in 1...2 {
        let answer = try await anna.post(ending, ["session": name])
        #expect(answer.location == "\(path)?uzenet=lezarva")
      }
      #expect(try await phone.get("/fiok").location == "/bejelentkezes?uzenet=lejart")
      let told = try await anna.get("\(path)?uzenet=lezarva")
      #expect(told.says(Words.say("flash.sessionClosed")) && names(told).isEmpty)
    }
  }

  @Test func `somebody else's session is like a missing one, to the byte (attack 87)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      _ = try await second(of: anna)
      let hers = try #require(names(try await anna.get(path)).first)
      let peter = anna.stranger()
      try await peter.enterThePortal(.peter, email: "peter@pelda.hu", on: stage)
      try await peter.get(path)
      let before = try await stage.contents(except: ["session.last_used_at"])
      var answers: Set<String> = []
      for name in [hers, String(repeating: "0", count: 32), "x", ""] {
        let answer = try await peter.post(ending, ["session": name])
        #expect(answer.status == .notFound)
        answers.insert(Snapshot.text(of: answer, wholeBody: true))
        try await peter.get(path)
      }
      #expect(answers.count == 1)
      #expect(try await stage.contents(except: ["session.last_used_at"]) == before)
    }
  }

  @Test func `the others are ended and this one stays`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      let phone = try await second(of: anna)
      try await anna.get(path)
      let answer = try await anna.post(ending, ["session": "others"])
      #expect(answer.location == "\(path)?uzenet=tobbi")
      #expect(try await anna.get("/fiok").status == .ok)
      #expect(try await phone.get("/fiok").status == .seeOther)
      #expect(!(try await anna.get(path)).body.contains("value=\"others\""))
    }
  }

  @Test func `logging out everywhere leaves nobody in, and says what to do next`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      let phone = try await second(of: anna)
      let thief = anna.copy()
      try await anna.get(path)
      let out = try await anna.post(ending, ["session": "all"])
      #expect(out.location == "/bejelentkezes?uzenet=mindenhonnan")
      #expect(out.headers[.clearSiteData] == "\"cache\"")
      #expect(anna.cookie("__Host-session") == nil)
      for browser in [phone, thief] {
        #expect(try await browser.get("/fiok").location == "/bejelentkezes?uzenet=lejart")
      }
      let told = try await anna.get("/bejelentkezes?uzenet=mindenhonnan")
      #expect(told.says(Words.say("flash.loggedOutEverywhere")))
    }
  }

  @Test func `the sixth login ends the oldest and tells so (attack 49)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      for _ in 2...5 {
        stage.clock.advance(by: 1)
        #expect(try await anna.stranger().logIn(email).location == "/fiok")
      }
      stage.clock.advance(by: 1)
      let sixth = anna.stranger()
      #expect(try await sixth.logIn(email).location == "/fiok?uzenet=legregebbi")
      let told = try await sixth.get("/fiok?uzenet=legregebbi")
      #expect(told.says(Words.say("flash.oldestEnded")))
      #expect(try await anna.get("/fiok").location == "/bejelentkezes?uzenet=lejart")
      #expect(names(try await sixth.get(path)).count == 4)
    }
  }

  // MARK: At the login

  @Test func `the browser's own name is kept for a year, and survives the logout`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: email, on: stage)
      let answer = try await anna.logIn(email)
      let set = answer.headers[values: .setCookie].first { $0.hasPrefix("__Host-device=") }
      #expect(
        set?.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000") == true)
      let name = try #require(anna.cookie("__Host-device"))
      try await anna.confirmTheAddress(on: stage)
      try await anna.get("/fiok")
      try await anna.logOut()
      #expect(anna.cookie("__Host-device") == name)
      try await anna.logIn(email)
      #expect(anna.cookie("__Host-device") == name)
      #expect(try await stage.audited("new_device") == 0)
    }
  }

  @Test func `thirty failures from one address get a page with a time (attack 26)`() async throws {
    var limits = Limits()
    limits.loginFailuresPerAddressPerTenMinutes = 5
    let stage = try await Stage(limits: limits)
    let here: Set<String> = ["127.0.0.1", "::1"]
    let router = try stage.site().router(
      at: .init(
        hosts: ["localhost", "127.0.0.1"], origin: "https://localhost", isSecure: true,
        proxies: here),
      outage: { _ in nil })
    try await Application(router: router).test(.live) { client in
      let browser = CustomerClient(client)
      let address: HTTPFields = [.named("X-Forwarded-For"): "203.0.113.7"]
      try await browser.get("/bejelentkezes")
      for number in 1...5 {
        let answer = try await browser.post(
          "/bejelentkezes", ["username": "ugyfel\(number)@pelda.hu", "password": "Tavasz2026"],
          headers: address)
        #expect(answer.status == .unprocessableContent)
      }
      let answer = try await browser.post(
        "/bejelentkezes", ["username": "ugyfel@pelda.hu", "password": "Tavasz2026"],
        headers: address)
      #expect(answer.status == .tooManyRequests)
      #expect(answer.heading == Words.say("notice.tooManyTries.title"))
      #expect((1...600).contains(answer.retryAfterSeconds ?? 0))
      #expect(answer.main.contains("href=\"/elfelejtett-jelszo\""))
      try await browser.get("/bejelentkezes")
      let elsewhere = try await browser.post(
        "/bejelentkezes", ["username": "ugyfel@pelda.hu", "password": "Tavasz2026"],
        headers: [.named("X-Forwarded-For"): "203.0.113.8"])
      #expect(elsewhere.status == .unprocessableContent)
    }
  }

  // MARK: The home page

  @Test func `the home page tells what is new since the last login`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      let first = try await anna.get("/fiok")
      #expect(!first.says(Words.say("home.news")) && !first.says(Words.say("home.lastLogin")))
      stage.clock.advance(by: 3600)
      // A stranger, who knows the password after two tries.
      let stranger = anna.stranger()
      try await stranger.logIn(email, password: "Rossz1Jelszo")
      try await stranger.logIn(email, password: "Rossz2Jelszo")
      stage.clock.advance(by: 60)
      _ = try await second(of: anna)
      stage.clock.advance(by: 60)
      try await anna.logIn(email, password: "Rossz3Jelszo")
      try await anna.logIn(email)
      let home = try await anna.get("/fiok")
      #expect(
        home.says(
          Words.say(
            "news.newDevice", ["device": "Chrome, Android", "time": "2026. április 6. 11:01"])))
      #expect(home.says(Words.say("failedLogins.one")))
      #expect(home.main.contains("href=\"/fiok/biztonsag\""))
      #expect(home.says(Words.say("home.lastLogin")) && home.says("(Chrome, Android)"))
      let page = try await anna.get(path)
      #expect(page.says(Words.say("failedLogins.one")))
    }
  }
}
