internal import Domain
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// The button that shows a form in the other language (R1).
@Suite struct `A form in the other language` {
  private func switchLanguage(
    _ path: String, _ fields: [String: String], by browser: CustomerClient
  ) async throws -> CustomerClient.Answer {
    let page = try await browser.get(path)
    #expect(page.body.contains("form=\"form\" formaction=\"?nyelv=en\" name=\"languageOnly\""))
    let typed = fields.merging(["languageOnly": "yes"]) { $1 }
    return try await browser.post("\(path)?nyelv=en", typed)
  }

  private func isEnglish(_ answer: CustomerClient.Answer) -> Bool {
    answer.status == .ok && answer.body.contains("<html lang=\"en\">") && answer.errors.isEmpty
  }

  @Test func `keeps what was typed on the first page, and changes nothing`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let before = try await stage.contents()
      let page = try await switchLanguage(
        "/regisztracio",
        [
          "kind": "customer", "policyNumber": "LA-1", "customerNumber": "12345",
          "mobilePrefix": "70", "mobileNumber": "123",
        ], by: anna)
      #expect(isEnglish(page))
      #expect(page.isChecked("kind-customer"))
      #expect(page.value(of: "policyNumber") == "LA-1")
      #expect(page.value(of: "customerNumber") == "12345")
      #expect(page.value(of: "mobileNumber") == "123")
      #expect(page.body.contains("<option value=\"70\" selected>"))
      #expect(try await stage.contents() == before)
      #expect(anna.cookie("__Host-language") == "en")
    }
  }

  @Test func `keeps the address and the answers, and shows the other language's documents`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      let before = try await stage.contents()
      let page = try await switchLanguage(
        "/regisztracio/email",
        ["email": "anna@", "marketing": "yes", "dataProcessing": "no", "contract": "yes"],
        by: anna)
      #expect(isEnglish(page))
      #expect(page.value(of: "email") == "anna@")
      #expect(page.isChecked("marketing") && page.isChecked("dataProcessing-no"))
      #expect(page.isChecked("contract") && !page.isChecked("notice"))
      #expect(try await stage.contents() == before)
      let answers = CustomerClient.answers(email: "anna@pelda.hu")
      #expect(
        try await anna.post("/regisztracio/email", answers).location == "/regisztracio/jelszo")
      let kept = try await stage.contents()["declared_text"] ?? []
      #expect(kept.allSatisfy { $0.contains("'en'") })
    }
  }

  @Test func `keeps the choice of the address on file`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      try await anna.get("/regisztracio/email")
      try await anna.post("/regisztracio/email", ["email": "", "useAddressOnFile": "now"])
      let page = try await anna.post(
        "/regisztracio/email?nyelv=en", ["email": "", "languageOnly": "yes"])
      #expect(isEnglish(page))
      #expect(page.says(Words.say("contact.onFile.chosen", in: .english)))
    }
  }

  @Test func `keeps the user name and never the password, and tries no login`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let before = try await stage.contents()
      let page = try await switchLanguage(
        "/bejelentkezes", ["username": "anna@pelda.hu", "password": "titok"], by: anna)
      #expect(isEnglish(page))
      #expect(page.value(of: "username") == "anna@pelda.hu")
      #expect(!page.body.contains("titok"))
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `keeps a corrected address, and corrects nothing yet`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      try await anna.logIn("anna@pelda.hu")
      let before = try await stage.contents()
      let page = try await switchLanguage(
        "/megerosites/email-cim", ["email": "uj@pelda.hu", "password": Stage.password], by: anna)
      #expect(isEnglish(page))
      #expect(page.value(of: "email") == "uj@pelda.hu")
      #expect(!page.body.contains(Stage.password))
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `the next mistake is told in the new language`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      _ = try await switchLanguage("/regisztracio", [:], by: anna)
      let answer = try await anna.post("/regisztracio", ["kind": "policy"])
      #expect(answer.errors.first == Words.say("policyNumber.empty", in: .english))
      #expect(answer.title?.hasPrefix("Error: ") == true)
    }
  }

  /// A link `?nyelv=en` on such a page leads to its address, which must be one that can be read.
  @Test(arguments: ["/regisztracio/telefonszam/uj-kod", "/megerosites/uj-kod"])
  func `the page that answers a resend leads to the other language of the step`(
    path: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      if path.hasPrefix("/regisztracio") {
        try await anna.identify(.anna)
      } else {
        try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
        try await anna.logIn("anna@pelda.hu")
      }
      let step = path.replacing("/uj-kod", with: "")
      try await anna.get(step)
      let early = try await anna.post(path)
      #expect(early.status == .unprocessableContent)
      let link = try #require(early.body.firstMatch(of: /<a href="([^"]*)" lang="en"/)?.1)
      let target = link.hasPrefix("?") ? path + link : String(link)
      let page = try await anna.get(target)
      #expect(page.status == .ok)
      #expect(page.body.contains("<html lang=\"en\">") && page.has("code"))
    }
  }
}
