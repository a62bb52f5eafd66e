internal import Domain
internal import Foundation
internal import HTTPTypes
internal import TestSupport
internal import Testing
internal import Wording

/// Nobody loses anything to a clock without having been told, and asked (WCAG 2.2.1).
@Suite struct `Time` {
  private static let email = "anna@pelda.hu"
  private static let limit = "/idokorlat"

  /// The clocks of Hungary, so many seconds from now.
  private func clock(_ stage: Stage, in seconds: Double) throws -> String {
    let texts = try Props.brand.get().texts(in: .hungarian)
    return texts.clock(until: stage.clock.now.addingTimeInterval(seconds), from: stage.clock.now)
  }

  // MARK: Said before it begins

  @Test func `every limit is told before it begins`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      for (path, key) in [
        ("/ugyfelportal", "identify.time"), ("/regisztracio", "identify.time"),
        ("/bejelentkezes", "logIn.time"), ("/bejelentkezes", "logIn.time.code"),
        ("/elfelejtett-jelszo", "recovery.time"),
      ] {
        let page = try await anna.get(path)
        #expect(page.says(Words.say(key)), "\(path)")
      }
      let logIn = try await anna.get("/bejelentkezes")
      #expect(logIn.says("15 perc tétlenség után") && logIn.says("Legkésőbb 8 óra múlva"))
      #expect(logIn.says("15 perc múlva lejár"))
      #expect(try await anna.get("/elfelejtett-jelszo").says("A kód 30 perc múlva lejár."))
    }
  }

  @Test func `each page of a registration says until when, as a clock shows it`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let end = try clock(stage, in: 3600)
      let told = Words.say("deadline.registration", ["until": end])
      stage.clock.advance(by: 20)
      let page = try await anna.get("/regisztracio/telefonszam")
      #expect(page.says(told) && page.body.contains("data-seconds=\"3580\""))
      #expect(page.says(Words.say("code.until", ["until": try clock(stage, in: 580)])))
      #expect(page.says(Words.say("code.resendAt", ["until": try clock(stage, in: 40)])))
      try await anna.proveThePhone(on: stage)
      #expect(try await anna.get("/regisztracio/email").says(told))
      try await anna.giveAddress(Self.email)
      #expect(try await anna.get("/regisztracio/jelszo").says(told))
      try await anna.choosePassword()
      #expect(!(try await anna.get("/regisztracio/sikeres")).body.contains("id=\"deadline\""))
    }
  }

  @Test func `a code is not said to live longer than it does, nor another to come sooner`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      // Ten o'clock and forty seconds.
      stage.clock.advance(by: 40)
      try await anna.identify(.anna)
      let page = try await anna.get("/regisztracio/telefonszam")
      #expect(page.says("A kód 10:10-ig érvényes."))
      #expect(page.says("Új üzenetet 10:02 után kérhet."))
    }
  }

  @Test func `the wait for another message is read without opening anything`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let page = try await anna.get("/regisztracio/telefonszam").main
      let wait = try #require(page.range(of: "id=\"resend-wait\""))
      let box = try #require(page.range(of: "<details class=\"resend\""))
      #expect(wait.upperBound <= box.lowerBound)
      // What is told at its end has its place already, and the button works without a script.
      #expect(page.contains("id=\"resend-news\" role=\"status\"></p>"))
      #expect(!page.contains("disabled"))
    }
  }

  @Test func `each page of the account says when it logs out`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      stage.clock.advance(by: 120)
      let until = try clock(stage, in: 900)
      for path in ["/fiok", "/fiok/adatok", "/fiok/jelszo"] {
        #expect(try await anna.get(path).says(Words.say("deadline.session", ["until": until])))
      }
    }
  }

  // MARK: More of it

  @Test func `«Folytatom» gives a registration its whole time again, up to eight hours`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      for _ in 1...8 {
        stage.clock.advance(by: 3_500)
        #expect(try await anna.get("/regisztracio/email").body.contains("data-seconds=\"100\""))
        try await anna.get(Self.limit)
        #expect(try await anna.post(Self.limit).location == Self.limit)
        #expect(try await anna.get(Self.limit).says("/regisztracio/email"))
      }
      // 28,000 seconds are over, and 28,800 is the end.
      let page = try await anna.get("/regisztracio/email")
      #expect(page.body.contains("data-seconds=\"800\"") && !page.body.contains("data-extends"))
      let last = Words.say("deadline.registration.last", ["until": try clock(stage, in: 800)])
      #expect(page.says(last) && !page.body.contains("moreTime"))
      stage.clock.advance(by: 800)
      #expect(try await anna.get("/regisztracio/email").says(Words.say("notice.expired.title")))
    }
  }

  @Test func `«Folytatom» keeps somebody logged in, and looking at the clock does not`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      try await anna.get("/fiok")
      stage.clock.advance(by: 800)
      #expect(try await anna.get(Self.limit).body.contains("data-seconds=\"100\""))
      stage.clock.advance(by: 50)
      let page = try await anna.get(Self.limit)
      #expect(page.body.contains("data-seconds=\"50\"") && page.heading != nil)
      try await anna.post(Self.limit)
      #expect(try await anna.get(Self.limit).body.contains("data-seconds=\"900\""))
      stage.clock.advance(by: 899)
      #expect(try await anna.get("/fiok").status == .ok)
    }
  }

  @Test func `at the end of eight hours nobody is told that using the page still helps`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      for _ in 1...32 {
        stage.clock.advance(by: 890)
        try await anna.get("/fiok")
      }
      // 28,480 seconds are over, and 28,800 is the end.
      let until = try clock(stage, in: 320)
      let last = Words.say("deadline.session.last", ["until": until])
      let page = try await anna.get("/fiok")
      #expect(page.says(last) && page.body.contains("data-seconds=\"320\""))
      #expect(!page.body.contains("data-extends"))
      #expect(!page.says(Words.say("deadline.session", ["until": until])))
      let limit = try await anna.get(Self.limit)
      #expect(limit.says(last) && limit.says(Words.say("timeLimit.last")))
      #expect(!limit.says(Words.say("timeLimit.button")))
      stage.clock.advance(by: 320)
      #expect(try await anna.get("/fiok").location == "/bejelentkezes?uzenet=lejart")
    }
  }

  @Test func `«Több időt kérek» on a form gives more, and keeps what was typed`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      let form = "/regisztracio/email"
      let page = try await anna.get(form)
      #expect(page.body.contains("type=\"submit\" form=\"form\" name=\"moreTime\""))
      stage.clock.advance(by: 3_000)
      let typed = [
        "email": "anna@", "marketing": "yes", "dataProcessing": "no", "contract": "yes",
        "moreTime": "yes",
      ]
      let more = try await anna.post(form, typed)
      #expect(more.status == .ok && more.errors.isEmpty)
      #expect(more.body.contains("data-seconds=\"3600\""))
      #expect(more.says(Words.say("timeDialog.extended")))
      #expect(more.value(of: "email") == "anna@")
      #expect(more.isChecked("marketing") && more.isChecked("dataProcessing-no"))
      #expect(more.isChecked("contract") && !more.isChecked("notice"))
      stage.clock.advance(by: 3_500)
      #expect(try await anna.get(form).body.contains("data-seconds=\"100\""))
      // What was answered to other texts is no answer to these.
      let other = try await anna.post(form, typed.merging(["textVersions": "0"]) { $1 })
      #expect(other.value(of: "email") == "anna@" && !other.isChecked("contract"))
    }
  }

  @Test func `a mistake takes «Több időt kérek» from no page`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let told = Words.say("deadline.registration", ["until": try clock(stage, in: 3_600)])
      try await anna.identify(.anna)
      let code = try await stage.smsCode()
      let wrong = code.hasSuffix("00000") ? "00001" : "00000"
      let phone = "/regisztracio/telefonszam"
      let first = try await anna.get(phone)
      #expect(first.says(told) && first.body.contains("href=\"\(Self.limit)\""))
      for typed in [wrong, "x", ""] {
        let again = try await anna.post(phone, ["code": typed])
        #expect(again.status == .unprocessableContent)
        #expect(again.says(told) && again.body.contains("href=\"\(Self.limit)\""))
      }
      try await anna.proveThePhone(on: stage)
      try await anna.get("/regisztracio/email")
      let email = try await anna.post("/regisztracio/email", ["email": "anna"])
      #expect(email.says(told) && email.body.contains("name=\"moreTime\""))
      try await anna.giveAddress(Self.email)
      try await anna.get("/regisztracio/jelszo")
      let password = try await anna.post("/regisztracio/jelszo", ["password": "x"])
      #expect(password.status == .unprocessableContent && password.says(told))
      #expect(password.body.contains("href=\"\(Self.limit)\""))
    }
  }

  @Test func `a look at the clock writes nothing, and outside it there is none`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let page = try await anna.get(Self.limit)
      #expect(page.status == .ok && page.says(Words.say("timeLimit.none.title")))
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      stage.clock.advance(by: 300)
      let before = try await stage.contents()
      try await anna.get(Self.limit)
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `more time comes too late for what is over`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let page = try await anna.get(Self.limit)
      #expect(page.heading == Words.say("timeLimit.title"))
      stage.clock.advance(by: 3_600)
      try await anna.post(Self.limit)
      #expect(
        try await anna.get("/regisztracio/telefonszam").says(Words.say("notice.expired.title")))
    }
  }

  // MARK: Nothing lost

  @Test(arguments: ["/fiok/nyilatkozatok", "/fiok/biztonsag", "/fiok/levelezesi-cim"])
  func `a new login leads to the page that was asked for`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      stage.clock.advance(by: 900)
      #expect(try await anna.get(path).location == "/bejelentkezes?uzenet=lejart")
      #expect(try await anna.logIn(Self.email).location == path)
      // Once: the next login is a login like any other.
      try await anna.logOut()
      #expect(try await anna.logIn(Self.email).location == "/fiok")
      let stranger = anna.stranger()
      #expect(try await stranger.get(path).location == "/bejelentkezes")
      #expect(try await stranger.logIn(Self.email).location == path)
    }
  }

  @Test func `a typed address is there again after a new login, and the password is not`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      let path = "/fiok/levelezesi-cim"
      try await anna.get(path)
      stage.clock.advance(by: 900)
      let over = try await anna.post(path, ["email": "uj@pelda.hu", "password": Stage.password])
      #expect(over.location == "/bejelentkezes?uzenet=lejart")
      let kept = try #require(anna.cookie("__Host-asked"))
      #expect(!kept.contains("pelda"))
      #expect(try await anna.logIn(Self.email).location == path)
      let page = try await anna.get(path)
      #expect(page.value(of: "email") == "uj@pelda.hu" && page.says(Words.say("form.restored")))
      #expect(!page.body.contains(Stage.password))
      // Given back once.
      #expect(try await anna.get(path).value(of: "email") == "")
    }
  }

  @Test func `what somebody else typed in the same browser is shown to nobody`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let peter = anna.stranger()
      try await peter.register(.peter, email: "peter@pelda.hu", on: stage)
      try await peter.logIn("peter@pelda.hu")
      try await peter.confirmTheAddress(on: stage)
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      try await anna.get("/fiok/felhasznalonev")
      stage.clock.advance(by: 900)
      try await anna.post("/fiok/felhasznalonev", ["email": "titok@pelda.hu", "password": "x"])
      // Peter logs in where Anna sat.
      try await anna.logIn("peter@pelda.hu")
      // In a browser that is new to his account.
      try await anna.get("/fiok/felhasznalonev")
      #expect(try await anna.stepUp(on: stage).location == "/fiok/felhasznalonev")
      let page = try await anna.get("/fiok/felhasznalonev")
      #expect(page.status == .ok && page.value(of: "email") == "" && !page.says("titok"))
    }
  }

  @Test func `a forged place to come back to is none`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      try await anna.logOut()
      for forged in ["https://evil.example", "7b7d", String(repeating: "0", count: 200)] {
        anna.set("__Host-asked", to: forged)
        #expect(try await anna.logIn(Self.email).location == "/fiok")
        try await anna.logOut()
      }
    }
  }

  @Test func `answers are there again after a new proof, for the same customer alone`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      try await anna.get("/regisztracio/email")
      stage.clock.advance(by: 3_600)
      try await anna.post("/regisztracio/email", CustomerClient.answers(email: Self.email))
      let other = anna.copy()
      try await other.identify(.peter)
      try await other.proveThePhone(on: stage)
      #expect(try await other.get("/regisztracio/email").value(of: "email") == "")
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      let page = try await anna.get("/regisztracio/email")
      #expect(page.value(of: "email") == Self.email && page.isChecked("contract"))
      #expect(page.says(Words.say("form.restored")))
    }
  }
}
