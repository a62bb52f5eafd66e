internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Outbox
internal import Persistence
internal import TestSupport
internal import Testing
internal import Wording

@Suite struct `The page of the SMS code` {
  private let page = "/regisztracio/telefonszam"
  private let resend = "/regisztracio/telefonszam/uj-kod"

  /// Five characters that are surely not the code.
  private func wrong(_ code: String) -> String {
    code.hasSuffix("00000") ? "00001" : "00000"
  }

  private func types(
    _ code: String, _ browser: CustomerClient
  ) async throws -> CustomerClient.Answer {
    try await browser.get(page)
    return try await browser.post(page, ["code": code])
  }

  @Test func `shows where the code went and its first character, and nothing more of it`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let shown = try await anna.get(page)
      let code = try await stage.smsCode()
      #expect(shown.text(of: "data-code-prefix") == String(code.prefix(1)))
      #expect(shown.says("06 30 ••• ••67"))
      #expect(!shown.body.contains("1234567") && !shown.body.contains("+3630"))
      #expect(!shown.body.contains(code.suffix(5)))
      #expect(shown.says(Words.say("code.until", ["until": "10:10"])))
      #expect(shown.value(of: "code") == nil)
    }
  }

  @Test func `no page, header or cookie has the characters that are to be typed`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      var seen: [CustomerClient.Answer] = [try await anna.identify(.anna)]
      let secret = String(try await stage.smsCode().suffix(5))
      seen.append(try await anna.get(page))
      seen.append(try await anna.post(page, ["code": wrong(secret)]))
      seen.append(try await anna.post(page, ["code": ""]))
      seen.append(try await anna.post(resend))
      seen.append(try await anna.get(page, headers: [.accept: "application/json"]))
      for path in ["/regisztracio", "/regisztracio/email", "/regisztracio/sikeres", "/nincs"] {
        seen.append(try await anna.get(path))
      }
      for answer in seen {
        #expect(!Snapshot.text(of: answer, wholeBody: true).contains(secret))
      }
    }
  }

  /// P stands for the shown character, 1 to 5 for those that are typed.
  @Test(arguments: [
    "12345", "P12345", "12 345", "P 12345", "P12-345", " 12345 ", "1-2-3-4-5", "12\u{A0}345",
    "\t12345",
  ])
  func `takes the last five characters or all six, however they are spaced`(
    writing: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let code = Array(try await stage.smsCode())
      let typed = writing.map { mark in
        mark == "P" ? code[0] : mark.wholeNumberValue.map { code[$0] } ?? mark
      }
      #expect(try await types(String(typed), anna).location == "/regisztracio/email")
    }
  }

  @Test(arguments: [
    ("", "code.empty", ""), ("   ", "code.empty", ""), ("1234", "code.length", "4"),
    ("1234567", "code.length", "7"), ("abcde", "code.characters", ""),
    ("+1234", "code.characters", ""), ("１２３４５", "code.characters", ""),
    ("٣٤٥٦٧", "code.characters", ""), ("12.34", "code.characters", ""),
    ("1234.", "code.length", "4"),
  ])
  func `what cannot be a code is told, and costs no try`(
    typed: String, key: String, count: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let before = try await stage.contents()
      let answer = try await types(typed, anna)
      #expect(answer.status == .unprocessableContent)
      let sentence = Words.say(key, ["count": count])
      #expect(answer.errors == [sentence])
      #expect(answer.error(at: "code") == sentence)
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `says how many tries are left, and refuses even the right code after the last`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let code = try await stage.smsCode()
      for triesLeft in [4, 3, 2] {
        let answer = try await types(wrong(code), anna)
        #expect(answer.status == .unprocessableContent)
        #expect(
          answer.errors == [Words.say("code.wrong.other", ["tries": "\(triesLeft)"])])
      }
      #expect(try await types(wrong(code), anna).errors == [Words.say("code.wrong.one")])
      let last = try await types(wrong(code), anna)
      #expect(last.errors == [Words.say("code.spent")])
      #expect(!last.has("code"))
      #expect(last.says(Words.say("code.dead")) && last.has("resend"))
      let right = try await anna.post(page, ["code": String(code.suffix(5))])
      #expect(right.errors == [Words.say("code.spent")])
    }
  }

  @Test func `never shows again what was typed`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      #expect(!(try await types("98765", anna)).body.contains("98765"))
    }
  }

  @Test func `a code lives for ten minutes and not a second longer`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let code = try await stage.smsCode()
      stage.clock.advance(by: 600)
      let dead = try await anna.get(page)
      #expect(!dead.has("code") && dead.says(Words.say("code.dead")))
      // Nothing is sent until somebody asks for it.
      #expect(!dead.says(Words.say("code.intro")) && !dead.body.contains("data-waits"))
      let late = try await anna.post(page, ["code": String(code.suffix(5))])
      #expect(late.status == .unprocessableContent)
      #expect(late.errors == [Words.say("code.expired")])
      #expect(late.has("resend"))
      stage.clock.advance(by: -3600)
      stage.clock.advance(by: 3599)
      let inTime = try await anna.post(page, ["code": String(code.suffix(5))])
      #expect(inTime.location == "/regisztracio/email")
    }
  }

  // MARK: Another message

  @Test func `another message may be asked for after a minute, and repeats the same code`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let code = try await stage.smsCode()
      stage.clock.advance(by: 20)
      try await anna.get(page)
      let early = try await anna.post(resend)
      #expect(early.status == .unprocessableContent)
      #expect(early.errors == [Words.say("code.tooSoon", ["seconds": "40"])])
      #expect(early.body.contains("<a href=\"#resend\">") && early.has("resend"))
      stage.clock.advance(by: 40)
      #expect(try await anna.post(resend).location == "\(page)?uzenet=ugyanaz")
      let told = try await anna.get("\(page)?uzenet=ugyanaz")
      #expect(told.says(Words.say("flash.sameCode")))
      #expect(try await stage.post().count == 2)
      #expect(try await stage.smsCode() == code)
      #expect(try await types(String(code.suffix(5)), anna).location == "/regisztracio/email")
    }
  }

  @Test func `a new code takes the place of an old one, and the page says so`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let old = try await stage.smsCode()
      stage.clock.advance(by: 301)
      try await anna.get(page)
      #expect(try await anna.post(resend).location == "\(page)?uzenet=uj")
      let told = try await anna.get("\(page)?uzenet=uj")
      let new = try await stage.smsCode()
      #expect(new != old)
      #expect(told.says(Words.say("flash.newCode")))
      #expect(told.text(of: "data-code-prefix") == String(new.prefix(1)))
      let late = try await types(String(old.suffix(5)), anna)
      #expect(late.errors == [Words.say("code.wrong.other", ["tries": "4"])])
      #expect(try await types(new, anna).location == "/regisztracio/email")
    }
  }

  @Test func `a word in the address that is no message of ours shows nothing`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      for word in ["semmi", "%3Cscript%3E", "", "uj%00", "UJ"] {
        #expect(!(try await anna.get("\(page)?uzenet=\(word)")).body.contains("class=\"banner"))
      }
    }
  }

  @Test func `three messages are sent in one registration, and no fourth`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      for _ in 1...2 {
        _ = try await stage.post()
        stage.clock.advance(by: 60)
        try await anna.get(page)
        #expect(try await anna.post(resend).status == .seeOther)
      }
      stage.clock.advance(by: 60)
      let third = try await anna.get(page)
      #expect(!third.main.contains(resend) && !third.says(Words.say("code.resendNow")))
      #expect(third.has("code") && third.says(Words.say("code.noMore")))
      // From a page that was opened before.
      let fourth = try await anna.post(resend)
      #expect(fourth.status == .tooManyRequests)
      // The rest of the registration's hour; then another one may begin.
      #expect(fourth.retryAfterSeconds == 3600 - 180)
      #expect(fourth.heading == Words.say("notice.tooManyMessages.title"))
      #expect(fourth.says("06-40-421-421") && fourth.caseNumber != nil)
      #expect(fourth.says("57 perc"))
      // The code that is on its way is still good, and the way back to it is there.
      #expect(fourth.main.contains("href=\"\(page)\""))
      let english = try #require(fourth.languageLink)
      #expect(try await anna.get(english).status == .ok)
      #expect(try await stage.post().count == 3)
      let code = try await stage.smsCode()
      #expect(try await types(code, anna).location == "/regisztracio/email")
    }
  }

  @Test func `nobody is told to ask for a message that would be refused`() async throws {
    var limits = Limits()
    limits.smsPerRegistration = 1
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await anna.identify(.anna)
      let code = try await stage.smsCode()
      stage.clock.advance(by: 600)
      let dead = try await anna.get(page)
      #expect(!dead.has("code") && !dead.main.contains(resend))
      #expect(dead.says(Words.say("code.noMore.dead")) && !dead.says(Words.say("code.dead")))
      let late = try await anna.post(page, ["code": String(code.suffix(5))])
      #expect(late.status == .unprocessableContent)
      #expect(late.errors == [Words.say("code.over")] && late.has("resend"))
      #expect(!late.main.contains(resend))
    }
  }

  @Test func `who lost the page of a disabled or changed registration reads why`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await stage.emptyTheRegister()
      stage.clock.advance(by: 60)
      try await anna.get(page)
      #expect(try await anna.post(resend).location == page)
      let told = try await anna.get(page)
      #expect(told.heading == Words.say("notice.registerChanged.title"))
      #expect(told.main.contains("href=\"/regisztracio\""))
    }
  }

  @Test func `a number gets five messages a day, whoever asks`() async throws {
    var limits = Limits()
    limits.smsPerNumberPerDay = 1
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await anna.identify(.anna)
      // Anna's husband has the same phone.
      let second = try await anna.stranger().identify(.bela)
      #expect(second.status == .tooManyRequests)
      #expect(second.retryAfterSeconds == 86_400)
      #expect(second.heading == Words.say("notice.tooManyMessages.title"))
      #expect(try await stage.post().count == 1)
    }
  }

  // MARK: The end of trying

  @Test func `ten wrong codes in a row disable the step, over all codes and registrations`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let first = try await stage.smsCode()
      for _ in 1...5 { _ = try await types(wrong(first), anna) }
      let other = anna.stranger()
      try await other.identify(.anna)
      let second = try await stage.smsCode()
      for _ in 1...4 { _ = try await types(wrong(second), other) }
      let tenth = try await types(wrong(second), other)
      #expect(tenth.location == page)
      let disabled = try await other.get(page)
      #expect(disabled.status == .ok)
      #expect(disabled.heading == Words.say("notice.smsDisabled.title"))
      #expect(disabled.says("06-40-421-421") && disabled.caseNumber != nil)
      #expect(!disabled.has("code"))
      _ = try await other.post(page, ["code": String(second.suffix(5))])
      let still = try await other.get(page)
      #expect(still.heading == Words.say("notice.smsDisabled.title"))
      let again = try await anna.stranger().identify(.anna)
      #expect(again.status == .unprocessableContent)
      #expect(again.heading == Words.say("notice.smsDisabled.title"))
      _ = try await stage.callCentre.enableSMSStep(of: CustomerNumber(Cast.anna.number))
      let enabled = anna.stranger()
      #expect(try await enabled.identify(.anna).location == page)
      #expect(try await enabled.proveThePhone(on: stage).location == "/regisztracio/email")
    }
  }

  @Test func `too many wrong codes of everybody pause the step, with an alarm`() async throws {
    var limits = Limits()
    limits.smsFailuresPerDay = 1
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await anna.identify(.anna)
      let code = try await stage.smsCode()
      _ = try await types(wrong(code), anna)
      #expect(stage.alarms.all == [.smsFailureBudgetSpent(failures: 1)])
      let paused = try await types(code, anna)
      #expect(paused.status == .serviceUnavailable)
      #expect(paused.retryAfterSeconds == 3600)
      #expect(paused.heading == Words.say("notice.smsSuspended.title"))
      #expect(paused.caseNumber != nil)
    }
  }

  // MARK: Who has an account

  @Test
  func `who has an account and never confirmed the address goes on, and gets a new one (D 4)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.stranger().register(.anna, email: "elirt@pelda.hu", on: stage)
      stage.clock.advance(by: 60)
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      #expect(try await anna.get("/fiok").says("LA-2023-004512"))
      #expect(try await anna.stranger().logIn("elirt@pelda.hu").status == .unprocessableContent)
    }
  }

  @Test func `who has an account learns it only from the right code, with the name masked`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.stranger().enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      stage.clock.advance(by: 60)
      #expect(try await anna.identify(.anna).location == page)
      let before = try await anna.get(page)
      #expect(before.has("code") && !before.says("a•••"))
      let code = try await stage.smsCode()
      #expect(try await types(wrong(code), anna).status == .unprocessableContent)
      #expect(try await types(code, anna).location == page)
      let told = try await anna.get(page)
      #expect(told.heading == Words.say("notice.already.title"))
      #expect(told.says("a•••@p•••.hu") && !told.says("anna@pelda.hu"))
      #expect(told.body.contains("href=\"/bejelentkezes\""))
      #expect(told.body.contains("href=\"/elfelejtett-jelszo\""))
    }
  }

  @Test func `the code of one registration is worth nothing in another`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let hers = try await stage.smsCode()
      let peter = anna.stranger()
      try await peter.identify(.peter)
      let answer = try await types(hers, peter)
      #expect(answer.errors == [Words.say("code.wrong.other", ["tries": "4"])])
      #expect(try await types(hers, anna).location == "/regisztracio/email")
    }
  }

  @Test func `the right code changes the cookie, and the old one opens nothing`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      let thief = anna.copy()
      let old = anna.cookie("__Host-registration")
      try await anna.proveThePhone(on: stage)
      #expect(anna.cookie("__Host-registration") != old)
      let page = try await thief.get("/regisztracio/email")
      #expect(page.heading == Words.say("notice.missing.title"))
    }
  }

  // MARK: What became of the message

  private func report(_ state: String, _ stage: Stage, problem: String? = nil) async throws {
    let isWaiting = state == "queued"
    try await stage.store.write { transaction in
      _ = try transaction.execute(
        """
        UPDATE message
        SET state = \(state), problem = \(problem),
            body = CASE WHEN \(isWaiting) = 1 THEN body END
        """)
    }
  }

  @Test(arguments: [
    ("delivered", "code.arrival.arrived"), ("undeliverable", "code.arrival.undeliverable"),
    ("failed", "code.arrival.notSent"), ("expired", "code.arrival.notSent"),
  ])
  func `says what the network reported, and the way out is on the page`(
    state: String, sentence: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      _ = try await stage.post()
      #expect(!(try await anna.get(page)).says(Words.say(sentence)))
      try await report(state, stage)
      let shown = try await anna.get(page)
      #expect(shown.says(Words.say(sentence)))
      // Nothing more is to come that the script could wait for.
      #expect(!shown.body.contains("data-waits"))
      #expect(shown.main.contains("action=\"\(resend)\""))
      #expect(shown.says("06-40-421-421"))
    }
  }

  @Test func `says that sending is slow while the gateway refuses`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      #expect(!(try await anna.get(page)).says(Words.say("code.arrival.delayed")))
      try await report("queued", stage, problem: "HTTP 503")
      let slow = try await anna.get(page)
      #expect(slow.says(Words.say("code.arrival.delayed")))
      // It may arrive yet, and the script goes on looking.
      #expect(slow.body.contains("data-waits=\"\(page)\""))
    }
  }

  @Test func `says that sending is slow when nothing has been sent for ten seconds`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      stage.clock.advance(by: 9.9)
      #expect(!(try await anna.get(page)).says(Words.say("code.arrival.delayed")))
      stage.clock.advance(by: 0.1)
      #expect(try await anna.get(page).says(Words.say("code.arrival.delayed")))
      _ = try await stage.post()
      #expect(!(try await anna.get(page)).says(Words.say("code.arrival.delayed")))
    }
  }

  @Test func `speaks of the newest message, not of the one before`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      _ = try await stage.post()
      try await report("undeliverable", stage)
      stage.clock.advance(by: 60)
      try await anna.get(page)
      try await anna.post(resend)
      #expect(!(try await anna.get(page)).says(Words.say("code.arrival.undeliverable")))
    }
  }
}
