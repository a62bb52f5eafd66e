internal import Domain
internal import HTTPTypes
internal import Logging
internal import TestSupport
internal import Testing

/// How a request is found again: by its numbers, its case and what came of it.
@Suite struct `The line of a request` {
  private static let number = "0123456789ABCDEF-0123456789abcdef"
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  @Test func `keeps the number that a proxy gave, and goes on with its trace`() async throws {
    let (stage, log) = (try await Stage(), Log())
    try await stage.play(logger: log.logger) { anna in
      let answer = try await anna.get(
        "/regisztracio",
        headers: [
          .named("X-Request-Id"): Self.number,
          .named("traceparent"): "00-\(Self.trace)-00f067aa0ba902b7-01",
        ])
      #expect(answer.headers[.named("X-Request-Id")] == Self.number)
      let parent = try #require(answer.headers[.named("traceparent")])
      #expect(parent.hasPrefix("00-\(Self.trace)-") && parent.hasSuffix("-01"))
      #expect(!parent.contains("00f067aa0ba902b7"))
    }
    let line = try #require(log.requests.last)
    #expect(line["hb.request.id"] == "\(Self.number)" && line["trace"] == "\(Self.trace)")
  }

  @Test(arguments: [
    "", "0123456789abcde", "+36301234567", "06301234567063012345670", "1234567890123456",
    "0123456789abcdefg", String(repeating: "a", count: 65), "0123456789abcdef\u{22}",
  ])
  func `believes no number that could be somebody's, or anything else`(number: String)
    async throws
  {
    let (stage, log) = (try await Stage(), Log())
    try await stage.play(logger: log.logger) { anna in
      let answer = try await anna.get(
        "/", headers: [.named("X-Request-Id"): number, .named("traceparent"): number])
      let given = try #require(answer.headers[.named("X-Request-Id")])
      #expect(given != number && !given.isEmpty)
      let parent = try #require(answer.headers[.named("traceparent")])
      #expect(parent.wholeMatch(of: #/00-[0-9a-f]{32}-[0-9a-f]{16}-00/#) != nil)
    }
  }

  @Test(arguments: [
    "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
    "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
  ])
  func `believes no trace that is not exactly one`(text: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let answer = try await anna.get("/", headers: [.named("traceparent"): text])
      let parent = try #require(answer.headers[.named("traceparent")])
      #expect(!parent.lowercased().contains(Self.trace) && parent.hasSuffix("-00"))
    }
  }

  @Test(arguments: Language.allCases)
  func `is found by the number on the page of an unexpected error`(language: Language) async throws
  {
    struct Surprise: Error {}
    let (stage, log) = (try await Stage(), Log())
    try await stage.play(logger: log.logger) { anna in
      try await anna.identify(.anna)
      stage.breakage.surprise(with: Surprise())
      let answer = try await anna.get("/regisztracio/telefonszam?nyelv=\(language.rawValue)")
      #expect(answer.status == .internalServerError)
      #expect(answer.says(Words.say("notice.error", in: language)))
      let number = try #require(answer.text(of: "data-error-number"))
      #expect(answer.headers[.named("X-Request-Id")] == number)
      #expect(log.failedRequests == [number])
      #expect(log.requests.last?["hb.request.id"].map { "\($0)" } == number)
    }
  }

  @Test func `tells the step, its outcome and the case`() async throws {
    let (stage, log) = (try await Stage(), Log())
    try await stage.play(logger: log.logger) { anna in
      _ = try await anna.get("/regisztracio")
      _ = try await anna.post(
        "/regisztracio", ["kind": "policy", "policyNumber": "X", "mobileNumber": ""])
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      _ = try await anna.logIn("anna@pelda.hu", password: "Rossz1jelszo")
    }
    let told = log.requests.compactMap { line -> String? in
      line["step"].map { "\($0) \(line["outcome"] ?? "")" }
    }
    #expect(
      told == [
        "registration.identification invalid", "registration.identification code_sent",
        "registration.sms_code accepted", "registration.contact accepted",
        "registration.password registered", "login.password refused",
      ])
    let cases = log.requests.filter { $0["step"] != nil }.compactMap { line in
      line["case"].map { "\($0)" }
    }
    #expect(Set(cases).count == 1)
    for line in log.requests {
      let text = "\(line)"
      #expect(!text.contains("pelda.hu") && !text.contains("1234567"), "\(text)")
    }
  }
}
