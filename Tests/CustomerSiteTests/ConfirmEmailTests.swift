internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

@Suite struct `Who has not confirmed the address` {
  private let path = "/megerosites"
  private let correction = "/megerosites/email-cim"
  private let resend = "/megerosites/uj-kod"

  private func arrive(_ anna: CustomerClient, _ stage: Stage) async throws {
    try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
    try await anna.logIn("anna@pelda.hu")
  }

  private func types(
    _ code: String, _ browser: CustomerClient
  ) async throws -> CustomerClient.Answer {
    try await browser.get(path)
    return try await browser.post(path, ["code": code])
  }

  @Test func `reads on every closed page what opens after the confirmation`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let closed = try await anna.get("/fiok")
      #expect(closed.status == .forbidden)
      #expect(closed.heading == Words.say("notice.limited.title"))
      #expect(closed.main.contains("href=\"/megerosites\""))
      #expect(!closed.says("LA-2023-004512"))
      for open in ["/gyik", "/utmutato", "/kapcsolat", path, correction] {
        #expect(try await anna.get(open).status == .ok, "\(open)")
      }
      try await anna.confirmTheAddress(on: stage)
      #expect(try await anna.get("/fiok").status == .ok)
    }
  }

  @Test func `reads where the code went and its first character`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let page = try await anna.get(path)
      let code = try await stage.emailCode()
      #expect(page.text(of: "data-code-prefix") == String(code.prefix(1)))
      #expect(page.says("anna@pelda.hu"))
      #expect(!page.body.contains(code.suffix(5)))
      #expect(!page.says(Words.say("success.spam.yours")))
    }
  }

  @Test func `may type the code in lower case, whole or in part`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let code = try await stage.emailCode().lowercased()
      let spaced = code.prefix(3) + " - " + code.suffix(3)
      #expect(try await types(String(spaced), anna).location == "/fiok?uzenet=megerositve")
      let home = try await anna.get("/fiok?uzenet=megerositve")
      #expect(home.says(Words.say("flash.confirmed")))
    }
  }

  @Test(arguments: [
    ("", "code.empty", ""), ("ABC", "code.length", "3"), ("ABCDEFG", "code.length", "7"),
    ("ABCD0", "code.characters", ""), ("ÁBCDE", "code.characters", ""),
  ])
  func `is told when it cannot be a code, at no cost`(
    typed: String, key: String, count: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let before = try await stage.contents()["account"]
      let answer = try await types(typed, anna)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.errors == [Words.say(key, ["count": count])])
      #expect(try await stage.contents()["account"] == before)
    }
  }

  @Test func `has ten tries, and then needs a new code`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let code = try await stage.emailCode()
      let wrong = code.hasSuffix("22222") ? "33333" : "22222"
      for triesLeft in (2...9).reversed() {
        #expect(
          try await types(wrong, anna).errors
            == [Words.say("code.wrong.other", ["tries": "\(triesLeft)"])])
      }
      #expect(try await types(wrong, anna).errors == [Words.say("code.wrong.one")])
      let last = try await types(wrong, anna)
      #expect(last.errors == [Words.say("code.spent")])
      #expect(!last.has("code") && last.says(Words.say("confirm.dead")))
      #expect(try await anna.post(path, ["code": code]).errors == [Words.say("code.spent")])
      stage.clock.advance(by: 60)
      #expect(try await anna.post(resend).location == "\(path)?uzenet=uj")
      #expect(try await anna.confirmTheAddress(on: stage).status == .seeOther)
    }
  }

  @Test func `has a day for the code`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let code = try await stage.emailCode()
      stage.clock.advance(by: 86_400)
      try await anna.logIn("anna@pelda.hu")
      #expect(!(try await anna.get(path)).has("code"))
      #expect(try await anna.post(path, ["code": code]).errors == [Words.say("code.expired")])
      stage.clock.advance(by: -1)
      #expect(try await anna.post(path, ["code": code]).status == .seeOther)
    }
  }

  // MARK: Another letter

  @Test func `gets another letter after a minute, with the same code`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let code = try await stage.emailCode()
      stage.clock.advance(by: 15)
      try await anna.get(path)
      let early = try await anna.post(resend)
      #expect(early.status == .unprocessableContent)
      #expect(early.errors == [Words.say("code.tooSoon", ["seconds": "45"])])
      stage.clock.advance(by: 45)
      #expect(try await anna.post(resend).location == "\(path)?uzenet=ugyanaz")
      #expect(try await stage.emailCode() == code)
    }
  }

  @Test func `gets five letters a day, and then a sentence`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      for _ in 1...4 {
        stage.clock.advance(by: 60)
        try await anna.get(path)
        #expect(try await anna.post(resend).status == .seeOther)
      }
      stage.clock.advance(by: 60)
      try await anna.get(path)
      let sixth = try await anna.post(resend)
      #expect(sixth.status == .unprocessableContent)
      #expect(sixth.errors == [Words.say("confirm.tooMany")])
    }
  }

  // MARK: A mistyped address

  @Test func `corrects a mistyped address with the password; the old code is dead`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let old = try await stage.emailCode()
      let page = try await anna.get(correction)
      #expect(page.says("anna@pelda.hu") && page.value(of: "email") == "")
      let corrected = try await anna.post(
        correction, ["email": "anna2@pelda.hu", "password": Stage.password])
      #expect(corrected.location == "\(path)?uzenet=javitva")
      let told = try await anna.get("\(path)?uzenet=javitva")
      #expect(told.says(Words.say("flash.emailCorrected")) && told.says("anna2@pelda.hu"))
      #expect(try await stage.post().first?.to == "anna2@pelda.hu")
      #expect(try await types(old, anna).status == .unprocessableContent)
      #expect(try await anna.confirmTheAddress(on: stage).status == .seeOther)
      #expect(try await anna.stranger().logIn("anna2@pelda.hu").location == "/fiok")
      #expect(
        try await anna.stranger().logIn("anna@pelda.hu").status == .unprocessableContent)
    }
  }

  @Test(arguments: [
    ("", Stage.password, "email", "email.empty"),
    ("anna", Stage.password, "email", "email.noAt"),
    ("uj@pelda.hu", "", "password", "address.password.missing"),
    ("uj@pelda.hu", "Rossz1jelszo", "password", "confirm.wrongPassword"),
    ("peter@pelda.hu", Stage.password, "email", "email.taken"),
    ("PETER@pelda.hu", Stage.password, "email", "email.taken"),
  ])
  func `is told what is wrong with a correction, with the address kept`(
    email: String, password: String, field: String, key: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.stranger().register(.peter, email: "peter@pelda.hu", on: stage)
      try await arrive(anna, stage)
      try await anna.get(correction)
      let answer = try await anna.post(correction, ["email": email, "password": password])
      #expect(answer.status == .unprocessableContent)
      let sentence = Words.say(key)
      #expect(answer.errors == [sentence])
      #expect(answer.error(at: field) == sentence)
      #expect(answer.value(of: "email") == email)
      #expect(answer.value(of: "password") == nil)
    }
  }

  @Test func `cannot turn corrections into a mailer`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      for place in 1...4 {
        try await anna.get(correction)
        let answer = try await anna.post(
          correction, ["email": "a\(place)@pelda.hu", "password": Stage.password])
        #expect(answer.status == .seeOther)
      }
      try await anna.get(correction)
      let fifth = try await anna.post(
        correction, ["email": "a5@pelda.hu", "password": Stage.password])
      #expect(fifth.errors == [Words.say("confirm.tooMany")])
    }
  }

  @Test func `once confirmed, is led home from all of this`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.get("/gyik")
      for page in [path, correction] {
        #expect(try await anna.get(page).location == "/fiok", "\(page)")
      }
      try await anna.get("/bejelentkezes")
      for page in [path, correction, resend] {
        let answer = try await anna.post(page, ["code": "22222", "email": "x@pelda.hu"])
        #expect(answer.location?.hasPrefix("/fiok") == true, "\(page)")
      }
    }
  }

  @Test func `keeps a code to the account it was made for`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let hers = try await stage.emailCode()
      let peter = anna.stranger()
      try await peter.register(.peter, email: "peter@pelda.hu", on: stage)
      try await peter.logIn("peter@pelda.hu")
      #expect(try await types(hers, peter).status == .unprocessableContent)
      #expect(try await types(hers, anna).status == .seeOther)
    }
  }
}
