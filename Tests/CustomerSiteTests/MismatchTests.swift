internal import Domain
internal import HTTPTypes
internal import Persistence
internal import TestSupport
internal import Testing

/// «A megadott szerződésszám / ügyfélszámla szám, vagy mobil telefonszám nem megfelelő» (J3).
@Suite struct `A pair that does not match` {
  static let sentence =
    "A megadott szerződésszám / ügyfélszámla szám, vagy mobil telefonszám nem megfelelő"

  struct Reason: Sendable, CustomTestStringConvertible {
    let name: String
    let customerNumber: String
    /// Whole, so that the choice beside it is the same for everybody.
    let mobile: String

    var testDescription: String { name }
  }

  static let reasons = [
    Reason(name: "nobody", customerNumber: "7777777", mobile: "+36301234567"),
    Reason(name: "another mobile", customerNumber: "1234567", mobile: "+36309999999"),
    Reason(name: "another customer's mobile", customerNumber: "1234567", mobile: "+36202345678"),
    Reason(name: "an old number", customerNumber: "0098765", mobile: "+36305550801"),
    Reason(name: "several customers", customerNumber: "2345678", mobile: "+36202345678"),
    Reason(name: "an old number of several", customerNumber: "0012345", mobile: "+36301234567"),
    Reason(name: "no number on file", customerNumber: "3000301", mobile: "+36301112222"),
    Reason(name: "a number with 31 on file", customerNumber: "3000311", mobile: "+36305550311"),
    Reason(name: "blocked", customerNumber: "3000901", mobile: "+36305550901"),
    Reason(name: "deceased", customerNumber: "3000911", mobile: "+36305550911"),
    Reason(name: "closed", customerNumber: "3000921", mobile: "+36205550921"),
  ]

  @Test func `before the first import the page says that registration has not opened`()
    async throws
  {
    let stage = try await Stage()
    try await stage.emptyTheRegister()
    try await stage.play { anna in
      let answer = try await anna.identify(.anna)
      #expect(answer.status == .serviceUnavailable)
      #expect(answer.retryAfterSeconds == 3600)
      #expect(answer.heading == Words.say("notice.notOpen.title"))
      #expect(answer.caseNumber != nil)
      // Whoever looks at a count may have to make its row to lock it.
      let counted = try await stage.store.read { transaction in
        try transaction.row("SELECT name FROM event_count WHERE used > 0")
      }
      #expect(counted == nil)
    }
  }

  /// What makes two of the reasons: a number of several, and an old one of several.
  private func oddNumbers(on stage: Stage) async throws {
    try await stage.contest("2345678", "customer")
    try await stage.giveOldNumber("0012345", to: [.anna, .bela])
  }

  @discardableResult
  private func post(
    _ reason: Reason, by browser: CustomerClient
  ) async throws -> CustomerClient.Answer {
    try await browser.get("/regisztracio")
    return try await browser.post(
      "/regisztracio",
      [
        "kind": "customer", "customerNumber": reason.customerNumber, "mobilePrefix": "30",
        "mobileNumber": reason.mobile,
      ])
  }

  /// The answer without what is anybody's own: what was typed, the tokens and the case number.
  private func normalised(_ answer: CustomerClient.Answer, _ reason: Reason) -> String {
    // The longer first: one may stand in the other.
    let own = [reason.mobile, reason.customerNumber, answer.caseNumber ?? "no case number"]
    var text = Snapshot.text(of: answer, wholeBody: true)
    for words in own { text = text.replacing(words, with: "…") }
    return text
  }

  @Test func `is answered with the same bytes whatever the reason`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      try await browser.stranger().register(.peter, email: "peter@pelda.hu", on: stage)
      let registered = Reason(
        name: "registered", customerNumber: "2345678", mobile: "+36309999999")
      try await oddNumbers(on: stage)
      var answers: [String: String] = [:]
      var sizes: Set<Int> = []
      for reason in Self.reasons + [registered] {
        let answer = try await post(reason, by: browser.stranger())
        #expect(answer.status == .unprocessableContent, "\(reason.name)")
        answers[reason.name] = normalised(answer, reason)
        sizes.insert(answer.body.utf8.count)
      }
      #expect(Set(answers.values).count == 1)
      #expect(sizes.count == 1)
    }
  }

  @Test(arguments: reasons)
  func `sends nothing, and leaves the reason to the call centre`(reason: Reason) async throws {
    let stage = try await Stage()
    try await oddNumbers(on: stage)
    try await stage.play { browser in
      try await post(reason, by: browser)
      #expect(try await stage.post().isEmpty)
      #expect(try await stage.contents()["audit_event"]?.count == 1)
    }
  }

  @Test func `is told in the insurer's own words, with the way out beneath`() async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let answer = try await post(Self.reasons[0], by: browser)
      #expect(answer.errors == [Self.sentence])
      #expect(answer.body.contains("<a href=\"#customerNumber\">"))
      for key in [
        "identify.wayOut.title", "identify.wayOut.oldNumber", "identify.wayOut.mobile",
        "identify.wayOut.help",
      ] {
        #expect(answer.says(Words.say(key)), "\(key)")
      }
      #expect(answer.says("06-40-421-421"))
      #expect(answer.value(of: "customerNumber") == "7777777")
      #expect(answer.value(of: "mobileNumber") == "+36301234567")
    }
  }

  @Test func `has a case number, which stays the same on every page of the attempt`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      let first = try await post(Self.reasons[0], by: anna)
      let number = try #require(first.caseNumber)
      #expect(number.wholeMatch(of: /[2-9A-Z]{4}-[2-9A-Z]{4}/) != nil)
      #expect(try await post(Self.reasons[1], by: anna).caseNumber == number)
      #expect(try await anna.get("/regisztracio").caseNumber == number)
      #expect(try await anna.get("/nincs-ilyen").caseNumber == number)
      #expect(try await anna.get("/gyik").caseNumber == number)
      try await anna.identify(.anna)
      #expect(try await anna.get("/regisztracio/telefonszam").caseNumber == number)
      let wrong = try await anna.post("/regisztracio/telefonszam", ["code": "00000"])
      #expect(wrong.caseNumber == number)
      try await anna.proveThePhone(on: stage)
      #expect(try await anna.get("/regisztracio/email").caseNumber == number)
      stage.breakage.takeOut()
      #expect(try await anna.get("/regisztracio/email").caseNumber == number)
    }
  }

  @Test func `is stopped after too many tries with one number, with the time to wait`()
    async throws
  {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 2
    let stage = try await Stage(limits: limits)
    try await stage.play { browser in
      for _ in 1...2 { try await post(Self.reasons[1], by: browser.stranger()) }
      let stopped = try await post(Self.reasons[1], by: browser)
      #expect(stopped.status == .tooManyRequests)
      let seconds = try #require(stopped.retryAfterSeconds)
      #expect((1...3600).contains(seconds))
      #expect(stopped.heading == Words.say("notice.tooManyTries.title"))
      #expect(stopped.says("\((seconds + 59) / 60)"))
      #expect(stopped.caseNumber != nil)
      let rightPair = try await browser.stranger().identify(.anna, byPolicy: false)
      #expect(rightPair.status == .tooManyRequests)
      stage.clock.advance(by: Double(seconds))
      #expect(try await post(Self.reasons[1], by: browser).status == .unprocessableContent)
    }
  }
}
