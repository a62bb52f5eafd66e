internal import Domain
internal import HTTPTypes
internal import TestSupport
internal import Testing
internal import Wording

/// Whoever reads a page of ours to an operator is found in the log.
@Suite struct `An unexpected error on the staff's site` {
  private struct Surprise: Error {}

  @Test(arguments: Language.allCases)
  func `shows the number of its line in the log`(language: Language) async throws {
    let texts = try Props.brand.get().texts(in: language)
    let (stage, log) = (try await Stage(), Log())
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff(logger: log.logger) { browser in
      try await browser.logIn(eva, on: stage)
      stage.breakage.surprise(with: Surprise())
      let answer = try await browser.get("/munkatars/kereses?nyelv=\(language.rawValue)")
      #expect(answer.status == .internalServerError)
      #expect(answer.says(texts["staff.error"]))
      let number = try #require(answer.text(of: "data-error-number"))
      #expect(log.failedRequests == [number])
    }
  }
}
