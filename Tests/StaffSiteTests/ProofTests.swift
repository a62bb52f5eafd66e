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
