internal import Accounts
internal import Domain
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Whoever had the phone this morning need not be who is on the line now.
@Suite struct `The proof of a caller` {
  private static let act = "/munkatars/ugy/kod"

  @Test func `lasts half an hour, and not a second longer: then another code is needed`()
    async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.disableSMSStep(of: .anna)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      let path = "/munkatars/ugy?szam=\(number)"
      try await browser.proveCaller(in: number, on: stage)

      stage.clock.advance(by: 29 * 60 + 59)
      let proven = try await browser.get(path)
      #expect(proven.says("A hívónál van a telefon") && !proven.body.contains(Self.act))
      #expect(try await browser.doAct("sms_step", in: number).status == .seeOther)

      stage.clock.advance(by: 1)
      let ended = try await browser.get(path)
      #expect(ended.says("A hívó azonosítása lejárt") && ended.body.contains(Self.act))
      #expect(!ended.says("A hívónál van a telefon"))
      let late = try await browser.doAct("sms_step", in: number)
      #expect(late.status == .unprocessableContent)
      #expect(try await stage.audited("sms_step_enabled") == 1)

      // The notice of the act goes out first.
      _ = try await stage.post()
      try await browser.proveCaller(in: number, on: stage)
      #expect(try await browser.get(path).says("A hívónál van a telefon"))
      #expect(try await browser.doAct("sms_step", in: number).status == .seeOther)
    }
    #expect(try await stage.audited("caller_proven") == 2)
  }

  @Test func `comes with the act: a wrong code does nothing, is counted, and is shown to nobody`()
    async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.disableSMSStep(of: .anna)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      try await browser.post(Self.act, ["szam": number, "mit": "sms_step"])
      let code = try await stage.smsCode()
      func act(_ typed: String, because reason: String = "kérte") async throws
        -> CustomerClient.Answer
      {
        let answer = try await browser.doAct(
          "sms_step", because: reason, reading: typed, in: number)
        #expect(answer.status == .unprocessableContent)
        #expect(typed.isEmpty || !answer.body.contains("value=\"\(typed)\""))
        return answer
      }
      // What has no reason, or no code, costs no try.
      #expect(try await act(code, because: "").says("Írja le néhány szóban, miért"))
      #expect(try await act("").says("Előbb azonosítsa a hívót"))
      #expect(try await act("nem az").says("Hat számjegyet írjon be"))
      for (guess, left) in [("000000", 2), ("000001", 1)] {
        let answer = try await act(guess)
        #expect(answer.says("A bemondott kód nem egyezik"))
        #expect(answer.says("Hátralévő próbálkozás: \(left)"), "\(answer.main)")
      }
      let last = try await act("000002")
      #expect(last.says("A bemondott kód nem egyezik") && !last.body.contains("name=\"code\""))
      #expect(last.body.contains("id=\"send-code\""))
      #expect(try await act(code).says("Ez a kód már nem él"))
    }
    #expect(try await stage.audited("caller_code_wrong") == 3)
    #expect(try await stage.audited("caller_proven") == 0)
    #expect(try await stage.audited("sms_step_enabled") == 0)
  }

  @Test func `is asked of an agent, before anything can be typed, and of no supervisor`()
    async throws
  {
    let stage = try await Stage()
    let people = [try await stage.colleague(.agent), try await stage.colleague(.supervisor)]
    try await stage.playForStaff { browser in
      for colleague in people {
        let desk = browser.stranger()
        try await desk.logIn(colleague, on: stage)
        let page = try await desk.openCase(of: Cast.anna.number)
        let number = try #require(page.number)
        let act = try await desk.get("/munkatars/ugy/intezkedes?szam=\(number)&mit=sms_step")
        let isAsked = colleague.role == .agent
        #expect(page.body.contains("form=\"send-code\"") == isAsked)
        #expect(act.body.contains("id=\"send-code\"") == isAsked)
        #expect(act.body.contains("name=\"reason\"") != isAsked)
      }
    }
  }

  @Test func `is not had a second time by the code of the first`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      try await browser.proveCaller(in: number, on: stage)
      let code = try await stage.smsCode()
      stage.clock.advance(by: 29 * 60)
      try await browser.get("/munkatars/ugy?szam=\(number)")
      stage.clock.advance(by: 60)
      let again = try await browser.post(
        "/munkatars/ugy/azonositas", ["szam": number, "code": code])
      #expect(again.location?.hasSuffix("uzenet=kod-lejart") == true)
      #expect(
        try await browser.doAct("sms_step", in: number).status == .unprocessableContent)
    }
  }
}
