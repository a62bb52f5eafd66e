internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import TestSupport
internal import Testing
internal import Wording

/// Declarations, contract and data on the site (J10).
@Suite struct `The pages of the ledger` {
  static let paths = [
    "/fiok/nyilatkozatok", "/fiok/szerzodes", "/fiok/szerzodes/pdf",
    "/fiok/szerzodes/felmondas", "/fiok/adataim", "/fiok/elfogadas",
  ]

  private func account(_ browser: CustomerClient, _ stage: Stage) async throws -> Account {
    let cookie = try #require(browser.cookie("__Host-session"))
    let token = try #require(Token(cookie))
    return try #require(try await stage.sessions.resume(token))
  }

  /// Anna in the portal, with the contract's file kept.
  private func play(
    _ story: @escaping @Sendable (CustomerClient, Stage) async throws -> Void
  ) async throws {
    let stage = try await Stage()
    _ = try await ContractFiles(
      brand: stage.world.brand, store: stage.store, now: stage.world.now
    ).adoptFiles()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await story(anna, stage)
    }
  }

  /// The fields that a page's button for one kind sends.
  private func answer(_ kind: DeclarationKind, _ word: String, _ stage: Stage) -> [String: String] {
    [
      "kind": kind.rawValue, "answer": word,
      "version": stage.world.declaredTexts.version(of: kind, in: .hungarian),
    ]
  }

  // Attack 35: nothing of the account before the address is confirmed.
  @Test(arguments: paths)
  func `are closed to strangers and to the unconfirmed`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      #expect(try await anna.get(path).location == "/bejelentkezes")
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.logIn("anna@pelda.hu")
      #expect(try await anna.get(path).status == .forbidden)
      let before = try await stage.contents(except: ["session.last_used_at"])
      for fields in [answer(.marketing, "yes", stage), ["password": Stage.password]] {
        try await anna.get("/megerosites")
        let posted = try await anna.post(path, fields.merging(["confirm": "yes"]) { $1 })
        #expect([.forbidden, .methodNotAllowed].contains(posted.status))
      }
      #expect(try await stage.contents(except: ["session.last_used_at"]) == before)
    }
  }

  @Test func `show each declaration with its answer and its very words`() async throws {
    try await play { anna, stage in
      let page = try await anna.get("/fiok/nyilatkozatok")
      #expect(page.heading == Words.say("declarations.title"))
      for words in ["contact.marketing.text", "contact.dataProcessing.text"] as [String] {
        #expect(page.says(stage.world.brand.texts(in: .hungarian).sentences[words] ?? "?"))
      }
      #expect(page.says("A Biztosító ingyenes internetes felületet ad Önnek"))
      #expect(page.body.contains("<h3>Ügyfélportál-szerződés</h3>"))
      #expect(!page.body.contains("<!-- document"))
      #expect(page.says(Words.say("declarations.no")) && page.says(Words.say("declarations.yes")))
    }
  }

  @Test func `change a mind in one click, both ways, and a double click is one answer`()
    async throws
  {
    try await play { anna, stage in
      for (word, button) in [("yes", "declarations.withdraw"), ("no", "declarations.give")] {
        try await anna.get("/fiok/nyilatkozatok")
        for _ in 1...2 {
          let done = try await anna.post("/fiok/nyilatkozatok", answer(.marketing, word, stage))
          #expect(done.location == "/fiok/nyilatkozatok?uzenet=nyilatkozott")
        }
        let page = try await anna.get("/fiok/nyilatkozatok?uzenet=nyilatkozott")
        #expect(page.says(Words.say("flash.declared")))
        #expect(page.body.contains("id=\"marketing\">\(Words.say(button))"))
      }
      #expect(try await stage.count("declaration") == 6)
    }
  }

  @Test func `answer a stale version with the page as it is now`() async throws {
    try await play { anna, stage in
      try await anna.get("/fiok/nyilatkozatok")
      let fields = answer(.marketing, "yes", stage).merging(["version": "earlier"]) { $1 }
      let again = try await anna.post("/fiok/nyilatkozatok", fields)
      #expect(again.status == .unprocessableContent)
      #expect(again.errors == [Words.say("contact.textsChanged")])
      #expect(try await stage.count("declaration") == 4)
    }
  }

  @Test(arguments: [["kind": "contract", "answer": "no"], ["kind": "x"], ["answer": "x"]])
  func `refuse what no page of ours sends`(fields: [String: String]) async throws {
    try await play { anna, stage in
      try await anna.get("/fiok/nyilatkozatok")
      #expect(try await anna.post("/fiok/nyilatkozatok", fields).status == .badRequest)
      #expect(try await stage.count("declaration") == 4)
    }
  }

  // MARK: New versions

  @Test func `ask for the new version before everything else, and keep nobody from leaving`()
    async throws
  {
    try await play { anna, stage in
      let account = try await account(anna, stage)
      for kind in [DeclarationKind.contract, .notice] {
        try await stage.acceptedEarlierVersion(of: kind, by: account)
      }
      for path in ["/fiok", "/fiok/nyilatkozatok"] {
        #expect(try await anna.get(path).location == "/fiok/elfogadas", "\(path)")
      }
      for path in ["/fiok/szerzodes", "/fiok/szerzodes/felmondas", "/fiok/adataim", "/gyik"] {
        #expect(try await anna.get(path).status == .ok, "\(path)")
      }
      let page = try await anna.get("/fiok/elfogadas")
      #expect(page.has("contract") && page.has("notice"))
      let half = try await anna.post("/fiok/elfogadas", ["contract": "yes"])
      #expect(half.status == .unprocessableContent)
      #expect(half.errors == [Words.say("accept.missing")] && half.isChecked("contract"))
      let done = try await anna.post("/fiok/elfogadas", ["contract": "yes", "notice": "yes"])
      #expect(done.location == "/fiok?uzenet=elfogadta")
      #expect(try await anna.get("/fiok").status == .ok)
      #expect(try await anna.get("/fiok/elfogadas").location == "/fiok")
      #expect(try await stage.count("declaration") == 8)
    }
  }

  @Test func `let who refuses the new version log out`() async throws {
    try await play { anna, stage in
      let account = try await account(anna, stage)
      try await stage.acceptedEarlierVersion(of: .notice, by: account)
      try await anna.get("/fiok/elfogadas")
      #expect(try await anna.logOut().location == "/bejelentkezes?uzenet=kijelentkezett")
    }
  }

  // MARK: When the time was over

  @Test(arguments: [true, false])
  func `keep a tick over a new login, beside the words that it stood beside`(isSameText: Bool)
    async throws
  {
    try await play { anna, stage in
      let account = try await account(anna, stage)
      for kind in [DeclarationKind.contract, .notice] {
        try await stage.acceptedEarlierVersion(of: kind, by: account)
      }
      let path = "/fiok/elfogadas"
      try await anna.get(path)
      stage.clock.advance(by: 900)
      let other = isSameText ? [:] : ["contractVersion": "of yesterday"]
      let over = try await anna.post(path, other.merging(["contract": "yes"]) { $1 })
      #expect(over.location == "/bejelentkezes?uzenet=lejart")
      #expect(try await anna.logIn("anna@pelda.hu").location == path)
      let page = try await anna.get(path)
      #expect(page.isChecked("contract") == isSameText && !page.isChecked("notice"))
      #expect(page.says(Words.say("form.restored")) == isSameText)
      // Given back once.
      #expect(!(try await anna.get(path)).isChecked("contract"))
    }
  }

  @Test func `keep the tick that ends the contract over a new login, and no password`()
    async throws
  {
    try await play { anna, stage in
      let path = "/fiok/szerzodes/felmondas"
      try await anna.get(path)
      stage.clock.advance(by: 900)
      try await anna.post(path, ["confirm": "yes", "password": Stage.password])
      #expect(try await anna.logIn("anna@pelda.hu").location == path)
      let page = try await anna.get(path)
      #expect(page.isChecked("confirm") && page.says(Words.say("form.restored")))
      #expect(!page.body.contains(Stage.password))
    }
  }

  @Test func `tell which answer came too late, once, and record it only when it comes again`()
    async throws
  {
    try await play { anna, stage in
      let path = "/fiok/nyilatkozatok"
      try await anna.get(path)
      stage.clock.advance(by: 900)
      try await anna.post(path, answer(.marketing, "yes", stage))
      #expect(try await anna.logIn("anna@pelda.hu").location == path)
      let page = try await anna.get(path)
      let unsaved = Words.say("declarations.unsaved")
      #expect(page.says("\(unsaved) <strong>\(Words.say("contact.marketing"))</strong>"))
      #expect(try await stage.count("declaration") == 4)
      try await anna.post(path, answer(.marketing, "yes", stage))
      #expect(try await stage.count("declaration") == 5)
      #expect(!(try await anna.get(path)).says(unsaved))
    }
  }

  // MARK: Contract

  @Test func `hand out the contract as a page and as a file that is the same each time`()
    async throws
  {
    try await play { anna, stage in
      let page = try await anna.get("/fiok/szerzodes")
      #expect(page.heading == Words.say("myContract.title"))
      #expect(page.body.contains("<h2>Ügyfélportál-szerződés</h2>"))
      #expect(page.body.contains("href=\"/fiok/szerzodes/pdf\""))
      let file = try await anna.get("/fiok/szerzodes/pdf")
      #expect(file.headers[.contentType] == "application/pdf")
      #expect(file.headers[.contentDisposition]?.hasPrefix("attachment;") == true)
      let again = try await anna.get("/fiok/szerzodes/pdf")
      #expect(again.body == file.body && !file.body.isEmpty)
      // Another customer's contract, and a stranger's question.
      #expect(try await anna.stranger().get("/fiok/szerzodes/pdf").location == "/bejelentkezes")
    }
  }

  @Test func `say how to keep a contract that has no file`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      #expect(try await anna.get("/fiok/szerzodes").says(Words.say("myContract.noFile")))
      #expect(try await anna.get("/fiok/szerzodes/pdf").status == .notFound)
    }
  }

  @Test func `end the contract with a tick and the password, on all devices`() async throws {
    try await play { anna, stage in
      let otherDevice = anna.stranger()
      try await otherDevice.logIn("anna@pelda.hu")
      try await anna.get("/fiok/szerzodes/felmondas")
      let empty = try await anna.post("/fiok/szerzodes/felmondas")
      #expect(
        empty.errors == [
          Words.say("endContract.confirm.missing"), Words.say("logIn.password.missing"),
        ])
      let wrong = try await anna.post(
        "/fiok/szerzodes/felmondas", ["confirm": "yes", "password": "Rossz1"])
      #expect(wrong.status == .unprocessableContent && wrong.isChecked("confirm"))
      #expect(wrong.errors == [Words.say("confirm.wrongPassword")])
      let done = try await anna.post(
        "/fiok/szerzodes/felmondas", ["confirm": "yes", "password": Stage.password])
      #expect(done.location == "/bejelentkezes?uzenet=felmondta")
      #expect(anna.cookie("__Host-session") == nil)
      #expect(
        try await anna.get("/bejelentkezes?uzenet=felmondta")
          .says(Words.say("flash.contractEnded")))
      #expect(try await otherDevice.get("/fiok").location?.hasPrefix("/bejelentkezes") == true)
      let refused = try await anna.logIn("anna@pelda.hu")
      #expect(refused.errors == [Words.say("logIn.refused")])
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      #expect(try await anna.get("/fiok").says("LA-2023-004512"))
    }
  }

  // MARK: Data

  @Test func `take a request for a copy and for erasure, and show them until they are done`()
    async throws
  {
    try await play { anna, stage in
      try await anna.get("/fiok/adataim")
      for _ in 1...2 {
        let asked = try await anna.post("/fiok/adataim", ["kind": "copy"])
        #expect(asked.location == "/fiok/adataim?uzenet=kerte")
      }
      let page = try await anna.get("/fiok/adataim")
      #expect(page.says(Words.say("dataRights.open")))
      #expect(!page.says(Words.say("dataRights.copy.button")))
      for (password, sentence) in [
        ("", Words.say("logIn.password.missing")), ("Rossz1", Words.say("confirm.wrongPassword")),
      ] {
        let again = try await anna.post(
          "/fiok/adataim", ["kind": "erasure", "password": password])
        #expect(again.status == .unprocessableContent && again.errors == [sentence])
      }
      let asked = try await anna.post(
        "/fiok/adataim", ["kind": "erasure", "password": Stage.password])
      #expect(asked.status == .seeOther)
      #expect(try await stage.records.openRequests().map(\.kind) == [.copy, .erasure])
      #expect(try await anna.post("/fiok/adataim", ["kind": "x"]).status == .badRequest)
    }
  }
}
