internal import Domain
internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing
internal import Wording

@Suite struct `The page of the password` {
  private let path = "/regisztracio/jelszo"

  private func arrive(
    _ person: Cast, email: String, _ browser: CustomerClient, _ stage: Stage
  ) async throws {
    try await browser.identify(person)
    try await browser.proveThePhone(on: stage)
    try await browser.giveAddress(email)
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    let password: String
    let keys: [String]
    let values: [String: String]

    init(_ password: String, _ keys: [String], _ values: [String: String] = [:]) {
      self.password = password
      self.keys = keys
      self.values = values
    }

    var testDescription: String { "\(password.prefix(20)): \(keys.joined(separator: ", "))" }
  }

  @Test(arguments: [
    Refused("", ["password.missing"]),
    Refused("Zk73x", ["password.tooShort"], ["minimum": "6"]),
    Refused(
      "Zk7" + String(repeating: "x", count: 126), ["password.tooLong"], ["maximum": "128"]),
    Refused("ZOLDALMA73", ["password.lowerCaseMissing"]),
    Refused("zoldalma73", ["password.upperCaseMissing"]),
    Refused("ZoldAlma", ["password.digitMissing"]),
    Refused("ZöldAlma73", ["password.forbiddenCharacters"]),
    Refused("Zold Alma73", ["password.forbiddenCharacters"]),
    Refused("Ｚoldalma73", ["password.upperCaseMissing", "password.forbiddenCharacters"]),
    Refused("anna.kovacs@pelda.hu", ["password.equalsEmail"]),
    Refused("Password1", ["password.contextWord", "password.common"], ["word": "password"]),
    Refused("Qwerty123", ["password.common"]),
    Refused("ZoldBiztosito73", ["password.contextWord"], ["word": "biztosito"]),
    Refused(
      "x", ["password.tooShort", "password.upperCaseMissing", "password.digitMissing"],
      ["minimum": "6"]),
  ])
  func `every refusal says its reason, and shows nothing of what was typed`(
    refused: Refused
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, email: "anna.kovacs@pelda.hu", anna, stage)
      try await anna.get(path)
      let answer = try await anna.post(
        path, ["password": refused.password, "passwordAgain": refused.password])
      #expect(answer.status == .unprocessableContent)
      let error = try #require(answer.error(at: "password"))
      for key in refused.keys {
        #expect(error.contains(Words.say(key, refused.values)), "\(key)")
      }
      #expect(answer.errors == [error])
      #expect(answer.value(of: "password") == nil && answer.value(of: "passwordAgain") == nil)
      if refused.password.utf8.count > 5, !refused.keys.contains("password.equalsEmail") {
        #expect(!answer.body.contains(refused.password))
      }
      #expect(try await stage.count("account") == 0)
    }
  }

  @Test func `the beginning of the address is no password`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, email: "zoldalma@pelda.hu", anna, stage)
      let answer = try await anna.choosePassword("Zoldalma73Korte")
      #expect(answer.error(at: "password") == Words.say("password.containsEmailName"))
    }
  }

  @Test func `two different passwords are told at the second field`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, email: "anna@pelda.hu", anna, stage)
      try await anna.get(path)
      for again in ["", "zoldalma73korte", Stage.password + " "] {
        let answer = try await anna.post(
          path, ["password": Stage.password, "passwordAgain": again])
        #expect(answer.status == .unprocessableContent)
        #expect(answer.errors == [Words.say("password.differ")])
        #expect(answer.error(at: "passwordAgain") == Words.say("password.differ"))
        #expect(!answer.body.contains(Stage.password))
      }
    }
  }

  @Test func `the rules are told before anything is typed, and the user name stands there`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, email: "anna@pelda.hu", anna, stage)
      let page = try await anna.get(path)
      #expect(page.value(of: "username") == "anna@pelda.hu")
      #expect(page.says(Words.say("password.rule.length", ["minimum": "6"])))
      for key in ["lower", "upper", "digit", "plain", "other"] {
        #expect(page.says(Words.say("password.rule.\(key)")), "\(key)")
      }
    }
  }

  @Test func `what was given is there to be checked, and of the phone two digits`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, email: "anna@pelda.hu", anna, stage)
      let page = try await anna.get(path)
      let number = try PhoneNumber(try #require(Cast.anna.sms))
      #expect(page.says(Words.say("review.title")) && page.says(number.masked))
      #expect(page.says("••• ••\(number.e164.suffix(2))<"))
      #expect(!page.body.contains(number.e164.suffix(7)))
    }
  }

  @Test func `the modern policy asks for length alone`() async throws {
    let stage = try await Stage(policy: .modern)
    try await stage.play { anna in
      try await arrive(.anna, email: "anna@pelda.hu", anna, stage)
      let page = try await anna.get(path)
      #expect(page.says(Words.say("password.rule.length", ["minimum": "12"])))
      #expect(!page.says(Words.say("password.rule.upper")))
      let short = try await anna.choosePassword("körte")
      #expect(
        short.error(at: "password") == Words.say("password.tooShort", ["minimum": "12"]))
      let words = try await anna.choosePassword("három kék körte úszik")
      #expect(words.location == "/regisztracio/sikeres")
    }
  }

  @Test func `what was agreed to can still be changed`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await arrive(.anna, email: "anna@pelda.hu", anna, stage)
      #expect(try await anna.get(path).main.contains("href=\"/regisztracio/email\""))
      #expect(try await anna.giveAddress("masik@pelda.hu").location == path)
      #expect(try await anna.get(path).value(of: "username") == "masik@pelda.hu")
      try await anna.choosePassword()
      let letters = try await stage.post().filter { $0.channel == .email }
      #expect(Set(letters.map(\.to)) == ["masik@pelda.hu"])
    }
  }

  @Test func `an address that was taken meanwhile leads back to its page, which says so`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      let bela = anna.stranger()
      try await arrive(.anna, email: "csalad@pelda.hu", anna, stage)
      try await arrive(.bela, email: "csalad@pelda.hu", bela, stage)
      #expect(try await anna.choosePassword().location == "/regisztracio/sikeres")
      #expect(try await bela.choosePassword().location == "/regisztracio/email?uzenet=foglalt")
      let page = try await bela.get("/regisztracio/email?uzenet=foglalt")
      #expect(page.errors == [Words.say("email.taken")])
      #expect(try await bela.giveAddress("bela@pelda.hu").location == path)
      #expect(try await bela.choosePassword().location == "/regisztracio/sikeres")
      #expect(try await stage.count("account") == 2)
    }
  }

  @Test func `of two browsers that register one customer, one makes the account`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let other = anna.stranger()
      try await arrive(.anna, email: "anna@pelda.hu", anna, stage)
      try await arrive(.anna, email: "masik@pelda.hu", other, stage)
      try await anna.choosePassword()
      #expect(try await other.choosePassword().location == "/regisztracio/telefonszam")
      let told = try await other.get("/regisztracio/telefonszam")
      #expect(told.heading == Words.say("notice.already.title"))
      #expect(told.says("a•••@p•••.hu"))
      #expect(try await stage.count("account") == 1)
    }
  }
}
