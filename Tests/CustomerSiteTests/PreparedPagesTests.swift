internal import TestSupport
internal import Testing

/// Pages that are the same for all are made once; nobody gets what is another one's.
@Suite struct `A page that is the same for all` {
  static let paths = ["/regisztracio", "/bejelentkezes"]

  @Test(arguments: paths)
  func `has a token of its own for each who looks, and differs in nothing else`(path: String)
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      var seen: Set<String> = []
      var tokens: Set<String> = []
      for _ in 1...3 {
        let page = try await anna.stranger().get(path)
        let token = try #require(page.hidden["formToken"])
        #expect(tokens.insert(token).inserted)
        seen.insert(page.body.replacing(token, with: ""))
      }
      #expect(seen.count == 1)
    }
  }

  @Test(arguments: paths)
  func `is made anew for who has typed something, and kept for nobody`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get(path)
      let answer = try await anna.post(
        path, ["username": "zsofi.probal@example.hu", "policyNumber": "ZX-1987-00"])
      #expect(answer.body.contains("zsofi.probal@example.hu") || answer.body.contains("ZX-1987-00"))
      let next = try await anna.stranger().get(path)
      #expect(!next.body.contains("zsofi.probal@example.hu") && !next.body.contains("ZX-1987-00"))
      #expect(next.errors.isEmpty)
    }
  }

  @Test func `is in the language of who looks`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let hungarian = try await anna.get("/regisztracio")
      let english = try await anna.stranger().get("/regisztracio?nyelv=en")
      #expect(hungarian.body.contains("<html lang=\"hu\">"))
      #expect(english.body.contains("<html lang=\"en\">"))
    }
  }

  @Test func `names nobody's case but one's own`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/regisztracio")
      try await anna.identify(.anna)
      let own = try await anna.get("/bejelentkezes")
      let stranger = try await anna.stranger().get("/bejelentkezes")
      #expect(own.body.contains("data-case-number"))
      #expect(!stranger.body.contains("data-case-number"))
    }
  }
}
