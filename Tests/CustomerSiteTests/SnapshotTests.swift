internal import Domain
internal import HTTPTypes
internal import NIOCore
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import CustomerSite
@testable internal import Pages

/// What people and browsers see, kept as files and reviewed in the diff.
@Suite struct `What people see` {
  @Test(arguments: Language.allCases)
  func `each page looks as it was reviewed`(language: Language) throws {
    let brand = try Props.brand.get()
    let templates = try Templates(
      folders: [CustomerSite.templates], brand: brand, assets: try Assets(brand: brand))
    for sample in try PageSample.all(in: language) {
      let html = try render(sample.page, templates, language)
      try Snapshot.check(
        Snapshot.normalised(html), "pages/\(sample.name).\(language.rawValue).html")
    }
  }

  private func render(
    _ page: some Page, _ templates: Templates, _ language: Language
  ) throws -> String {
    try templates.render(page, in: language)
  }

  @Test func `no reviewed page or answer is without its test`() throws {
    var names = Set(Answers.names.map { "answers/\($0).txt" })
    for language in Language.allCases {
      for sample in try PageSample.all(in: language) {
        names.insert("pages/\(sample.name).\(language.rawValue).html")
      }
    }
    #expect(try Snapshot.files() == names)
  }

  @Test func `each kind of answer is as it was reviewed`() async throws {
    let answers = try await Answers.gather()
    #expect(answers.map(\.name).sorted() == Answers.names.sorted())
    for (name, answer) in answers {
      try Snapshot.check(Snapshot.text(of: answer), "answers/\(name).txt")
    }
  }
}

/// One answer of each kind.
private enum Answers {
  typealias Named = [(name: String, answer: CustomerClient.Answer)]

  static let names = [
    "200-form", "200-document", "200-asset-icon", "200-demo-json", "200-step-not-reached",
    "302-change-password", "303-identified", "303-proven", "303-logged-in", "303-logged-out",
    "303-session-ended", "400-malformed", "403-cross-site", "403-stale-form", "403-limited",
    "404-not-found", "405-wrong-method", "413-too-large", "414-too-long", "415-type",
    "422-mistakes", "422-no-match", "422-wrong-code", "422-log-in", "429-tries", "429-messages",
    "500-broken", "503-outage", "503-suspended", "503-busy",
  ]

  static func gather() async throws -> Named {
    try await registration() + portal() + refusals() + breakages() + limits()
  }

  private static func registration() async throws -> Named {
    let stage = try await Stage()
    let answers = Gathered()
    try await stage.play(isDemo: true) { anna in
      let form = try await anna.get("/regisztracio")
      answers.add("200-form", form)
      answers.add("200-document", try await anna.get("/impresszum?nyelv=en"))
      try await anna.get("/?nyelv=hu")
      let icon = try #require(form.body.firstMatch(of: /href="(\/assets\/icon[^"]*)"/)?.1)
      answers.add("200-asset-icon", try await anna.get(String(icon)))
      try await anna.get("/regisztracio")
      answers.add(
        "422-mistakes", try await anna.post("/regisztracio", ["kind": "policy"]))
      answers.add(
        "422-no-match",
        try await anna.post(
          "/regisztracio",
          CustomerClient.claim(of: .anna).merging(["mobileNumber": "9999999"]) { $1 }))
      answers.add("303-identified", try await anna.identify(.anna))
      try await anna.get("/regisztracio/telefonszam")
      let code = try await stage.smsCode()
      let wrong = code.hasSuffix("00000") ? "00001" : "00000"
      answers.add(
        "422-wrong-code",
        try await anna.post(
          "/regisztracio/telefonszam", ["code": wrong]))
      answers.add("200-step-not-reached", try await anna.get("/regisztracio/jelszo"))
      answers.add("303-proven", try await anna.proveThePhone(on: stage))
      answers.add("200-demo-json", try await anna.get("/demo/uzenetek.json"))
    }
    return answers.all
  }

  private static func portal() async throws -> Named {
    let stage = try await Stage()
    let answers = Gathered()
    try await stage.play { anna in
      answers.add("302-change-password", try await anna.get("/.well-known/change-password"))
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      answers.add("422-log-in", try await anna.logIn("anna@pelda.hu", password: "Rossz1"))
      answers.add("303-logged-in", try await anna.logIn("anna@pelda.hu"))
      answers.add("403-limited", try await anna.get("/fiok"))
      let otherTab = anna.copy()
      try await anna.get("/megerosites")
      answers.add("303-logged-out", try await anna.logOut())
      answers.add("303-session-ended", try await otherTab.get("/fiok"))
    }
    return answers.all
  }

  private static func refusals() async throws -> Named {
    let stage = try await Stage()
    let answers = Gathered()
    try await stage.play { browser in
      func post(_ body: String, _ headers: HTTPFields = [:]) async throws -> CustomerClient.Answer {
        try await browser.stranger().post("/regisztracio", body: body, headers: headers)
      }
      answers.add("400-malformed", try await post("a=1&a=2"))
      answers.add("403-cross-site", try await post("", [.origin: "https://evil.test"]))
      answers.add("403-stale-form", try await post("kind=policy"))
      answers.add("404-not-found", try await browser.get("/nincs"))
      answers.add("405-wrong-method", try await browser.get("/kijelentkezes"))
      answers.add("413-too-large", try await post(String(repeating: "x", count: 20_000)))
      answers.add(
        "414-too-long", try await browser.get("/?" + String(repeating: "x", count: 5000)))
      answers.add("415-type", try await post("{}", [.contentType: "application/json"]))
    }
    return answers.all
  }

  private static func breakages() async throws -> Named {
    struct Surprise: Error {}
    let busy = BusyHashing()
    let stage = try await Stage(queue: busy.queue)
    let answers = Gathered()
    try await stage.play { anna in
      try await busy.during {
        answers.add("503-busy", try await anna.logIn("anna@pelda.hu"))
      }
      try await anna.identify(.anna)
      stage.breakage.takeOut()
      answers.add("503-outage", try await anna.get("/regisztracio/telefonszam"))
      stage.breakage.surprise(with: Surprise())
      answers.add("500-broken", try await anna.get("/regisztracio/telefonszam"))
    }
    return answers.all
  }

  private static func limits() async throws -> Named {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 0
    let strict = try await Stage(limits: limits)
    let answers = Gathered()
    try await strict.play { anna in
      answers.add("429-tries", try await anna.identify(.anna))
    }
    limits = Limits()
    limits.smsPerNumberPerDay = 0
    let silent = try await Stage(limits: limits)
    try await silent.play { anna in
      answers.add("429-messages", try await anna.identify(.anna))
    }
    limits = Limits()
    limits.smsFailuresPerDay = 0
    let suspicious = try await Stage(limits: limits)
    try await suspicious.play { anna in
      answers.add("503-suspended", try await anna.identify(.anna))
    }
    return answers.all
  }
}
