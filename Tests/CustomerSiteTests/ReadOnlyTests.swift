internal import CustomerSite
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// A GET never sends a message and never changes state (R2).
@Suite struct `A GET` {
  enum Visitor: String, CaseIterable, Sendable {
    case stranger
    case mismatched
    case identified
    case proven
    case contacted
    case registered
    case loggedIn
    case confirmed
    /// Confirmed too, with a login that is no proof any more.
    case loggedInBefore
    /// The same, with a code on the way that is to prove it.
    case steppingUp
  }

  private func become(
    _ visitor: Visitor, _ anna: CustomerClient, _ stage: Stage
  ) async throws {
    switch visitor {
    case .stranger: break
    case .mismatched:
      try await anna.get("/regisztracio")
      try await anna.post(
        "/regisztracio",
        ["kind": "customer", "customerNumber": "7777777", "mobileNumber": "06301234567"])
    case .identified: try await anna.identify(.anna)
    case .proven:
      try await become(.identified, anna, stage)
      try await anna.proveThePhone(on: stage)
    case .contacted:
      try await become(.proven, anna, stage)
      try await anna.giveAddress("anna@pelda.hu")
    case .registered: try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
    case .loggedIn:
      try await become(.registered, anna, stage)
      try await anna.logIn("anna@pelda.hu")
    case .confirmed: try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
    case .loggedInBefore:
      try await become(.confirmed, anna, stage)
      stage.clock.advance(by: 300)
    case .steppingUp:
      try await become(.loggedInBefore, anna, stage)
      try await anna.askForStepUp()
    }
  }

  @Test(arguments: Visitor.allCases)
  func `changes nothing but when a session was used last`(visitor: Visitor) async throws {
    let stage = try await Stage()
    try await stage.play(isDemo: true) { anna in
      try await become(visitor, anna, stage)
      let sent = try await stage.post().count
      let before = try await stage.contents(except: ["session.last_used_at"])
      let words = ["", "?nyelv=en", "?uzenet=uj", "?uzenet=foglalt", "?code=12345&kind=policy"]
      for path in CustomerPath.allCases.map(\.rawValue) + ["/demo/uzenetek", "/nincs"] {
        for query in words {
          stage.clock.advance(by: 2)
          let answer = try await anna.copy().get(path + query)
          #expect(answer.status.code < 500, "\(path)\(query)")
        }
      }
      #expect(try await stage.contents(except: ["session.last_used_at"]) == before)
      #expect(try await stage.post().count == sent)
    }
  }

  @Test func `of an expired step changes nothing either`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await become(.contacted, anna, stage)
      let before = try await stage.contents()
      for seconds in [600.0, 3600, 90_000] {
        stage.clock.advance(by: seconds)
        for path in CustomerPath.allCases { try await anna.copy().get(path.rawValue) }
      }
      #expect(try await stage.contents() == before)
    }
  }
}
