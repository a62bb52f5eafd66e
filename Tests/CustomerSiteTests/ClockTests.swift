internal import CustomerSite
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Whatever the clock does, a page answers (R9, attack 7).
@Suite struct `A clock that jumps` {
  private static let day = 86_400.0

  @Test(arguments: [-10 * 365 * day, -3600, 3600, 365 * day, 1000 * 365 * day])
  func `gives pages and sentences, and never a fault`(jump: Double) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      let beginner = browser.stranger()
      try await browser.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await beginner.identify(.peter)
      let forgetful = browser.stranger()
      try await forgetful.get("/elfelejtett-jelszo")
      try await forgetful.post("/elfelejtett-jelszo", ["email": "anna@pelda.hu"])
      stage.clock.advance(by: jump)
      for person in [browser, beginner, forgetful] {
        for path in CustomerPath.allCases {
          let shown = try await person.get(path.rawValue)
          #expect(shown.status.code < 500, "GET \(path.rawValue)")
          let sent = try await person.post(path.rawValue, ["code": "23456", "username": "x"])
          #expect(sent.status.code < 500, "POST \(path.rawValue)")
        }
      }
      // And life goes on.
      let newcomer = browser.stranger()
      #expect(try await newcomer.identify(.peter).location == "/regisztracio/telefonszam")
      #expect(try await newcomer.proveThePhone(on: stage).location == "/regisztracio/email")
    }
  }
}
