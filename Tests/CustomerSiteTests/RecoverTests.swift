internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

@Suite struct `Who has forgotten the password` {
  private let start = "/elfelejtett-jelszo"
  private let path = "/elfelejtett-jelszo/uj-jelszo"
  private let resend = "/elfelejtett-jelszo/uj-kod"
  private let email = "anna@pelda.hu"
  private let new = "Napraforgo31"

  private func become(_ anna: CustomerClient, _ stage: Stage) async throws {
    try await anna.enterThePortal(.anna, email: email, on: stage)
    try await anna.logOut()
  }

  @discardableResult
  private func ask(
    _ browser: CustomerClient, _ typed: String? = nil
  ) async throws -> CustomerClient.Answer {
    try await browser.get(start)
    return try await browser.post(start, ["email": typed ?? email])
  }

  private func fields(_ code: String, _ password: String, again: String? = nil) -> [String: String]
  {
    ["code": code, "password": password, "passwordAgain": again ?? password]
  }

  private func set(
    _ code: String, _ password: String? = nil, again: String? = nil, by browser: CustomerClient
  ) async throws -> CustomerClient.Answer {
    try await browser.get(path)
    return try await browser.post(path, fields(code, password ?? new, again: again))
  }

  private func normalised(_ answer: CustomerClient.Answer, _ email: String) -> String {
    Snapshot.text(of: answer, wholeBody: true).replacing(email, with: "ADDRESS")
      .replacing(/<span data-code-prefix>.<\/span>/, with: "PREFIX")
      .replacing(/name="mark" value="[^"]*"/, with: "MARK")
  }

  @Test func `sets a new one with the code from the e-mail, and logs in with it`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      let logIn = try await anna.get("/bejelentkezes")
      #expect(logIn.main.contains("href=\"\(start)\""))
      #expect(try await ask(anna).location == path)
      let page = try await anna.get(path)
      let code = try await stage.emailCode()
      #expect(page.text(of: "data-code-prefix") == String(code.prefix(1)))
      #expect(page.says(email) && !page.body.contains(code.suffix(5)))
      let done = try await set(String(code.suffix(5)), by: anna)
      #expect(done.location == "/bejelentkezes?uzenet=uj-jelszo")
      #expect(anna.cookie("__Host-session") == nil)
      let told = try await anna.get("/bejelentkezes?uzenet=uj-jelszo")
      #expect(told.says(Words.say("flash.passwordRecovered")))
      #expect(try await anna.logIn(email, password: new).location == "/fiok")
    }
  }

  @Test func `reads the same as who has no account, to the byte (attack 25)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await anna.stranger().register(.peter, email: "peter@pelda.hu", on: stage)
      var seen: Set<[String]> = []
      for typed in [email, "peter@pelda.hu", "senki@pelda.hu"] {
        let browser = anna.stranger()
        var pages = [normalised(try await ask(browser, typed), typed)]
        pages.append(normalised(try await browser.get(path), typed))
        let code = "22222"
        pages.append(normalised(try await browser.post(path, fields(code, new)), typed))
        stage.clock.advance(by: 60)
        pages.append(normalised(try await browser.post(resend), typed))
        pages.append(normalised(try await browser.get(path + "?uzenet=ugyanaz-a-kod"), typed))
        seen.insert(pages)
        stage.clock.advance(by: -60)
      }
      #expect(seen.count == 1)
    }
  }

  @Test func `finds the way out on both pages: registering again`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      for page in [
        try await anna.get(start),
        try await {
          try await ask(anna)
          return try await anna.get(path)
        }(),
      ] {
        #expect(page.says(Words.say("recovery.wayOut.body")))
        #expect(page.main.contains("href=\"/regisztracio\""))
      }
    }
  }

  @Test func `is led there from the page of who has registered already`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      let page = try await anna.get("/regisztracio/telefonszam")
      #expect(page.heading == Words.say("notice.already.title"))
      #expect(page.main.contains("href=\"\(start)\""))
    }
  }

  @Test(arguments: [
    ("", "email.empty"), ("anna", "email.noAt"), ("m\u{131}ke@pelda.hu", "email.notASCII"),
    ("mi\u{212A}e@pelda.hu", "email.notASCII"), ("a@pelda.hu,evil@pelda.hu", "email.severalAt"),
    ("anna@pelda.hu evil", "email.domain"),
  ])
  func `is told when it cannot be an address, and keeps what was typed (attacks 29, 30)`(
    typed: String, key: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let answer = try await ask(anna, typed)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.errors == [Words.say(key)])
      #expect(answer.value(of: "email") == typed)
      #expect(try await stage.count("recovery") == 0)
    }
  }

  @Test(arguments: [
    "email=anna%40pelda.hu&email=evil%40pelda.hu", "email[]=anna%40pelda.hu",
    "email=anna%40pelda.hu%0aBcc:evil%40pelda.hu", "email=anna%40pelda.hu%00",
    "{\"email\":\"anna@pelda.hu\"}",
  ])
  func `cannot name two recipients (attack 29)`(fields: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      let before = try await stage.post().count
      let page = try await anna.get(start)
      let token = page.hidden["formToken"] ?? ""
      let answer = try await anna.post(
        start, body: "formToken=\(token)&\(fields)", headers: [:])
      #expect([.badRequest, .unprocessableContent].contains(answer.status))
      #expect(try await stage.post().count == before)
    }
  }

  @Test func `gets a letter without a word of the request's headers (attack 28)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await anna.get(start)
      for name in ["X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto", "X-Host"] {
        guard let field = HTTPField.Name(name) else { continue }
        try await anna.get(start)
        try await anna.post(start, ["email": email], headers: [field: "host=evil.test"])
        _ = try await stage.post()
      }
      let letters = try await stage.post()
      // One: its code is alive when it is asked for again (D 13).
      #expect(letters.count { $0.channel == .email && $0.subject.contains("új jelszó") } == 1)
      for letter in letters {
        #expect(!letter.text.contains("evil.test") && !letter.subject.contains("evil.test"))
      }
      guard let host = HTTPField.Name("Host") else { return }
      let strange = try await anna.get("http://evil.test" + start, headers: [host: "evil.test"])
      #expect(strange.status.code >= 400)
    }
  }

  @Test func `cannot be made to ask from another site (attack 37)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await ask(anna)
      let before = try await stage.contents()
      for target in [start, path, resend] {
        try await anna.get(path)
        let answer = try await anna.post(
          target, fields("22222", new), headers: [.origin: "https://evil.test"])
        #expect(answer.status == .forbidden)
      }
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `sees what is wrong in one page, with nothing kept of codes and passwords`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await ask(anna)
      let empty = try await set("", "", by: anna)
      #expect(empty.status == .unprocessableContent)
      #expect(empty.errors == [Words.say("code.empty"), Words.say("password.missing")])
      let differ = try await set("22222", again: "Tulipan77kert", by: anna)
      #expect(differ.errors == [Words.say("password.differ")])
      #expect(differ.value(of: "code") == nil && differ.value(of: "password") == nil)
      // Nothing was tried so far.
      let wrong = try await set("22222", by: anna)
      #expect(wrong.errors == [Words.say("code.wrong.other", ["tries": "4"])])
    }
  }

  @Test func `keeps the code when the password will not do`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await ask(anna)
      let code = try await stage.emailCode()
      let refused = try await set(code, "napraforgo31", by: anna)
      #expect(refused.error(at: "password") == Words.say("password.upperCaseMissing"))
      let present = try await set(code, Stage.password, by: anna)
      #expect(present.error(at: "password") == Words.say("password.isPresent"))
      #expect(try await set(code, by: anna).status == .seeOther)
    }
  }

  @Test func `has five tries, and then needs a new code`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await ask(anna)
      let code = try await stage.emailCode()
      let wrong = code.hasSuffix("22222") ? "33333" : "22222"
      for _ in 1...4 { _ = try await set(wrong, by: anna) }
      let last = try await set(wrong, by: anna)
      #expect(last.errors == [Words.say("code.spent")])
      #expect(!last.has("code") && last.says(Words.say("confirm.dead")))
      #expect(try await anna.post(path, fields(code, new)).errors == [Words.say("code.spent")])
      stage.clock.advance(by: 60)
      #expect(try await anna.post(resend).location == "\(path)?uzenet=uj-kod")
      #expect(try await set(try await stage.emailCode(), by: anna).status == .seeOther)
    }
  }

  @Test func `is told to wait a minute for another letter`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await ask(anna)
      stage.clock.advance(by: 15)
      try await anna.get(path)
      let early = try await anna.post(resend)
      #expect(early.status == .unprocessableContent)
      #expect(early.errors == [Words.say("code.tooSoon", ["seconds": "45"])])
    }
  }

  @Test func `finds a page that says where things are, whenever it is opened (R2)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      let cold = try await anna.get(path)
      #expect(cold.status == .ok && cold.heading == Words.say("notice.missing.title"))
      #expect(cold.main.contains("href=\"\(start)\""))
      try await ask(anna)
      try await anna.get(path)
      let late = anna.copy()
      stage.clock.advance(by: 1800)
      #expect(try await late.post(path, fields("22222", new)).location == path)
      #expect(try await late.post(resend).location == path)
      #expect(try await late.get(path).heading == Words.say("notice.recoveryExpired.title"))
      // One button starts again, with the address filled in.
      #expect(try await late.get(start).value(of: "email") == email)
      try await ask(anna)
      let code = try await stage.emailCode()
      _ = try await set(code, by: anna)
      let done = try await anna.get(path)
      #expect(done.heading == Words.say("notice.recoveryDone.title"))
      #expect(done.main.contains("href=\"/bejelentkezes\""))
      #expect(try await anna.get(start).value(of: "email")?.isEmpty ?? true)
    }
  }

  @Test func `clicks twice and has one letter and one new password`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      let before = try await stage.post().count
      try await anna.get(start)
      for browser in [anna, anna.copy()] {
        #expect(try await browser.post(start, ["email": email]).location == path)
      }
      #expect(try await stage.post().count == before + 1)
      let code = try await stage.emailCode()
      try await anna.get(path)
      let twin = anna.copy()
      async let first = anna.post(path, fields(code, new))
      async let second = twin.post(path, fields(code, new))
      let places = try await [first.location, second.location]
      #expect(Set(places) == ["/bejelentkezes?uzenet=uj-jelszo"])
      #expect(try await stage.audited("password_recovered") == 1)
    }
  }

  @Test func `uses a page of another browser in vain (attacks 8, 27)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await ask(anna)
      let code = try await stage.emailCode()
      let thief = anna.stranger()
      try await thief.get(start)
      #expect(try await thief.post(path, fields(code, new)).location == path)
      let cookie = try #require(anna.cookie("__Host-recovery"))
      for wrong in [String(cookie.dropLast()), cookie.uppercased(), cookie + "0"] {
        thief.set("__Host-recovery", to: wrong)
        #expect(try await thief.post(path, fields(code, new)).location == path, "\(wrong)")
      }
      #expect(try await anna.logIn(email).location == "/fiok")
    }
  }

  @Test func `does not mix two users in one browser (attack 38)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.stranger().enterThePortal(.peter, email: "peter@pelda.hu", on: stage)
      try await anna.enterThePortal(.anna, email: email, on: stage)
      try await ask(anna, "peter@pelda.hu")
      let done = try await set(try await stage.emailCode(), by: anna)
      #expect(done.status == .seeOther)
      #expect(try await anna.get("/fiok").says("LA-2023-004512"))
      #expect(try await anna.stranger().logIn(email).location == "/fiok")
      #expect(
        try await anna.stranger().logIn("peter@pelda.hu", password: new).location == "/fiok")
    }
  }

  @Test func `cannot send a megabyte (attack 40)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(anna, stage)
      try await ask(anna)
      let code = try await stage.emailCode()
      let flood = try await set(code, String(repeating: "Ab1", count: 350_000), by: anna)
      #expect(flood.status == .contentTooLarge)
      let long = try await set(code, String(repeating: "Ab1", count: 43), by: anna)
      #expect(long.error(at: "password") == Words.say("password.tooLong", ["maximum": "128"]))
    }
  }

  @Test func `reads it in English after a switch, with the address kept`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get(start)
      let english = try await anna.post(
        start + "?nyelv=en", ["email": email, "languageOnly": "1"])
      #expect(english.heading == "Forgotten password")
      #expect(english.value(of: "email") == email)
      #expect(try await stage.count("recovery") == 0)
    }
  }
}
