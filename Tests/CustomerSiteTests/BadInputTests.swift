internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Anything can be in any field: a sentence answers it, never a 500, and it is shown as it is (R9;
/// attacks 74, 79).
@Suite struct `Bad input` {
  struct Place: Sendable, CustomTestStringConvertible {
    let path: String
    let field: String
    /// What stands in the other fields, all of it right.
    let others: [String: String]
    /// Whether the page shows what was typed.
    let isShown: Bool

    var testDescription: String { "\(path) \(field)" }
  }

  private static let claim = CustomerClient.claim(of: .anna)
  private static let customerClaim = CustomerClient.claim(of: .anna, byPolicy: false)
  private static let answers = CustomerClient.answers(email: "anna@pelda.hu")
  private static let password = ["password": Stage.password, "passwordAgain": Stage.password]
  private static let logIn = ["username": "anna@pelda.hu", "password": Stage.password]
  private static let correction = ["email": "uj@pelda.hu", "password": Stage.password]

  static let places: [Place] = [
    Place(path: "/regisztracio", field: "policyNumber", others: claim, isShown: true),
    Place(path: "/regisztracio", field: "customerNumber", others: customerClaim, isShown: true),
    Place(path: "/regisztracio", field: "mobileNumber", others: claim, isShown: true),
    Place(path: "/regisztracio", field: "mobilePrefix", others: claim, isShown: false),
    Place(path: "/regisztracio", field: "kind", others: claim, isShown: false),
    Place(path: "/regisztracio/telefonszam", field: "code", others: [:], isShown: false),
    Place(path: "/regisztracio/email", field: "email", others: answers, isShown: true),
    Place(path: "/regisztracio/email", field: "marketing", others: answers, isShown: false),
    Place(path: "/regisztracio/email", field: "dataProcessing", others: answers, isShown: false),
    Place(path: "/regisztracio/email", field: "contract", others: answers, isShown: false),
    Place(path: "/regisztracio/email", field: "notice", others: answers, isShown: false),
    Place(path: "/regisztracio/email", field: "textVersions", others: answers, isShown: false),
    Place(path: "/regisztracio/jelszo", field: "password", others: password, isShown: false),
    Place(path: "/regisztracio/jelszo", field: "passwordAgain", others: password, isShown: false),
    Place(path: "/bejelentkezes", field: "username", others: logIn, isShown: true),
    Place(path: "/bejelentkezes", field: "password", others: logIn, isShown: false),
    Place(path: "/megerosites", field: "code", others: [:], isShown: false),
    Place(path: "/megerosites/email-cim", field: "email", others: correction, isShown: true),
    Place(path: "/megerosites/email-cim", field: "password", others: correction, isShown: false),
  ]

  /// Each is wrong in every field.
  static let inputs = [
    "", " ", "a", String(repeating: "a", count: 10_000), String(repeating: "9", count: 10_000),
    "Ωмеђу漢字", "٣٤٥٦٧٨٩", "🙂👩‍👩‍👧‍👦", "e\u{301}" + String(repeating: "\u{301}", count: 1000),
    "\u{202E}olleh\u{202C}", "a\tb", "\"><svg onload=alert(1)>", "' onmouseover='x", "</title><b>",
    "<script>alert(1)</script>", "javascript:alert(1)", "`", "&lt;&amp;&#39;", "{{7*7}}",
    "{{{x}}}", "{{#frame}}", "{{>layout}}", "[[x]]", "[[asset:site.css]]", "{phone}", "${7*7}",
    "%s%n", "../../etc/passwd", "' OR 1=1 --", "\\", "-1", "9223372036854775808", "NaN",
    "a@b, c@d", "anna@pelda.hu\u{2028}Bcc: x",
  ]

  /// These are no text that anybody types: the whole form is refused.
  static let controls = ["a\u{0}b", "a\r\nb", "\n", "\u{1B}[31m", "\u{7F}", "\u{8}"]

  private func arrive(
    at place: Place, _ anna: CustomerClient, _ stage: Stage
  ) async throws {
    switch place.path {
    case "/regisztracio": break
    case "/regisztracio/telefonszam": try await anna.identify(.anna)
    case "/regisztracio/email":
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
    case "/regisztracio/jelszo":
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      try await anna.giveAddress("anna@pelda.hu")
    default:
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      if place.path != "/bejelentkezes" { try await anna.logIn("anna@pelda.hu") }
    }
  }

  @Test(arguments: places)
  func `is answered with the same page and a sentence, and shown as it was typed`(
    place: Place
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(at: place, anna, stage)
      for input in Self.inputs {
        // Past the pause after failures and the day's count, after which a code is asked for, too.
        if place.path == "/bejelentkezes" { stage.clock.advance(by: 5_000) }
        try await anna.get(place.path)
        let answer = try await anna.post(
          place.path, place.others.merging([place.field: input]) { $1 })
        let name = String(input.prefix(30))
        #expect(answer.status == .unprocessableContent, "\(name)")
        #expect(!answer.errors.isEmpty, "\(name)")
        #expect(!answer.body.contains("<svg onload") && !answer.body.contains("<b>"), "\(name)")
        #expect(!answer.body.contains("<script>alert"), "\(name)")
        #expect(!answer.body.contains("onmouseover='x"), "\(name)")
        if place.isShown { #expect(answer.value(of: place.field) == input, "\(name)") }
      }
      #expect(try await stage.count("account") <= 1)
    }
  }

  @Test(arguments: places)
  func `with control characters is refused as a whole`(place: Place) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(at: place, anna, stage)
      let before = try await stage.contents()
      for input in Self.controls {
        try await anna.get(place.path)
        let answer = try await anna.post(
          place.path, place.others.merging([place.field: input]) { $1 })
        #expect(answer.status == .badRequest)
      }
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `in a hidden field or the language button breaks nothing`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let place = try #require(Self.places.first { $0.path == "/regisztracio/email" })
      try await arrive(at: place, anna, stage)
      for field in ["textLanguage", "confirmedEmail", "useAddressOnFile", "languageOnly", "kind"] {
        for input in Self.inputs {
          try await anna.get("/regisztracio/email")
          let answer = try await anna.post(
            "/regisztracio/email", Self.answers.merging([field: input]) { $1 })
          #expect([.ok, .seeOther, .unprocessableContent].contains(answer.status))
          #expect(!answer.body.contains("<svg onload"))
        }
      }
    }
  }

  @Test func `in the register is shown as it is`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await stage.rename(.anna, to: "\"><svg onload=x> {{7*7}} [[home.title]]")
      let home = try await anna.get("/fiok")
      #expect(!home.body.contains("<svg onload"))
      #expect(home.says("\"><svg onload=x> {{7*7}} [[home.title]]"))
    }
  }

  @Test(arguments: [
    "User-Agent", "Referer", "Accept-Language", "Range", "If-None-Match", "X-Forwarded-For",
    "Forwarded", "Accept", "Upgrade", "Expect",
  ])
  func `in a header changes nothing`(name: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      for value in [
        "\"><svg onload=x>", "{{7*7}}", String(repeating: "a,", count: 2000), "bytes=0-,0-,0-",
      ] {
        let page = try await anna.get("/regisztracio", headers: [.named(name): value])
        #expect(page.status == .ok)
        #expect(page.heading == "Regisztráció")
        #expect(!page.body.contains("<svg onload"))
      }
    }
  }
}
