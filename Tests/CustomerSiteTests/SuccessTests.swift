internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

@Suite struct `The page of success` {
  private let path = "/regisztracio/sikeres"

  @Test func `says what is still to do, where the code went, and where help is`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let page = try await anna.get(path)
      #expect(page.status == .ok)
      #expect(page.says(Words.say("success.next")))
      #expect(page.says("anna@pelda.hu") && page.says("06-40-421-421"))
      for way in ["/bejelentkezes", "/gyik", "/utmutato"] {
        #expect(page.main.contains("href=\"\(way)\""), "\(way)")
      }
      #expect(page.says(Words.say("success.spam")))
      #expect(!page.says(Words.say("success.spam.yours")))
    }
  }

  @Test(arguments: ["anna@freemail.hu", "ANNA@Citromail.hu"])
  func `who has a mailbox that eats letters reads it with emphasis`(email: String) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: email, on: stage)
      let page = try await anna.get(path)
      let sentence = Words.say("success.spam.yours")
      #expect(page.body.contains("<strong>\(sentence)</strong>"))
      #expect(!page.says(Words.say("success.spam")))
    }
  }

  @Test func `survives a reload, the registration's hour, and sends each letter once`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      // The code by SMS and the notice of success; the code by e-mail and the contract.
      #expect(try await stage.post().count == 4)
      for _ in 1...3 {
        #expect(try await anna.get(path).heading == "Sikeres regisztráció!")
      }
      stage.clock.advance(by: 2 * 3600)
      #expect(try await anna.get(path).heading == "Sikeres regisztráció!")
      #expect(try await stage.post().count == 4)
    }
  }

  @Test func `the accepted contract comes as a letter`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let contract = try await stage.post().first { $0.subject.contains("szerződés") }
      #expect(contract?.to == "anna@pelda.hu")
      let heading = try await anna.get("/portalszerzodes").heading
      #expect(contract?.text.contains(heading ?? "no heading") == true)
    }
  }
}
