internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import OneTimePasswords
internal import Persistence
internal import TestSupport
internal import Testing

@Suite struct `Staff come in` {
  @Test func `by name, password and the app's code, and are out after half an hour`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      #expect(try await browser.get("/munkatars/kereses").location == "/munkatars/bejelentkezes")
      let answer = try await browser.logIn(eva, on: stage)
      #expect(answer.status == .seeOther)
      let cookie = try #require(answer.headers[values: .setCookie].first { $0.contains("session") })
      #expect(cookie.hasPrefix("__Host-staff-session="))
      #expect(cookie.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax"))
      #expect(try await browser.get("/munkatars/kereses").status == .ok)
      stage.clock.advance(by: 29 * 60)
      #expect(try await browser.get("/munkatars/kereses").status == .ok)
      stage.clock.advance(by: 30 * 60)
      #expect(
        try await browser.get("/munkatars/kereses").location
          == "/munkatars/bejelentkezes?uzenet=lejart")
    }
    #expect(try await stage.audited("staff_logged_in") == 1)
  }

  @Test func `never with one of the three missing, and all failures have one answer`() async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      var answers: Set<String> = []
      for wrong in [
        ["name": "nincs.ilyen"], ["name": "<b>"], ["password": "valami mas jelszo"],
        ["password": ""], ["code": "000000"], ["code": ""],
      ] {
        stage.clock.advance(by: 120)
        let right = ["name": eva.name, "password": eva.password, "code": eva.code(on: stage)]
        let stranger = browser.stranger()
        try await stranger.get("/munkatars/bejelentkezes")
        let answer = try await stranger.post(
          "/munkatars/bejelentkezes", right.merging(wrong) { $1 })
        #expect(answer.status == .unprocessableContent)
        answers.insert(answer.errors.joined())
        #expect(!stranger.cookieNames.contains("__Host-staff-session"))
      }
      #expect(answers.count == 1)
    }
  }

  @Test func `also with the marks and spaces that are pasted along`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      stage.clock.advance(by: 30)
      try await browser.get("/munkatars/bejelentkezes")
      let code = eva.code(on: stage)
      let answer = try await browser.post(
        "/munkatars/bejelentkezes",
        [
          "name": "\u{200B}\(eva.name)\u{A0}", "password": eva.password,
          "code": "\u{2060}\(code.prefix(3))\u{A0}\(code.suffix(3))\u{FEFF}",
        ])
      #expect(answer.status == .seeOther)
    }
  }

  @Test func `leaving each failure in the trail, and what a pause turns away once an hour`()
    async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      func fail(as name: String) async throws {
        let stranger = browser.stranger()
        try await stranger.get("/munkatars/bejelentkezes")
        try await stranger.post(
          "/munkatars/bejelentkezes",
          ["name": name, "password": "talalgatom a jelszot", "code": "000000"])
      }
      for _ in 1...6 {
        stage.clock.advance(by: 120)
        try await fail(as: eva.name)
      }
      // Within the pause.
      for _ in 1...10 { try await fail(as: eva.name) }
      var told: [String?] = Array(repeating: "by \(eva.name)", count: 6)
      told.append("by \(eva.name); pause")
      let failures = try await stage.audit().filter { $0.kind == "staff_login_failed" }
      #expect(failures.map(\.detail) == told)
      // A name that nobody has is not of the staff.
      for _ in 1...3 {
        stage.clock.advance(by: 120)
        try await fail(as: "nincs.ilyen")
      }
      #expect(try await stage.audited("staff_login_failed") == told.count)
      #expect(try await stage.counted("staff_login_failed") == 3)
    }
  }

  @Test func `with each code once, by whichever browser`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let thief = browser.stranger()
      try await thief.get("/munkatars/bejelentkezes")
      let answer = try await thief.post(
        "/munkatars/bejelentkezes",
        ["name": eva.name, "password": eva.password, "code": eva.code(on: stage)])
      #expect(answer.status == .unprocessableContent)
    }
  }

  @Test func `by an invitation that works once`() async throws {
    let stage = try await Stage()
    let name = try #require(StaffName("kovacs.eva"))
    let link = try #require(try await stage.staffAccounts.add(name, .agent))
    #expect(try await stage.staffAccounts.add(name, .auditor) == nil)
    let path = "/munkatars/meghivo?kulcs=\(link.reveal())"
    try await stage.playForStaff { browser in
      let page = try await browser.get(path)
      #expect(page.status == .ok)
      #expect(page.body.contains("<svg class=\"qr\""))
      let secret = try #require(page.text(of: "class=\"secret\""))
      func code() -> String {
        TimeBasedPassword(secret: Stage.bytes(ofBase32: secret)).password(
          at: TimeBasedPassword.step(at: Int64(stage.clock.now.timeIntervalSince1970)))
      }
      let password = "hosszu es titkos mondat"
      func set(_ password: String, _ code: String) async throws -> CustomerClient.Answer {
        try await browser.post(
          "/munkatars/meghivo",
          ["password": password, "passwordAgain": password, "code": code])
      }
      #expect(try await set("rovid", code()).status == .unprocessableContent)
      #expect(try await set("kovacs.eva 12345", code()).status == .unprocessableContent)
      #expect(try await set(password, "000000").status == .unprocessableContent)
      #expect(
        try await set(password, code()).location == "/munkatars/bejelentkezes?uzenet=beallitva")
      #expect(try await browser.get(path).status == .notFound)
      stage.clock.advance(by: 30)
      try await browser.get("/munkatars/bejelentkezes")
      #expect(
        try await browser.post(
          "/munkatars/bejelentkezes",
          ["name": "Kovacs.Eva", "password": password, "code": code()]
        ).status == .seeOther)
    }
  }

  @Test func `with the recovery code once, when the phone is lost`() async throws {
    let stage = try await Stage()
    let name = try #require(StaffName("kovacs.eva"))
    let link = try #require(try await stage.staffAccounts.add(name, .agent))
    try await stage.playForStaff { browser in
      let page = try await browser.get("/munkatars/meghivo?kulcs=\(link.reveal())")
      let secrets = page.body.components(separatedBy: "class=\"secret\">").dropFirst()
        .map { String($0.prefix { $0 != "<" }) }
      let timeBased = TimeBasedPassword(secret: Stage.bytes(ofBase32: secrets[0]))
      let password = "hosszu es titkos mondat"
      try await browser.post(
        "/munkatars/meghivo",
        [
          "password": password, "passwordAgain": password,
          "code": timeBased.password(
            at: TimeBasedPassword.step(at: Int64(stage.clock.now.timeIntervalSince1970))),
        ])
      for expected in [HTTPResponse.Status.seeOther, .unprocessableContent] {
        stage.clock.advance(by: 120)
        let stranger = browser.stranger()
        try await stranger.get("/munkatars/bejelentkezes")
        let answer = try await stranger.post(
          "/munkatars/bejelentkezes",
          [
            "name": "kovacs.eva", "password": password,
            "code": "\u{200B}\(secrets[1].lowercased())\u{A0}",
          ])
        #expect(answer.status == expected)
      }
    }
  }

  @Test func `no more once they are disabled, not even with an open session`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      #expect(try await browser.get("/munkatars/kereses").status == .ok)
      let name = try #require(StaffName(eva.name))
      #expect(try await stage.staffAccounts.disable(name))
      #expect(try await browser.get("/munkatars/kereses").status == .seeOther)
      #expect(try await browser.logIn(eva, on: stage).status == .unprocessableContent)
    }
  }

  @Test func `not after twenty wrong codes, until an operator has looked`() async throws {
    var limits = Limits()
    limits.staff.wrongCodesPerDay = 5
    let stage = try await Stage(limits: limits)
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      for _ in 1...5 {
        stage.clock.advance(by: 120)
        let thief = browser.stranger()
        try await thief.get("/munkatars/bejelentkezes")
        try await thief.post(
          "/munkatars/bejelentkezes",
          ["name": eva.name, "password": eva.password, "code": "000000"])
      }
      #expect(try await browser.logIn(eva, on: stage).status == .unprocessableContent)
      #expect(
        stage.alarms.all.contains {
          if case .limitReached("staff_code", _) = $0 { true } else { false }
        })
      // Who does not know the password cannot use that up.
      let peter = try await stage.colleague(.supervisor)
      for _ in 1...8 {
        stage.clock.advance(by: 120)
        let stranger = browser.stranger()
        try await stranger.get("/munkatars/bejelentkezes")
        try await stranger.post(
          "/munkatars/bejelentkezes",
          ["name": peter.name, "password": "talalgatom a jelszot", "code": "000000"])
      }
      stage.clock.advance(by: 120)
      #expect(try await browser.logIn(peter, on: stage).status == .seeOther)
    }
  }

  @Test func `only by forms of their own site`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.get("/munkatars/bejelentkezes")
      let fields = "name=\(eva.name)&password=x&code=1"
      #expect(
        try await browser.post("/munkatars/bejelentkezes", body: fields, headers: [:]).status
          == .forbidden)
      #expect(
        try await browser.post(
          "/munkatars/bejelentkezes", ["name": eva.name],
          headers: [.origin: "https://portal.pelda.example"]
        ).status == .forbidden)
    }
  }
}
