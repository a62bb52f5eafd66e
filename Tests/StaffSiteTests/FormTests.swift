internal import Accounts
internal import Domain
internal import HTTPTypes
internal import StaffSite
internal import TestSupport
internal import Testing
internal import Wording

/// What the customers' site holds off is held off here, on every path that takes a form (attacks
/// 37, 50, 51).
@Suite struct `A form of the staff's site` {
  static let paths = StaffPath.allCases.filter { $0.methods.contains(.post) }
  private static let traces: Set<String> = ["staff_session.last_used_at"]

  /// Somebody who would be let in.
  private func colleague(for path: StaffPath, _ stage: Stage) async throws -> Stage.Colleague {
    let role = StaffRole.allCases.first { role in path.duty.map { role.may($0) } ?? true }
    return try await stage.colleague(try #require(role))
  }

  @Test(arguments: paths)
  func `needs the token that this session was given`(path: StaffPath) async throws {
    let stage = try await Stage()
    let ours = try await colleague(for: path, stage)
    let other = try await stage.colleague(.supervisor, named: "masik")
    let stale = stage.world.brand.texts(in: .hungarian)["error.staleForm.title"]
    try await stage.playForStaff { browser in
      func token(_ client: CustomerClient, _ path: String) async throws -> String {
        try #require(try await client.get(path).hidden["formToken"])
      }
      try await browser.logIn(ours, on: stage)
      let ended = try await token(browser, "/munkatars/kereses")
      try await browser.logIn(ours, on: stage)
      let own = try await token(browser, "/munkatars/kereses")
      let colleague = browser.stranger()
      try await colleague.logIn(other, on: stage)
      let foreign = try await token(colleague, "/munkatars/kereses")
      let nobody = try await token(browser.stranger(), "/munkatars/bejelentkezes")
      let flipped = String(own.dropLast()) + (own.hasSuffix("0") ? "1" : "0")

      let before = try await stage.contents(except: Self.traces)
      for wrong in ["", "x", ended, foreign, nobody, flipped] {
        let answer = try await browser.copy().post(
          path.rawValue, body: "formToken=\(wrong)", headers: [:])
        #expect(answer.status == .forbidden && answer.heading == stale, "\(wrong)")
      }
      let missing = try await browser.copy().post(path.rawValue, body: "", headers: [:])
      #expect(missing.status == .forbidden && missing.heading == stale)
      #expect(try await stage.contents(except: Self.traces) == before)

      let accepted = try await browser.copy().post(path.rawValue, ["formToken": own])
      #expect(accepted.status != .forbidden, "\(accepted.main)")
    }
  }

  @Test(arguments: paths)
  func `is taken from no other site, not even from the customers'`(path: StaffPath) async throws {
    let stage = try await Stage()
    let ours = try await colleague(for: path, stage)
    let title = stage.world.brand.texts(in: .hungarian)["error.crossSite.title"]
    try await stage.playForStaff { browser in
      try await browser.logIn(ours, on: stage)
      try await browser.get("/munkatars/kereses")
      let before = try await stage.contents(except: Self.traces)
      for origin in [
        "https://portal.pelda.example", "https://evil.test", "http://munka.pelda.example",
        "https://munka.pelda.example:8443",
      ] {
        let answer = try await browser.copy().post(
          path.rawValue, [:], headers: [.origin: origin])
        #expect(answer.status == .forbidden && answer.heading == title, "\(origin)")
      }
      #expect(try await stage.contents(except: Self.traces) == before)
      let accepted = try await browser.copy().post(
        path.rawValue, [:], headers: [.origin: "https://munka.pelda.example"])
      #expect(accepted.status != .forbidden, "\(accepted.main)")
    }
  }
}

/// How long somebody of the staff is in.
@Suite struct `A session of staff` {
  @Test func `ends with the logout, also for who has a copy of the cookie`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      try await browser.get("/munkatars/kereses")
      let thief = browser.copy()
      let answer = try await browser.post("/munkatars/kijelentkezes")
      #expect(answer.location == "/munkatars/bejelentkezes?uzenet=kijelentkezett")
      #expect(!browser.cookieNames.contains("__Host-staff-session"))
      #expect(thief.cookieNames.contains("__Host-staff-session"))
      #expect(
        try await thief.get("/munkatars/kereses").location
          == "/munkatars/bejelentkezes?uzenet=lejart")
    }
    #expect(try await stage.audited("staff_logged_out") == 1)
  }

  @Test func `ends after twelve hours, however busy it is`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      for _ in 1...24 {
        stage.clock.advance(by: 29 * 60)
        #expect(try await browser.get("/munkatars/kereses").status == .ok)
      }
      stage.clock.advance(by: 24 * 60 - 1)
      #expect(try await browser.get("/munkatars/kereses").status == .ok)
      stage.clock.advance(by: 1)
      #expect(
        try await browser.get("/munkatars/kereses").location
          == "/munkatars/bejelentkezes?uzenet=lejart")
    }
  }

  @Test func `begins after a pause where somebody guesses, whether the name exists or not`()
    async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      func guess(_ name: String) async throws -> CustomerClient.Answer {
        let stranger = browser.stranger()
        try await stranger.get("/munkatars/bejelentkezes")
        return try await stranger.post(
          "/munkatars/bejelentkezes",
          ["name": name, "password": "talalgatom a jelszot", "code": "000000"])
      }
      var courses: Set<[Int]> = []
      for name in [eva.name, "nincs.ilyen"] {
        var course: [Int] = []
        for _ in 1...10 {
          let answer = try await guess(name)
          course.append(answer.status.code)
          guard answer.status == .tooManyRequests else { continue }
          #expect((answer.retryAfterSeconds ?? 0) > 0)
        }
        #expect(course.first == 422 && course.last == 429, "\(course)")
        courses.insert(course)
      }
      #expect(courses.count == 1, "\(courses)")
      // The right password has to wait as well, and is let in afterwards.
      try await browser.get("/munkatars/bejelentkezes")
      let right = ["name": eva.name, "password": eva.password, "code": eva.code(on: stage)]
      #expect(
        try await browser.post("/munkatars/bejelentkezes", right).status == .tooManyRequests)
      #expect(try await browser.logIn(eva, on: stage).status == .seeOther)
    }
  }
}
