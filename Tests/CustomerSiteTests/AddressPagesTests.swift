internal import Domain
internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

/// The pages of the profile and of both addresses, as a person walks them.
@Suite struct `Who changes an address` {
  private static let old = "anna@pelda.hu"

  static let purposes = ["/fiok/levelezesi-cim", "/fiok/felhasznalonev"]

  private func arrive(_ anna: CustomerClient, _ stage: Stage) async throws {
    try await anna.enterThePortal(.anna, email: Self.old, on: stage)
  }

  private func asks(
    _ path: String, _ email: String, _ browser: CustomerClient,
    password: String = Stage.password
  ) async throws -> CustomerClient.Answer {
    try await browser.get(path)
    return try await browser.post(path, ["email": email, "password": password])
  }

  private func types(
    _ code: String, _ path: String, _ browser: CustomerClient
  ) async throws -> CustomerClient.Answer {
    try await browser.get(path + "/megerosites")
    return try await browser.post(path + "/megerosites", ["code": code])
  }

  @Test func `finds everything about the account, the mobile number masked`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let page = try await anna.get("/fiok/adatok")
      for words in ["Kovács Anna", Self.old, "06 30 ••• ••67", "06-40-421-421"] {
        #expect(page.says(words), "\(words)")
      }
      #expect(!page.says("301234567"))
      #expect(page.says(Words.say("profile.correspondence.same")))
      for path in Self.purposes { #expect(page.main.contains("href=\"\(path)\"")) }
      #expect(page.main.contains("<span class=\"visually-hidden\">"))
    }
  }

  @Test(arguments: purposes)
  func `reads that the old one stays until the code is typed`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      #expect(try await asks(path, "uj@pelda.hu", anna).location == path + "/megerosites")
      let code = try await stage.emailCode()
      let page = try await anna.get(path + "/megerosites")
      #expect(page.text(of: "data-code-prefix") == String(code.prefix(1)))
      #expect(page.says("uj@pelda.hu") && page.says(Self.old))
      #expect(page.says(Words.say("address.stays")))
      #expect(!page.body.contains(code.suffix(5)))
      #expect(try await anna.get("/fiok/adatok").says(Words.say("profile.pending.open")))

      let saved = try await types(String(code.suffix(5)), path, anna)
      let isUserName = path.hasSuffix("felhasznalonev")
      let word = isUserName ? "felhasznalonev-mentve" : "levelcim-mentve"
      #expect(saved.location == "/fiok/adatok?uzenet=\(word)")
      let profile = try await anna.get("/fiok/adatok?uzenet=\(word)")
      #expect(
        profile.says(
          Words.say(isUserName ? "flash.userNameSaved" : "flash.correspondenceSaved")))
      #expect(profile.says("uj@pelda.hu"))
      // The second click, and a bookmark.
      try await anna.get("/fiok/adatok")
      #expect(
        try await anna.post(path + "/megerosites", ["code": code]).location == saved.location)
      #expect(try await anna.get(path + "/megerosites").location == path)
    }
  }

  @Test(
    arguments: purposes,
    [
      ("", "email.empty"), ("anna", "email.noAt"), ("ánna@példa.hu", "email.notASCII"),
      // Attack 30: a look-alike domain is refused.
      ("anna@p\u{435}lda.hu", "email.notASCII"), ("anna@pelda.hu", "address.unchanged"),
      // Attack 29: two recipients in one field.
      ("uj@pelda.hu,tolvaj@pelda.hu", "email.severalAt"),
      ("uj@pelda.hu tolvaj@pelda.hu", "email.severalAt"),
    ])
  func `is told on the same page what is wrong with the address`(
    path: String, mistake: (String, String)
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let sent = try await stage.post().count
      let answer = try await asks(path, mistake.0, anna)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.errors == [Words.say(mistake.1)])
      #expect(answer.value(of: "email") == mistake.0)
      #expect(answer.value(of: "password") == nil)
      #expect(try await stage.post().count == sent)
    }
  }

  @Test(arguments: purposes + ["/megerosites/email-cim"])
  func `is told of an empty form both fields at once`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      if path.hasPrefix("/fiok") {
        try await arrive(anna, stage)
      } else {
        try await anna.register(.anna, email: Self.old, on: stage)
        try await anna.logIn(Self.old)
      }
      let answer = try await asks(path, "", anna, password: "")
      #expect(answer.status == .unprocessableContent)
      let (email, password) = (Words.say("email.empty"), Words.say("address.password.missing"))
      #expect(answer.errors == [email, password])
      #expect(answer.error(at: "email") == email && answer.error(at: "password") == password)
    }
  }

  // Attack 34: a cookie alone is not enough.
  @Test(arguments: purposes)
  func `needs the password`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let without = try await asks(path, "uj@pelda.hu", anna, password: "")
      #expect(without.errors == [Words.say("address.password.missing")])
      let wrong = try await asks(path, "uj@pelda.hu", anna, password: "Rossz1234")
      #expect(wrong.status == .unprocessableContent)
      #expect(wrong.error(at: "password") != nil)
      #expect(try await stage.count("address_change") == 0)
    }
  }

  // Attack 29: doubled fields, arrays, JSON and header injection.
  @Test(arguments: [
    ("email=uj%40pelda.hu&email=tolvaj%40pelda.hu", 400),
    ("email%5B%5D=uj%40pelda.hu&email%5B%5D=tolvaj%40pelda.hu", 400),
    ("email=uj%40pelda.hu%0aBcc:tolvaj%40pelda.hu", 400),
    ("email=%5B%22uj%40pelda.hu%22%2C%22tolvaj%40pelda.hu%22%5D", 422),
    ("email=uj%40pelda.hu%2Ctolvaj%40pelda.hu", 422),
  ])
  func `writes to nobody when two recipients are tried`(body: String, status: Int) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      for path in Self.purposes + ["/cim-visszaallitas"] {
        let token = try await anna.get(path).hidden["formToken"] ?? ""
        let sent = try await stage.post().count
        let answer = try await anna.post(
          path, body: "formToken=\(token)&password=\(Stage.password)&code=KKKKKK&\(body)",
          headers: [:])
        #expect(answer.status.code == status, "\(path)")
        #expect(try await stage.post().count == sent)
      }
    }
  }

  @Test func `with an accented domain reads it as it was typed`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      #expect(
        try await asks("/fiok/felhasznalonev", "uj@példa.hu", anna).location
          == "/fiok/felhasznalonev/megerosites")
      #expect(try await stage.post().first?.to == "uj@xn--plda-bpa.hu")
      #expect(try await anna.get("/fiok/felhasznalonev/megerosites").says("uj@példa.hu"))
      let code = try await stage.emailCode()
      _ = try await types(code, "/fiok/felhasznalonev", anna)
      #expect(try await anna.get("/fiok/adatok").says("uj@példa.hu"))
      // Either writing logs in.
      for name in ["uj@példa.hu", "UJ@xn--plda-bpa.hu"] {
        #expect(try await anna.stranger().logIn(name).location == "/fiok")
      }
    }
  }

  @Test func `may do without an address of letters again`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let path = "/fiok/levelezesi-cim"
      #expect(!(try await anna.get(path)).main.contains("name=\"remove\""))
      _ = try await asks(path, "levelek@pelda.hu", anna)
      _ = try await types(try await stage.emailCode(), path, anna)
      try await anna.get(path)
      let refused = try await anna.post(path, ["remove": "yes", "password": "Rossz1234"])
      #expect(refused.status == .unprocessableContent)
      for _ in 1...2 {
        let removed = try await anna.post(
          path, ["remove": "yes", "password": Stage.password, "email": "nonsense"])
        #expect(removed.location == "/fiok/adatok?uzenet=levelcim-torolve")
      }
      #expect(
        try await anna.get("/fiok/adatok").says(Words.say("profile.correspondence.same")))
    }
  }

  @Test(arguments: purposes)
  func `keeps the address when the language changes`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      try await anna.get(path)
      let english = try await anna.post(
        path + "?nyelv=en", ["languageOnly": "yes", "email": "félkész@", "password": "x"])
      #expect(english.status == .ok)
      #expect(english.value(of: "email") == "félkész@")
      #expect(english.body.contains("<html lang=\"en\""))
    }
  }

  @Test func `who has not confirmed the account yet sees that it opens later`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: Self.old, on: stage)
      try await anna.logIn(Self.old)
      try await anna.get("/megerosites")
      for path in ["/fiok/adatok"] + Self.purposes.flatMap({ [$0, $0 + "/megerosites"] }) {
        #expect(try await anna.copy().get(path).status == .forbidden, "\(path)")
      }
      for path in Self.purposes.flatMap({ [$0, $0 + "/megerosites", $0 + "/uj-kod"] }) {
        #expect(try await anna.copy().post(path, ["email": "u@x.hu"]).status == .forbidden)
      }
    }
  }

  @Test(arguments: purposes)
  func `can have the code again`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      _ = try await asks(path, "uj@pelda.hu", anna)
      try await anna.get(path + "/megerosites")
      let soon = try await anna.post(path + "/uj-kod")
      #expect(soon.status == .unprocessableContent)
      #expect(soon.languageLink == "\(path)/megerosites?nyelv=en")
      stage.clock.advance(by: 60)
      try await anna.get(path + "/megerosites")
      let again = try await anna.post(path + "/uj-kod")
      #expect(again.location == path + "/megerosites?uzenet=ugyanaz")
      let twice = try await anna.post(path + "/uj-kod")
      #expect(twice.location == path + "/megerosites?uzenet=ugyanaz")
    }
  }

  // MARK: Undoing (attack 34)

  @Test func `without having done it, takes the change back and chooses a new password`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { thief in
      try await arrive(thief, stage)
      _ = try await asks("/fiok/felhasznalonev", "tolvaj@pelda.hu", thief)
      _ = try await types(try await stage.emailCode(), "/fiok/felhasznalonev", thief)
      let letter = try #require(
        try await stage.post().first { $0.to == Self.old && $0.text.contains("/cim-") })
      let code = try #require(letter.text.firstMatch(of: #/\n([2-9A-Z]{6})\n/#)).1

      let anna = thief.stranger()
      try await anna.get("/cim-visszaallitas")
      let wrong = try await anna.post(
        "/cim-visszaallitas", ["email": Self.old, "code": "22222" + code.suffix(1)])
      #expect(wrong.errors == [Words.say("undo.refused")])
      let half = try await anna.post(
        "/cim-visszaallitas", ["email": Self.old, "code": String(code.suffix(5))])
      #expect(half.errors == [Words.say("undo.code.length", ["count": "5"])])
      #expect(half.value(of: "email") == Self.old)
      let done = try await anna.post(
        "/cim-visszaallitas", ["email": Self.old, "code": String(code)])
      #expect(done.location == "/cim-visszaallitas?uzenet=visszaallitva")
      let page = try await anna.get("/cim-visszaallitas?uzenet=visszaallitva")
      #expect(page.heading == Words.say("undo.done.title"))
      #expect(page.main.contains("href=\"/elfelejtett-jelszo\""))
      #expect(try await thief.get("/fiok").location == "/bejelentkezes?uzenet=lejart")
      #expect(try await anna.logIn(Self.old).status == .unprocessableContent)
    }
  }

  @Test func `gets one answer whether an address is known or not`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      _ = try await asks("/fiok/felhasznalonev", "uj@pelda.hu", anna)
      _ = try await types(try await stage.emailCode(), "/fiok/felhasznalonev", anna)
      let stranger = anna.stranger()
      var answers: [String] = []
      for email in [Self.old, "uj@pelda.hu", "senki@pelda.hu"] {
        try await stranger.get("/cim-visszaallitas")
        let answer = try await stranger.post(
          "/cim-visszaallitas", ["email": email, "code": "KKKKK2"])
        #expect(answer.status == .unprocessableContent)
        answers.append(
          answer.main.replacing(email, with: "ADDRESS").replacing(
            #/name="formToken" value="[^"]*"/#, with: ""))
      }
      #expect(Set(answers).count == 1)
    }
  }

  // Attack 28: the letter's link is ours whatever the request's headers say.
  @Test func `gets a link to the configured site, whatever a request says`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(anna, stage)
      let forged: HTTPFields = [
        .named("X-Forwarded-Host"): "evil.test",
        .named("Forwarded"): "host=evil.test;proto=http", .named("X-Forwarded-Proto"): "http",
      ]
      try await anna.get("/fiok/felhasznalonev")
      try await anna.post(
        "/fiok/felhasznalonev", ["email": "uj@pelda.hu", "password": Stage.password],
        headers: forged)
      let code = try await stage.emailCode()
      try await anna.get("/fiok/felhasznalonev/megerosites")
      try await anna.post("/fiok/felhasznalonev/megerosites", ["code": code], headers: forged)
      let texts = try await stage.post().map(\.text)
      #expect(texts.contains { $0.contains("https://portal.pelda.example/cim-visszaallitas") })
      #expect(!texts.contains { $0.contains("evil.test") })
    }
  }
}
