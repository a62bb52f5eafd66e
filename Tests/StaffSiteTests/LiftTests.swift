internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Persistence
internal import TestSupport
internal import Testing

/// A limit that keeps a caller from registering is lifted, and nothing that holds off guessing is.
@Suite struct `A limit of the registration` {
  private func identify(
    _ stage: Stage, _ claim: Claim, from address: String? = nil
  ) async throws -> Registrations.Identified {
    try await stage.registrations.identify(claim, on: stage.visit(address: address))
  }

  @Test func `of messages: the case says until when, and after the act another code goes out`()
    async throws
  {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    for _ in 1...5 { _ = try await identify(stage, try Cast.anna.claim()) }
    stage.clock.advance(by: 60)
    let refused = try await identify(stage, try Cast.anna.claim())
    #expect(refused.outcome == .tooManyMessages(.day))
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let page = try await browser.openCase(of: refused.caseNumber.text)
      #expect(page.says("Ma már nem mehet több kód erre a számra, eddig: "), "\(page.main)")
      #expect(page.body.contains("mit=sms_counts"))
      let number = try #require(page.number)
      stage.clock.advance(by: 1)
      #expect(try await browser.doAct("sms_counts", in: number).status == .seeOther)
      let after = try await browser.get("/munkatars/ugy?szam=\(number)")
      #expect(!after.says("Ma már nem mehet több kód") && !after.body.contains("mit=sms_counts"))
    }
    stage.clock.advance(by: 1)
    for _ in 1...5 {
      #expect(try await identify(stage, try Cast.anna.claim()).outcome == .codeSent)
    }
    // It is a day's limit again, and the case says so again within the hour.
    #expect(
      try await identify(stage, try Cast.anna.claim()).outcome == .tooManyMessages(.day))
    #expect(try await stage.audited("sms_limit") == 2)
    #expect(
      try await stage.audit().contains {
        $0.kind == "sms_counts_lifted" && $0.customer == Cast.anna.number
          && $0.detail == "by \(boss.name); because kérte"
      })
  }

  @Test func `of messages, lifted: wrong codes in a row stay counted`() async throws {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    let token = try await stage.identified(.anna)
    let code = try await stage.smsCode()
    let wrong = code.dropFirst().map { $0 == "9" ? "0" : "9" }.joined()
    _ = try await stage.registrations.enterCode(
      try CodeEntry(wrong, alphabet: .digits), in: token)
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      #expect(try await browser.doAct("sms_counts", in: number).status == .seeOther)
    }
    #expect(try await stage.number("SELECT failures_in_a_row AS number FROM sms_step") == 1)
  }

  @Test func `of messages of one registration: the case says when it ends`() async throws {
    var limits = Limits()
    limits.smsPerRegistration = 1
    let stage = try await Stage(limits: limits)
    let eva = try await stage.colleague(.agent)
    let token = try await stage.identified(.anna)
    stage.clock.advance(by: 61)
    #expect(try await stage.registrations.resendCode(in: token) == .tooMany(.registration))
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: Cast.anna.number)
      #expect(page.says("Ebben a regisztrációban nem mehet több kód"), "\(page.main)")
      #expect(!page.body.contains("mit=sms_counts"))
    }
  }

  @Test func `of identifications: only what this case has met is forgotten`() async throws {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 1
    let stage = try await Stage(limits: limits)
    let boss = try await stage.colleague(.supervisor)
    let typed = Claim(
      number: .customer(try CustomerNumber("7777777")), mobile: try Cast.peter.claim().mobile)
    _ = try await identify(stage, typed, from: "192.0.2.1")
    _ = try await identify(stage, typed, from: "192.0.2.2")
    let refused = try await identify(stage, typed, from: "192.0.2.1")
    #expect(refused.outcome == .limited(retryAfterSeconds: 3600 - stage.secondsOfHour))
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      // Nobody has the number: the case is a registration's, not a customer's.
      let page = try await browser.openCase(of: refused.caseNumber.text)
      #expect(page.says("Túl sok nem egyező próbálkozás volt"), "\(page.main)")
      let number = try #require(page.number)
      #expect(
        try await browser.doAct("mismatch_counts", in: number).location?
          .hasSuffix("uzenet=megtortent") == true)
      let after = try await browser.get("/munkatars/ugy?szam=\(number)")
      #expect(!after.says("Túl sok nem egyező próbálkozás volt"))
    }
    #expect(try await identify(stage, typed, from: "192.0.2.1").outcome == .noMatch)
    let elsewhere = try await identify(stage, typed, from: "192.0.2.2").outcome
    guard case .limited = elsewhere else {
      Issue.record("another network's limit was lifted: \(elsewhere)")
      return
    }
    #expect(
      try await stage.audit().contains {
        $0.kind == "mismatch_counts_lifted" && $0.customer == nil && $0.registration != nil
      })
  }

  @Test func `of a number that nobody has is a supervisor's: there is nobody to send a code to`()
    async throws
  {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 1
    let stage = try await Stage(limits: limits)
    let eva = try await stage.colleague(.agent)
    let typed = Claim(
      number: .customer(try CustomerNumber("7777777")), mobile: try Cast.peter.claim().mobile)
    _ = try await identify(stage, typed, from: "192.0.2.1")
    let refused = try await identify(stage, typed, from: "192.0.2.1")
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: refused.caseNumber.text)
      #expect(page.body.contains("mit=mismatch_counts") && !page.body.contains("send-code"))
      let number = try #require(page.number)
      let act = try await browser.get(
        "/munkatars/ugy/intezkedes?szam=\(number)&mit=mismatch_counts")
      #expect(act.says("Csoportvezető dönthet"), "\(act.main)")
      #expect(!act.body.contains("send-code") && !act.body.contains("name=\"reason\""))
      let answer = try await browser.doAct("mismatch_counts", in: number)
      #expect(answer.status == .unprocessableContent)
      // The summary's link leads somewhere.
      #expect(answer.body.contains("<li><a href=\"#main\">"), "\(answer.main)")
    }
    #expect(try await stage.audited("mismatch_counts_lifted") == 0)
  }

  @Test func `is lifted by an agent only for a proven caller, and where there is one`()
    async throws
  {
    let stage = try await Stage()
    let (eva, boss) = (
      try await stage.colleague(.agent), try await stage.colleague(.supervisor)
    )
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      for act in ["sms_counts", "mismatch_counts"] {
        #expect(try await browser.doAct(act, in: number).status == .unprocessableContent)
      }
      let second = browser.stranger()
      try await second.logIn(boss, on: stage)
      let own = try #require(try await second.openCase(of: Cast.anna.number).number)
      #expect(
        try await second.doAct("mismatch_counts", in: own).location?
          .hasSuffix("uzenet=nem-idoszeru") == true)
    }
    #expect(try await stage.audited("sms_counts_lifted") == 0)
    #expect(try await stage.audited("mismatch_counts_lifted") == 0)
  }
}

extension Stage {
  /// How much of the present hour has passed.
  fileprivate var secondsOfHour: Int { Int(clock.now.timeIntervalSince1970) % 3600 }
}

/// What keeps a caller from logging in is lifted wherever the caller sits.
@Suite struct `A pause of the login` {
  @Test(arguments: [false, true])
  func `ends with the act, in an unknown browser and in one that the account knows`(
    isKnown: Bool
  ) async throws {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    _ = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    func logIn(_ password: String, _ browser: Token? = nil) async throws -> Logins.Outcome {
      try await stage.logins.logIn(
        userName: "anna@pelda.hu", password: password, from: .init(browser: browser))
    }
    guard case .loggedIn(_, let entry) = try await logIn(Stage.password) else {
      Issue.record("the login is refused")
      return
    }
    let browser = isKnown ? entry.browser : nil
    for _ in 1...5 { _ = try await logIn("Rossz1Jelszo", browser) }
    guard case .codeAsked = try await logIn(Stage.password, browser) else {
      Issue.record("there is no pause")
      return
    }
    try await stage.playForStaff { client in
      try await client.logIn(boss, on: stage)
      let number = try #require(try await client.openCase(of: Cast.anna.number).number)
      #expect(try await client.doAct("login_counts", in: number).status == .seeOther)
    }
    guard case .loggedIn = try await logIn(Stage.password, browser) else {
      Issue.record("the pause has not ended")
      return
    }
  }
}
