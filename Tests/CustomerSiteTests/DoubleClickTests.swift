internal import HTTPTypes
internal import TestSupport
internal import Testing

/// A button pressed twice is pressed once: both clicks lead to the same place, and what is sent is
/// sent once (R2).
@Suite struct `A double click` {
  /// Both clicks of one form, from one browser, at once.
  private func clickTwice(
    _ path: String, _ fields: [String: String], by browser: CustomerClient
  ) async throws -> Set<String> {
    let twin = browser.copy()
    async let first = browser.post(path, fields)
    async let second = twin.post(path, fields)
    let answers = try await [first, second]
    for answer in answers { #expect(answer.status == .seeOther) }
    return Set(answers.map { $0.location ?? "nowhere" })
  }

  @Test func `on the first page opens one registration and sends one SMS`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let places = try await clickTwice(
        "/regisztracio", CustomerClient.claim(of: .anna), by: anna)
      #expect(places == ["/regisztracio/telefonszam"])
      #expect(try await stage.count("registration") == 1)
      #expect(try await stage.post().count == 1)
    }
  }

  @Test func `on the first page again, as after a step back, sends no second SMS`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      #expect(try await anna.identify(.anna).location == "/regisztracio/telefonszam")
      #expect(try await stage.post().count == 1)
    }
  }

  @Test func `on the code leads both to the next page, in the same registration`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.get("/regisztracio/telefonszam")
      let code = try await stage.smsCode()
      let places = try await clickTwice(
        "/regisztracio/telefonszam", ["code": String(code.suffix(5))], by: anna)
      #expect(places == ["/regisztracio/email"])
      #expect(try await anna.get("/regisztracio/email").has("email"))
    }
  }

  @Test func `on a new code sends one SMS`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      _ = try await stage.post()
      stage.clock.advance(by: 60)
      try await anna.get("/regisztracio/telefonszam")
      let places = try await clickTwice("/regisztracio/telefonszam/uj-kod", [:], by: anna)
      #expect(places == ["/regisztracio/telefonszam?uzenet=ugyanaz"])
      #expect(try await stage.post().count == 2)
    }
  }

  @Test func `on the address records one set of declarations`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      try await anna.get("/regisztracio/email")
      let places = try await clickTwice(
        "/regisztracio/email", CustomerClient.answers(email: "anna@pelda.hu"), by: anna)
      #expect(places == ["/regisztracio/jelszo"])
      #expect(try await stage.count("registration_declaration") == 4)
    }
  }

  @Test func `on the password makes one account and sends each letter once`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      try await anna.giveAddress("anna@pelda.hu")
      try await anna.get("/regisztracio/jelszo")
      let places = try await clickTwice(
        "/regisztracio/jelszo",
        ["password": Stage.password, "passwordAgain": Stage.password], by: anna)
      #expect(places == ["/regisztracio/sikeres"])
      #expect(try await stage.count("account") == 1)
      #expect(try await stage.count("declaration") == 4)
      #expect(try await stage.post().count == 4)
    }
  }

  @Test func `on the login leads both into the portal`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.get("/bejelentkezes")
      let places = try await clickTwice(
        "/bejelentkezes", ["username": "anna@pelda.hu", "password": Stage.password], by: anna)
      #expect(places == ["/megerosites"])
    }
  }

  @Test func `on the confirmation leads both to the same page`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.logIn("anna@pelda.hu")
      try await anna.get("/megerosites")
      let places = try await clickTwice(
        "/megerosites", ["code": try await stage.emailCode()], by: anna)
      #expect(places == ["/fiok?uzenet=megerositve"])
    }
  }

  @Test func `on a new letter sends one letter`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.logIn("anna@pelda.hu")
      stage.clock.advance(by: 60)
      let before = try await stage.post().count
      try await anna.get("/megerosites")
      let places = try await clickTwice("/megerosites/uj-kod", [:], by: anna)
      #expect(places == ["/megerosites?uzenet=ugyanaz"])
      #expect(try await stage.post().count == before + 1)
    }
  }

  @Test func `on a corrected address sends one letter, whose code is good`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.logIn("anna@pelda.hu")
      let before = try await stage.post().count
      try await anna.get("/megerosites/email-cim")
      let places = try await clickTwice(
        "/megerosites/email-cim", ["email": "uj@pelda.hu", "password": Stage.password], by: anna)
      #expect(places == ["/megerosites?uzenet=javitva"])
      let sent = try await stage.post().count - before
      #expect(sent == 1)
      #expect(try await anna.confirmTheAddress(on: stage).status == .seeOther)
    }
  }

  @Test func `on logging out leads both to the login`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.get("/fiok")
      let places = try await clickTwice("/kijelentkezes", [:], by: anna)
      #expect(places == ["/bejelentkezes?uzenet=kijelentkezett"])
    }
  }
}
