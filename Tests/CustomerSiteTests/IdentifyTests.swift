internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing
internal import Wording

@Suite struct `The first page` {
  static let mobileError = "A mobiltelefon mezőnél nem megfelelő telefonszám hiba van"

  // MARK: Mistakes in the fields

  struct Mobile: Sendable {
    let prefix: String
    let number: String
    let key: String
    let values: [String: String]

    init(_ prefix: String, _ number: String, _ key: String, _ values: [String: String] = [:]) {
      self.prefix = prefix
      self.number = number
      self.key = key
      self.values = values
    }
  }

  @Test(arguments: [
    Mobile("30", "", "mobileNumber.empty"),
    Mobile("30", "123456", "mobileNumber.tooShort", ["missing": "1"]),
    Mobile("30", "1", "mobileNumber.tooShort", ["missing": "6"]),
    Mobile("30", "06 30 123", "mobileNumber.tooShort", ["missing": "4"]),
    Mobile("30", "0036 30 1", "mobileNumber.tooShort", ["missing": "6"]),
    Mobile("30", "12345678", "mobileNumber.tooLong"),
    Mobile("30", "06 30 123 45678", "mobileNumber.tooLong"),
    Mobile("30", "06 1 234 5678", "mobileNumber.landline"),
    Mobile("30", "+43 664 1234567", "mobileNumber.foreign"),
    Mobile("30", "06 31 123 4567", "mobileNumber.prefix", ["prefixes": "20, 30, 70"]),
    Mobile("30", "abc", "mobileNumber.characters"),
    Mobile("30", "1234567, 7654321", "mobileNumber.characters"),
    Mobile("99", "1234567", "mobileNumber.prefixChoice", ["prefixes": "20, 30, 70"]),
    Mobile("", "1234567", "mobileNumber.prefixChoice", ["prefixes": "20, 30, 70"]),
  ])
  func `a mobile number that cannot be one is told at the field, with what is wrong`(
    mobile: Mobile
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let answer = try await anna.post(
        "/regisztracio",
        [
          "kind": "policy", "policyNumber": "LA-2023-004512", "mobilePrefix": mobile.prefix,
          "mobileNumber": mobile.number,
        ])
      #expect(answer.status == .unprocessableContent)
      let sentence =
        Self.mobileError + ". " + Words.say(mobile.key, mobile.values)
      #expect(answer.errors == [sentence])
      #expect(answer.error(at: "mobileNumber") == sentence)
      let field = mobile.key == "mobileNumber.prefixChoice" ? "mobilePrefix" : "mobileNumber"
      #expect(answer.body.contains("<a href=\"#\(field)\">"))
      #expect(answer.title?.hasPrefix("Hiba: Regisztráció") == true)
      #expect(answer.value(of: "mobileNumber") == mobile.number)
      #expect(answer.value(of: "policyNumber") == "LA-2023-004512")
      #expect(try await stage.post().isEmpty)
    }
  }

  struct Number: Sendable {
    let kind: String
    let typed: String
    let key: String

    init(_ kind: String, _ typed: String, _ key: String) {
      self.kind = kind
      self.typed = typed
      self.key = key
    }
  }

  @Test(arguments: [
    Number("policy", "", "policyNumber.empty"),
    Number("policy", "   ", "policyNumber.empty"),
    Number("policy", "A-1", "policyNumber.length"),
    Number("policy", "123456789012345678901", "policyNumber.length"),
    Number("policy", "LA_2023", "policyNumber.characters"),
    Number("policy", "kötvény", "policyNumber.characters"),
    Number("customer", "", "customerNumber.empty"),
    Number("customer", "123456", "customerNumber.length"),
    Number("customer", "12345678", "customerNumber.length"),
    Number("customer", "12345ű7", "customerNumber.characters"),
  ])
  func `a number that cannot be one is told at its field`(number: Number) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let field = "\(number.kind)Number"
      let answer = try await anna.post(
        "/regisztracio",
        [
          "kind": number.kind, field: number.typed, "mobilePrefix": "70",
          "mobileNumber": "123 4567",
        ])
      let sentence = Words.say(number.key)
      #expect(answer.status == .unprocessableContent)
      #expect(answer.errors == [sentence])
      #expect(answer.error(at: field) == sentence)
      #expect(answer.value(of: field) == number.typed)
      #expect(answer.isChecked("kind-\(number.kind)"))
    }
  }

  @Test func `two mistakes are told together, in the order of the page`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let answer = try await anna.post("/regisztracio", ["kind": "customer"])
      #expect(answer.errors.count == 2)
      #expect(answer.errors.first == Words.say("customerNumber.empty"))
      #expect(answer.error(at: "policyNumber") == nil)
    }
  }

  @Test func `everything that was typed is kept`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let answer = try await anna.post(
        "/regisztracio",
        [
          "kind": "customer", "policyNumber": "la 2023", "customerNumber": " 12-34 ",
          "mobilePrefix": "70", "mobileNumber": "12 34",
        ])
      #expect(answer.value(of: "policyNumber") == "la 2023")
      #expect(answer.value(of: "customerNumber") == " 12-34 ")
      #expect(answer.value(of: "mobileNumber") == "12 34")
      #expect(answer.isChecked("kind-customer") && !answer.isChecked("kind-policy"))
      #expect(answer.body.contains("<option value=\"70\" selected>"))
    }
  }

  // MARK: Writings

  @Test(arguments: [
    ("30", "1234567"), ("30", "123 4567"), ("30", "123-45-67"), ("30", "123/4567"),
    ("30", "１２３４５６７"), ("30", " 123\u{A0}4567 "), ("70", "+36 30 123 4567"),
    ("70", "+36301234567"), ("70", "0036301234567"), ("70", "36301234567"),
    ("70", "0630/123-4567"), ("70", "06-30/123-45-67"), ("70", "(06 30) 123 4567"),
    ("70", "06 (30) 123-4567"), ("70", "30 123 4567"), ("70", "+36 (0) 30 123 4567"),
    ("70", "\u{202A}+36 30 123 4567\u{202C}"), ("", "06301234567"), ("99", "06301234567"),
  ])
  func `a mobile number is understood in every writing, and a whole one wins over the choice`(
    prefix: String, number: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let answer = try await anna.post(
        "/regisztracio",
        [
          "kind": "customer", "customerNumber": "1234567", "mobilePrefix": prefix,
          "mobileNumber": number,
        ])
      #expect(answer.location == "/regisztracio/telefonszam")
      #expect(try await stage.post().map(\.to) == ["+36301234567"])
    }
  }

  @Test(arguments: [
    ("policy", "LA-2023-004512"), ("policy", "la2023004512"), ("policy", " la 2023 004512 "),
    ("policy", "LA/2023.004512"), ("policy", "LA–2023–004512"), ("customer", "1234567"),
    ("customer", "123 4567"), ("customer", "123-45-67"), ("customer", "\t1234567"),
  ])
  func `a policy or customer number is understood as people copy it`(
    kind: String, number: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      let answer = try await anna.post(
        "/regisztracio",
        [
          "kind": kind, "\(kind)Number": number, "mobilePrefix": "30", "mobileNumber": "1234567",
        ])
      #expect(answer.location == "/regisztracio/telefonszam")
    }
  }

  @Test func `only the chosen tab's number counts`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      var claim = CustomerClient.claim(of: .anna)
      claim["customerNumber"] = Cast.peter.number
      #expect(try await anna.post("/regisztracio", claim).status == .seeOther)
      #expect(try await stage.post().map(\.to) == ["+36301234567"])
    }
  }

  @Test func `nothing is chosen wrongly before anything is typed`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let page = try await anna.get("/regisztracio")
      #expect(page.isChecked("kind-policy") && !page.isChecked("kind-customer"))
      #expect(page.value(of: "policyNumber") == "" && page.value(of: "mobileNumber") == "")
      #expect(!page.has("error-summary"))
      #expect(page.caseNumber == nil)
    }
  }
}
