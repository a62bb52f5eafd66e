internal import Accounts
internal import Domain
internal import HTTPTypes
internal import TestSupport
internal import Testing

@Suite struct `The login` {
  private let path = "/bejelentkezes"

  /// The answer without what was typed and what is new each time.
  private func normalised(_ answer: CustomerClient.Answer, _ userName: String) -> String {
    Snapshot.text(of: answer, wholeBody: true).replacing("value=\"\(userName)\"", with: "value")
  }

  @Test func `every failure has one answer, to the byte`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let failures = [
        ("anna@pelda.hu", "Rossz1jelszo"), ("ANNA@PELDA.HU", "Rossz1jelszo"),
        ("senki@pelda.hu", Stage.password), ("anna", Stage.password),
        ("anna@pelda.hu", String(repeating: "x", count: 5000)),
        ("anna@pelda.hu", Stage.password.lowercased()), ("anna@pelda.hu", Stage.password + " "),
        ("m\u{131}ke@pelda.hu", Stage.password), ("+36301234567", Stage.password),
      ]
      var answers: Set<String> = []
      for (userName, password) in failures {
        let answer = try await anna.stranger().logIn(userName, password: password)
        #expect(answer.status == .unprocessableContent)
        #expect(answer.errors == [Words.say("logIn.refused")])
        #expect(answer.value(of: "username") == userName)
        #expect(answer.value(of: "password") == nil)
        answers.insert(normalised(answer, userName))
        stage.clock.advance(by: 61)
      }
      #expect(answers.count == 1)
    }
  }

  @Test func `during a pause each password has the same answer, and the right one gets a letter`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      for _ in 1...12 {
        _ = try await anna.stranger().logIn("anna@pelda.hu", password: "Rossz1jelszo")
        stage.clock.advance(by: 61)
      }
      var answers: Set<String> = []
      let letters = try await stage.post().count
      _ = try await anna.stranger().logIn("anna@pelda.hu", password: "Rossz1jelszo")
      for (name, password) in [
        ("anna@pelda.hu", "Rossz1jelszo"), ("anna@pelda.hu", Stage.password),
      ] {
        let browser = anna.stranger()
        #expect(
          try await browser.logIn(name, password: password).location == "/bejelentkezes/kod")
        answers.insert(normalised(try await browser.get("/bejelentkezes/kod"), name))
      }
      #expect(answers.count == 1)
      #expect(try await stage.post().count == letters + 1)
    }
  }

  @Test func `the code opens the account, once, and the second click finds it open`() async throws {
    var limits = Limits()
    limits.loginFailuresPerUserNamePerDay = 3
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      for _ in 1...3 {
        _ = try await anna.stranger().logIn("anna@pelda.hu", password: "Rossz1jelszo")
        stage.clock.advance(by: 61)
      }
      #expect(try await anna.logIn("anna@pelda.hu").location == "/bejelentkezes/kod")
      let page = try await anna.get("/bejelentkezes/kod")
      #expect(page.heading == Words.say("logInCode.title"))
      let wrong = try await anna.post("/bejelentkezes/kod", ["code": "22222"])
      #expect(wrong.status == .unprocessableContent && wrong.error(at: "code") != nil)
      let code = String(try await stage.emailCode().suffix(5))
      let tab = anna.copy()
      #expect(
        try await anna.post("/bejelentkezes/kod", ["code": code]).location == "/megerosites")
      #expect(
        try await tab.post("/bejelentkezes/kod", ["code": code]).location == "/bejelentkezes/kod")
      let done = try await anna.get("/bejelentkezes/kod")
      #expect(done.heading == Words.say("notice.done.title"))
      #expect(done.main.contains("href=\"/fiok\""))
      let stale = try await tab.get("/bejelentkezes/kod")
      #expect(stale.heading == Words.say("notice.logInCodeOver.title"))
    }
  }

  @Test func `a customer who is blocked gets help and a case number after the right password`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await stage.mark(.anna, .blocked)
      #expect(try await anna.get("/fiok").location?.hasPrefix("/bejelentkezes") == true)
      let help = try await anna.stranger().logIn("anna@pelda.hu")
      #expect(help.status == .unprocessableContent)
      #expect(help.heading == Words.say("notice.accountHeld.title"))
      let number = try #require(help.caseNumber)
      #expect(
        try await stage.customerSearch.customer(number)?.text == Cast.anna.number)
      let wrong = try await anna.stranger().logIn("anna@pelda.hu", password: "Rossz1jelszo")
      #expect(wrong.errors == [Words.say("logIn.refused")] && wrong.caseNumber == nil)
    }
  }

  @Test(arguments: [
    ("", "x", "username", "logIn.userName.missing"),
    ("anna@pelda.hu", "", "password", "logIn.password.missing"),
  ])
  func `what is missing is told at its field`(
    userName: String, password: String, field: String, key: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let answer = try await anna.logIn(userName, password: password)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.error(at: field) == Words.say(key))
      #expect(answer.value(of: "username") == userName)
    }
  }

  @Test func `of an empty form both fields are told at once`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let answer = try await anna.logIn("", password: "")
      #expect(answer.status == .unprocessableContent)
      let (name, password) = (
        Words.say("logIn.userName.missing"), Words.say("logIn.password.missing")
      )
      #expect(answer.errors == [name, password])
      #expect(answer.error(at: "username") == name && answer.error(at: "password") == password)
    }
  }

  @Test func `a login gives a cookie of its own and kills the one that was there`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let planted = String(repeating: "a", count: 64)
      anna.set("__Host-session", to: planted)
      try await anna.logIn("anna@pelda.hu")
      let first = anna.cookie("__Host-session")
      #expect(first != planted)
      let thief = anna.copy()
      try await anna.logIn("anna@pelda.hu")
      #expect(anna.cookie("__Host-session") != first)
      #expect(try await thief.get("/megerosites").location == "\(path)?uzenet=lejart")
      #expect(try await anna.get("/megerosites").status == .ok)
    }
  }

  @Test func `who is confirmed comes to the home page`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      #expect(try await anna.stranger().logIn("anna@pelda.hu").location == "/fiok")
    }
  }

  // MARK: Sessions

  @Test func `a session ends after fifteen idle minutes, and the page says why`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      stage.clock.advance(by: 899)
      #expect(try await anna.get("/fiok").status == .ok)
      stage.clock.advance(by: 899)
      #expect(try await anna.get("/fiok").status == .ok)
      stage.clock.advance(by: 900)
      let over = try await anna.get("/fiok")
      #expect(over.location == "\(path)?uzenet=lejart")
      #expect(anna.cookie("__Host-session") == nil)
      let told = try await anna.get("\(path)?uzenet=lejart")
      #expect(told.says(Words.say("flash.sessionEnded")))
    }
  }

  @Test func `no session lives longer than eight hours`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      for _ in 1...47 {
        stage.clock.advance(by: 600)
        #expect(try await anna.get("/fiok").status == .ok)
      }
      stage.clock.advance(by: 600)
      #expect(try await anna.get("/fiok").location == "\(path)?uzenet=lejart")
    }
  }

  @Test func `logging out kills the session, empties the browser's store and keeps the language`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/?nyelv=en")
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let copy = anna.copy()
      try await anna.get("/fiok")
      let out = try await anna.logOut()
      #expect(out.status == .seeOther)
      #expect(out.location == "\(path)?uzenet=kijelentkezett")
      #expect(out.headers[.clearSiteData] == "\"cache\"")
      #expect(anna.cookieNames.isDisjoint(with: ["__Host-session", "__Host-registration"]))
      #expect(anna.cookie("__Host-language") == "en")
      let told = try await anna.get("\(path)?uzenet=kijelentkezett")
      #expect(told.says(Words.say("flash.loggedOut", in: .english)))
      #expect(try await copy.get("/fiok").location == "\(path)?uzenet=lejart")
    }
  }

  @Test(arguments: ["/fiok", "/megerosites", "/megerosites/email-cim"])
  func `who is not logged in is led to the login`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { stranger in
      #expect(try await stranger.get(path).location == "/bejelentkezes")
      for cookie in ["", "x", String(repeating: "0", count: 64), String(repeating: "F", count: 64)]
      {
        stranger.set("__Host-session", to: cookie)
        let location = try await stranger.get(path).location
        #expect(location?.hasPrefix("/bejelentkezes") == true)
      }
    }
  }
}
