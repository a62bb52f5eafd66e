internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing
internal import Wording

@Suite struct `The page of the address and the declarations` {
  private let path = "/regisztracio/email"

  private func arrive(_ person: Cast, _ browser: CustomerClient, _ stage: Stage) async throws {
    try await browser.identify(person)
    try await browser.proveThePhone(on: stage)
  }

  @Test func `nothing is chosen or filled in beforehand`() async throws {
    let stage = try await Stage()
    try await stage.play { peter in
      try await arrive(.peter, peter, stage)
      let page = try await peter.get(path)
      #expect(page.value(of: "email") == "")
      for id in [
        "marketing", "marketing-no", "dataProcessing", "dataProcessing-no", "contract", "notice",
      ] {
        #expect(page.has(id) && !page.isChecked(id), "\(id)")
      }
      #expect(!page.body.contains("useAddressOnFile"))
      #expect(!page.has("error-summary"))
    }
  }

  @Test(arguments: ["yes", "no"], ["yes", "no"])
  func `a refusal never blocks`(marketing: String, dataProcessing: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      var answers = CustomerClient.answers(email: "anna@pelda.hu")
      answers["marketing"] = marketing
      answers["dataProcessing"] = dataProcessing
      #expect(try await anna.post(path, answers).location == "/regisztracio/jelszo")
      let review = try await anna.get("/regisztracio/jelszo")
      let words = ["yes": "Elfogadom", "no": "Nem fogadom el"]
      #expect(review.says("<dd>\(words[marketing] ?? "")</dd>"))
      #expect(review.says("<dd>\(words[dataProcessing] ?? "")</dd>"))
      let kept = try await anna.get(path)
      #expect(kept.isChecked(marketing == "yes" ? "marketing" : "marketing-no"))
      #expect(kept.isChecked(dataProcessing == "yes" ? "dataProcessing" : "dataProcessing-no"))
      #expect(kept.value(of: "email") == "anna@pelda.hu")
    }
  }

  @Test(arguments: [
    ("marketing", "contact.marketing.missing"),
    ("dataProcessing", "contact.dataProcessing.missing"),
    ("contract", "contact.contract.missing"), ("notice", "contact.notice.missing"),
    ("email", "email.empty"),
  ])
  func `a missing answer is told at its place, with all the others kept`(
    field: String, key: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      var answers = CustomerClient.answers(email: "anna@pelda.hu")
      answers[field] = ""
      let answer = try await anna.post(path, answers)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.errors == [Words.say(key)])
      #expect(answer.body.contains("<a href=\"#\(field)\">") && answer.has(field))
      #expect(answer.isChecked("marketing-no") == (field != "marketing"))
      #expect(answer.isChecked("dataProcessing-no") == (field != "dataProcessing"))
      #expect(answer.isChecked("contract") == (field != "contract"))
      #expect(answer.isChecked("notice") == (field != "notice"))
      #expect(answer.value(of: "email") == (field == "email" ? "" : "anna@pelda.hu"))
    }
  }

  @Test func `everything that is missing is told at once, in the order of the page`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      let answer = try await anna.post(path)
      #expect(
        answer.errors == [
          Words.say("email.empty"), Words.say("contact.marketing.missing"),
          Words.say("contact.dataProcessing.missing"),
          Words.say("contact.contract.missing"), Words.say("contact.notice.missing"),
        ])
    }
  }

  @Test func `an invented answer is no answer`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      var answers = CustomerClient.answers(email: "anna@pelda.hu")
      answers["marketing"] = "maybe"
      answers["contract"] = "on"
      #expect(try await anna.post(path, answers).errors.count == 2)
    }
  }

  // MARK: The address

  @Test(arguments: [
    ("anna", "email.noAt"), ("anna@@pelda.hu", "email.severalAt"),
    ("anna@pelda.hu, bela@pelda.hu", "email.severalAt"), ("ánna@pelda.hu", "email.notASCII"),
    ("anna kovacs@pelda.hu", "email.localPart"), (".anna@pelda.hu", "email.localPart"),
    ("anna@pelda", "email.domain"), ("anna@[127.0.0.1]", "email.domain"),
    ("anna@pelda.hu\tx", "email.domain"), ("\u{212A}ati@pelda.hu", "email.notASCII"),
    ("anna＠pelda.hu", "email.notASCII"),
  ])
  func `an address that cannot be one is told, and kept to be mended`(
    email: String, key: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      let answer = try await anna.post(path, CustomerClient.answers(email: email))
      #expect(answer.status == .unprocessableContent)
      let sentence = Words.say(key)
      #expect(answer.errors == [sentence])
      #expect(answer.error(at: "email") == sentence)
      #expect(answer.value(of: "email") == email)
    }
  }

  @Test func `the address on file is shown masked, is nowhere in clear, and is taken by a button`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      let page = try await anna.get(path)
      #expect(page.says("k•••@e•••.hu"))
      #expect(!page.body.contains("kovacs.anna"))
      var answers = CustomerClient.answers(email: "")
      answers["useAddressOnFile"] = "now"
      answers["marketing"] = nil
      let kept = try await anna.post(path, answers)
      // Nothing was wrong: what is further down has not been reached yet.
      #expect(kept.status == .ok)
      #expect(kept.errors.isEmpty)
      #expect(kept.says(Words.say("contact.onFile.chosen")))
      #expect(!kept.body.contains("kovacs.anna"))
      answers["useAddressOnFile"] = nil
      answers["marketing"] = "no"
      #expect(try await anna.post(path, answers).location == "/regisztracio/jelszo")
      try await anna.choosePassword()
      #expect(try await stage.post().contains { $0.to == "kovacs.anna@example.hu" })
    }
  }

  @Test(arguments: [
    ("now", "kovacs.anna@example.hu"), ("chosen", "anna@pelda.hu"), ("", "anna@pelda.hu"),
    ("yes", "anna@pelda.hu"),
  ])
  func `the button wins over what was typed, and what is typed afterwards over the button`(
    choice: String, email: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      var answers = CustomerClient.answers(email: "anna@pelda.hu")
      answers["useAddressOnFile"] = choice
      try await anna.post(path, answers)
      let password = try await anna.get("/regisztracio/jelszo")
      #expect(password.value(of: "username") == email)
    }
  }

  @Test func `who has no address on file cannot take one`() async throws {
    let stage = try await Stage()
    try await stage.play { peter in
      try await arrive(.peter, peter, stage)
      try await peter.get(path)
      var answers = CustomerClient.answers(email: "")
      answers["useAddressOnFile"] = "now"
      #expect(try await peter.post(path, answers).errors == [Words.say("email.empty")])
    }
  }

  @Test func `a doubtful address is asked about once, and taken when it is sent again`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      let asked = try await anna.post(path, CustomerClient.answers(email: "anna@gmial.com"))
      #expect(asked.status == .unprocessableContent)
      #expect(
        asked.errors == [Words.say("email.likelyIntended", ["intended": "anna@gmail.com"])])
      #expect(asked.value(of: "email") == "anna@gmial.com")
      let other = try await anna.post(path, CustomerClient.answers(email: "anna@gmai.com"))
      #expect(other.status == .unprocessableContent)
      let again = try await anna.post(path, CustomerClient.answers(email: "anna@gmai.com"))
      #expect(again.location == "/regisztracio/jelszo")
    }
  }

  @Test func `a taken address is told, and its owner hears of it once a day`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.stranger().register(.peter, email: "peter@pelda.hu", on: stage)
      let before = try await stage.post().count
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      for spelling in ["peter@pelda.hu", "PETER@pelda.hu", " peter@pelda.hu "] {
        let answer = try await anna.post(path, CustomerClient.answers(email: spelling))
        #expect(answer.status == .unprocessableContent)
        #expect(answer.errors == [Words.say("email.taken")])
      }
      let fourth = try await anna.post(path, CustomerClient.answers(email: "peter@pelda.hu"))
      let lastTry = Words.say("email.taken") + " " + Words.say("email.taken.lastTry")
      #expect(fourth.errors == [lastTry])
      let fifth = try await anna.post(path, CustomerClient.answers(email: "peter@pelda.hu"))
      #expect(fifth.location == "/regisztracio/telefonszam")
      let stopped = try await anna.get(path)
      #expect(stopped.heading == Words.say("notice.takenEmails.title"))
      // The SMS with Anna's code, and one letter to Péter.
      #expect(try await stage.post().count == before + 2)
      #expect(try await stage.post().first?.to == "peter@pelda.hu")
    }
  }

  // MARK: A step back

  @Test func `«Vissza» leads to the first page, and the way on to the form as it was`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      #expect(try await anna.get(path).body.contains("form=\"form\" name=\"back\""))
      let before = try await stage.contents()
      // Half an address and half of the answers: nobody has said yet that they are finished.
      let typed = ["email": "anna@", "marketing": "yes", "contract": "yes", "back": "yes"]
      #expect(try await anna.post(path, typed).location == "/regisztracio")
      let first = try await anna.get("/regisztracio")
      #expect(first.says(Words.say("identify.running")))
      #expect(first.main.contains("href=\"\(path)\""))
      let again = try await anna.get(path)
      #expect(again.says(Words.say("form.restored")) && again.errors.isEmpty)
      #expect(again.value(of: "email") == "anna@")
      #expect(again.isChecked("marketing") && again.isChecked("contract"))
      #expect(!again.isChecked("notice") && !again.isChecked("dataProcessing-no"))
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `«Vissza» keeps what was changed after the step was done, until it is sent`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.giveAddress("anna@pelda.hu")
      try await anna.get(path)
      var answers = CustomerClient.answers(email: "uj@pelda.hu")
      answers["marketing"] = "yes"
      try await anna.post(path, answers.merging(["back": "yes"]) { $1 })
      #expect(try await anna.get("/regisztracio").main.contains("href=\"\(path)\""))
      // Nothing was sent: what is agreed to is what was given before.
      #expect(try await anna.get("/regisztracio/jelszo").value(of: "username") == "anna@pelda.hu")
      let otherTab = anna.copy()
      let again = try await anna.get(path)
      #expect(again.value(of: "email") == "uj@pelda.hu" && again.isChecked("marketing"))
      // In the other tab it is still kept, and sending the form ends that.
      let answer = try await otherTab.post(path, again.hidden.merging(answers) { $1 })
      #expect(answer.location == "/regisztracio/jelszo")
      let sent = try await otherTab.get(path)
      #expect(sent.value(of: "email") == "uj@pelda.hu" && !sent.says(Words.say("form.restored")))
    }
  }

  @Test func `«Vissza» keeps the choice of the address on file, and of an empty form nothing`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      try await anna.post(path, ["back": "yes"])
      #expect(!(try await anna.get(path)).says(Words.say("form.restored")))
      try await anna.post(path, ["useAddressOnFile": "now"])
      try await anna.post(path, ["back": "yes"])
      let again = try await anna.get(path)
      #expect(again.says(Words.say("contact.onFile.chosen")))
      #expect(!again.body.contains("kovacs.anna"))
    }
  }

  // MARK: The documents

  @Test func `a contract that changed meanwhile has to be read again`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get(path)
      var answers = CustomerClient.answers(email: "anna@pelda.hu")
      answers["textVersions"] = String(repeating: "0", count: 16)
      let answer = try await anna.post(path, answers)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.errors == [Words.say("contact.textsChanged")])
      // Nobody has agreed to the new words yet, and the address is kept.
      for box in ["contract", "notice", "marketing-no", "dataProcessing-no"] {
        #expect(answer.has(box) && !answer.isChecked(box), "\(box)")
      }
      #expect(answer.value(of: "email") == "anna@pelda.hu")
      answers["textVersions"] = nil
      #expect(try await anna.post(path, answers).location == "/regisztracio/jelszo")
    }
  }

  @Test func `what is recorded is the text in the language in which it was read`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      try await anna.get("\(path)?nyelv=en")
      try await anna.post(path, CustomerClient.answers(email: "anna@pelda.hu"))
      let kept = try await stage.contents()["declared_text"] ?? []
      #expect(kept.count == 4)
      #expect(kept.allSatisfy { $0.contains("'en'") })
    }
  }

  @Test(arguments: ["/portalszerzodes", "/tajekoztato"])
  func `both documents can be read in full from the page`(document: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, anna, stage)
      #expect(try await anna.get(path).body.contains(" href=\"\(document)\""))
      let text = try await anna.get(document)
      #expect(text.status == .ok && text.heading != nil)
    }
  }
}
