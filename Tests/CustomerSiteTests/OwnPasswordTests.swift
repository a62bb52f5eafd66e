internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

@Suite struct `Who changes the password` {
  private let path = "/fiok/jelszo"
  private let email = "anna@pelda.hu"
  private let new = "Napraforgo31"

  private func fields(
    to password: String, from present: String = Stage.password, again: String? = nil
  ) -> [String: String] {
    ["currentPassword": present, "password": password, "passwordAgain": again ?? password]
  }

  @Test func `stays logged in under a new cookie, and is told on the home page`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      let elsewhere = anna.stranger()
      try await elsewhere.logIn(email)
      let old = anna.cookie("__Host-session")
      #expect(try await anna.get("/.well-known/change-password").location == path)
      let page = try await anna.get(path)
      #expect(page.value(of: "username") == email)
      let done = try await anna.post(path, fields(to: new))
      #expect(done.location == "/fiok?uzenet=jelszo")
      #expect(anna.cookie("__Host-session") != old)
      #expect(try await anna.get("/fiok?uzenet=jelszo").says(Words.say("flash.passwordChanged")))
      #expect(try await elsewhere.get("/fiok").location == "/bejelentkezes?uzenet=lejart")
      #expect(try await anna.stranger().logIn(email).status == .unprocessableContent)
      #expect(try await anna.stranger().logIn(email, password: new).location == "/fiok")
    }
  }

  @Test func `sees what is wrong, with no password kept`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      try await anna.get(path)
      let empty = try await anna.post(path, fields(to: "", from: ""))
      #expect(empty.status == .unprocessableContent)
      #expect(
        empty.errors == [
          Words.say("ownPassword.present.missing"), Words.say("password.missing"),
        ])
      let differ = try await anna.post(path, fields(to: new, again: "Tulipan77kert"))
      #expect(differ.errors == [Words.say("password.differ")])
      let wrong = try await anna.post(path, fields(to: new, from: "Rossz1Jelszo"))
      #expect(
        wrong.errors == [Words.say("confirm.wrongPassword")]
          || wrong.error(at: "currentPassword") != nil)
      let weak = try await anna.post(path, fields(to: "napraforgo31"))
      #expect(weak.error(at: "password") == Words.say("password.upperCaseMissing"))
      let same = try await anna.post(path, fields(to: Stage.password))
      #expect(same.error(at: "password") == Words.say("password.isPresent"))
      for answer in [differ, wrong, weak, same] {
        #expect(answer.value(of: "currentPassword") == nil && answer.value(of: "password") == nil)
      }
    }
  }

  @Test func `clicks twice and stays logged in, however the clicks come`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      try await anna.get(path)
      let twin = anna.copy()
      async let first = anna.post(path, fields(to: new))
      async let second = twin.post(path, fields(to: new))
      let places = try await [first.location, second.location]
      #expect(Set(places) == ["/fiok?uzenet=jelszo"])
      // The browser that lost the first answer still has the old cookie.
      let late = try await anna.get(path)
      #expect(late.status == .ok)
      #expect(try await twin.get("/fiok").status == .ok)
      #expect(try await stage.audited("password_changed") == 1)
    }
  }

  @Test func `clicks again with the cookie of before, and gets the new one`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      try await anna.get(path)
      let slow = anna.copy()
      try await anna.post(path, fields(to: new))
      #expect(try await slow.post(path, fields(to: new)).location == "/fiok?uzenet=jelszo")
      #expect(slow.cookie("__Host-session") == anna.cookie("__Host-session"))
    }
  }

  @Test func `cannot do it with a cookie of before and a guess (attacks 34, 42)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      try await anna.get(path)
      let thief = anna.copy()
      try await anna.post(path, fields(to: new))
      let answer = try await thief.post(path, fields(to: "Tulipan77kert"))
      #expect(answer.location == "/bejelentkezes?uzenet=lejart")
      #expect(thief.cookie("__Host-session") == nil)
    }
  }

  @Test func `must have confirmed the address`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      #expect(try await anna.get(path).location == "/bejelentkezes")
      try await anna.register(.anna, email: email, on: stage)
      try await anna.logIn(email)
      #expect(try await anna.get(path).status == .forbidden)
      try await anna.get("/megerosites")
      #expect(try await anna.post(path, fields(to: new)).status == .forbidden)
      #expect(try await anna.stranger().logIn(email).location == "/megerosites")
    }
  }

  @Test func `cannot be made to from another site (attack 37)`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: email, on: stage)
      try await anna.get(path)
      let answer = try await anna.post(
        path, fields(to: new), headers: [.origin: "https://evil.test"])
      #expect(answer.status == .forbidden)
      #expect(try await anna.stranger().logIn(email).location == "/fiok")
    }
  }
}
