internal import Accounts
internal import CustomerSite
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Outbox
internal import Persistence
internal import TestSupport
internal import Testing

/// Proving once more who is in the portal, page by page (ASVS 7.5.3, attack 34).
@Suite struct `Who has to prove it again` {
  private static let email = "anna@pelda.hu"
  private static let page = "/fiok/biztonsagi-kod"
  private static let sending = "/fiok/biztonsagi-kod/uj-kod"

  enum Session: String, CaseIterable, Sendable {
    /// A login that has just happened, in the account's first browser.
    case fresh
    case old
    case inNewBrowser

    var isProven: Bool { self == .fresh }
  }

  /// Anna in the portal.
  private func open(
    _ session: Session, _ browser: CustomerClient, _ stage: Stage
  ) async throws {
    switch session {
    case .fresh: try await browser.enterThePortal(.anna, email: Self.email, on: stage)
    case .old:
      try await browser.enterThePortal(.anna, email: Self.email, on: stage)
      stage.clock.advance(by: 300)
    case .inNewBrowser:
      try await browser.stranger().enterThePortal(.anna, email: Self.email, on: stage)
      try await browser.logIn(Self.email)
    }
  }

  // MARK: Which pages

  @Test(arguments: Session.allCases)
  func `is asked at the pages that need it, at both verbs, and nowhere else`(
    session: Session
  ) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      try await open(session, browser, stage)
      for path in CustomerPath.allCases where path != .logOut {
        let isAsked = path.needsProof && !session.isProven
        if path.methods.contains(.get) {
          let answer = try await browser.copy().get(path.rawValue)
          #expect((answer.location == Self.page) == isAsked, "GET \(path.rawValue)")
        }
        guard path.methods.contains(.post), path.needsProof else { continue }
        let tab = browser.copy()
        let token = try #require(try await tab.get("/fiok/biztonsag").hidden["formToken"])
        let before = try await stage.contents(except: ["session.last_used_at"])
        let answer = try await tab.post(
          path.rawValue, body: "formToken=\(token)&kind=copy", headers: [:])
        #expect((answer.location == Self.page) == isAsked, "POST \(path.rawValue)")
        guard isAsked else { continue }
        #expect(try await stage.contents(except: ["session.last_used_at"]) == before)
      }
    }
  }

  @Test func `is sent to its page only by those that change the account or show all of it`() {
    #expect(
      Set(CustomerPath.allCases.filter(\.needsProof)) == [
        .ownPassword, .userName, .correspondence, .dataRights,
      ])
  }

  // MARK: The way

  @Test(arguments: [Session.old, .inNewBrowser])
  func `gets a code by SMS at a click, types it and is back where it was`(
    session: Session
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await open(session, anna, stage)
      #expect(try await anna.get("/fiok/jelszo").location == Self.page)
      let offer = try await anna.get(Self.page)
      #expect(offer.heading == Words.say("stepUp.title"))
      #expect(offer.says("06 30 ••• ••67") && offer.body.contains("class=\"account-nav\""))
      #expect(try await anna.post(Self.sending).location == Self.page)
      let code = try await stage.smsCode()
      let page = try await anna.get(Self.page)
      #expect(page.text(of: "data-code-prefix") == String(code.prefix(1)))
      let wrong = try await anna.post(Self.page, ["code": code == "00000" ? "11111" : "00000"])
      #expect(wrong.status == .unprocessableContent)
      #expect(wrong.error(at: "code") == Words.say("code.wrong.other", ["tries": "4"]))
      let old = anna.cookie("__Host-session")
      let done = try await anna.post(Self.page, ["code": String(code.suffix(5))])
      #expect(done.location == "/fiok/jelszo")
      #expect(anna.cookie("__Host-session") != old)
      try await anna.get("/fiok/jelszo")
      let changed = try await anna.post(
        "/fiok/jelszo",
        [
          "currentPassword": Stage.password, "password": "Napraforgo31",
          "passwordAgain": "Napraforgo31",
        ])
      #expect(changed.location == "/fiok?uzenet=jelszo")
      // Nothing is left to come back to.
      #expect(try await anna.get(Self.page).location == "/fiok")
    }
  }

  @Test func `keeps what was typed while the proof ran out, but no password (WCAG 2.2.5)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await open(.fresh, anna, stage)
      for path in ["/fiok/levelezesi-cim", "/fiok/felhasznalonev"] {
        try await anna.get(path)
        stage.clock.advance(by: 600)
        let late = try await anna.post(
          path, ["email": "uj@pelda.hu", "password": Stage.password])
        #expect(late.location == Self.page)
        #expect(try await stage.audited("address_code_sent") == 0)
        #expect(try await anna.stepUp(on: stage).location == path)
        let form = try await anna.get(path)
        #expect(form.value(of: "email") == "uj@pelda.hu" && form.value(of: "password") == nil)
        #expect(form.says(Words.say("form.restored")))
      }
    }
  }

  @Test func `keeps it through a new login in a new browser's session, too`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await open(.inNewBrowser, anna, stage)
      try await anna.stepUp(on: stage)
      try await anna.get("/fiok/levelezesi-cim")
      stage.clock.advance(by: 900)
      let late = try await anna.post(
        "/fiok/levelezesi-cim", ["email": "uj@pelda.hu", "password": Stage.password])
      #expect(late.location == "/bejelentkezes?uzenet=lejart")
      // The browser has lost the name that it was given: it is new again.
      anna.set("__Host-device", to: nil)
      #expect(try await anna.logIn(Self.email).location == "/fiok/levelezesi-cim")
      #expect(try await anna.get("/fiok/levelezesi-cim").location == Self.page)
      #expect(try await anna.stepUp(on: stage).location == "/fiok/levelezesi-cim")
      #expect(try await anna.get("/fiok/levelezesi-cim").value(of: "email") == "uj@pelda.hu")
    }
  }

  @Test func `clicks twice, on either button, and nothing is done twice`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await open(.old, anna, stage)
      try await anna.get("/fiok/adataim")
      try await anna.get(Self.page)
      let tab = anna.copy()
      #expect(try await anna.post(Self.sending).location == Self.page)
      #expect(try await tab.post(Self.sending).location == Self.page)
      #expect(try await stage.audited("step_up_asked") == 1)
      let code = String(try await stage.smsCode().suffix(5))
      try await anna.get(Self.page)
      let slow = anna.copy()
      #expect(try await anna.post(Self.page, ["code": code]).location == "/fiok/adataim")
      #expect(try await slow.post(Self.page, ["code": code]).location == "/fiok/adataim")
      #expect(slow.cookie("__Host-session") == anna.cookie("__Host-session"))
      #expect(try await stage.audited("step_up_proven") == 1)
    }
  }

  @Test func `asks for another code too early, and is told when`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await open(.old, anna, stage)
      try await anna.askForStepUp()
      let page = try await anna.get(Self.page)
      #expect(page.says(Words.say("code.resend.button")))
      let early = try await anna.post(Self.sending)
      #expect(early.status == .unprocessableContent)
      #expect(early.errors == [Words.say("code.tooSoon", ["seconds": "60"])])
      stage.clock.advance(by: 60)
      try await anna.get(Self.page)
      #expect(try await anna.post(Self.sending).location == Self.page + "?uzenet=ugyanaz")
      // A form that asks for nothing is no step.
      #expect(try await anna.post(Self.page, ["code": ""]).status == .unprocessableContent)
    }
  }

  @Test func `types a code before one was asked for, and is where one is asked for`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await open(.old, anna, stage)
      try await anna.get(Self.page)
      for code in ["", "12345"] {
        #expect(try await anna.post(Self.page, ["code": code]).location == Self.page)
      }
    }
  }

  // MARK: No dead end (R2)

  @Test func `without a number in the contract is sent to the call centre, with a case number`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await open(.old, anna, stage)
      try await stage.store.write {
        try $0.perform("UPDATE register_customer SET sms_number = NULL")
      }
      let page = try await anna.get(Self.page)
      #expect(page.heading == Words.say("notice.stepUpNoNumber.title"))
      #expect(page.body.contains("href=\"tel:") && page.main.contains("href=\"/fiok\""))
      let number = try #require(page.main.firstMatch(of: #/[0-9A-Z]{4}-[0-9A-Z]{4}/#))
      #expect(
        try await stage.customerSearch.customer(String(number.output))?.text == Cast.anna.number)
    }
  }

  @Test func `with the SMS step disabled, paused or used up reads what to do`() async throws {
    var limits = Limits()
    limits.smsFailuresPerCustomer = 1
    limits.smsPerCustomerPerDay = 1
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await open(.old, anna, stage)
      try await anna.askForStepUp()
      stage.clock.advance(by: 60)
      try await anna.get(Self.page)
      let spent = try await anna.post(Self.sending)
      #expect(spent.status == .tooManyRequests)
      #expect(spent.says(Words.say("notice.tooManyMessages.code")))
      #expect(spent.main.contains("href=\"\(Self.page)\""))
      try await anna.get(Self.page)
      #expect(try await anna.post(Self.page, ["code": "00000"]).location == Self.page)
      let disabled = try await anna.get(Self.page)
      #expect(disabled.heading == Words.say("notice.smsDisabled.title"))
      #expect(disabled.body.contains("href=\"tel:"))
      #expect(disabled.main.contains(#/[0-9A-Z]{4}-[0-9A-Z]{4}/#))
    }
  }

  @Test func `while everybody's codes are paused reads that, with a case number`() async throws {
    var limits = Limits()
    limits.smsPerHour = 2
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await open(.old, anna, stage)
      let paused = try await anna.askForStepUp()
      #expect(paused.status == .serviceUnavailable)
      #expect(paused.heading == Words.say("notice.smsSuspended.title"))
      #expect(paused.main.contains(#/[0-9A-Z]{4}-[0-9A-Z]{4}/#))
    }
  }
}
