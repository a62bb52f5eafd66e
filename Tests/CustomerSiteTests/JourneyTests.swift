internal import Domain
internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

@Suite struct `The journey` {
  struct Way: Sendable, CustomTestStringConvertible {
    let byPolicy: Bool
    let language: Language

    static let all = Language.allCases.flatMap { language in
      [true, false].map { Way(byPolicy: $0, language: language) }
    }

    var testDescription: String {
      "\(byPolicy ? "policy" : "customer") number, \(language.rawValue)"
    }
  }

  @Test(arguments: Way.all)
  func `a customer registers, logs in, confirms the address and sees the policies`(
    way: Way
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/ugyfelportal?nyelv=\(way.language.rawValue)")
      let identified = try await anna.identify(.anna, byPolicy: way.byPolicy)
      #expect(identified.status == .seeOther)
      #expect(identified.location == "/regisztracio/telefonszam")

      let codePage = try await anna.get("/regisztracio/telefonszam")
      let code = try await stage.smsCode()
      #expect(codePage.text(of: "data-code-prefix") == String(code.prefix(1)))
      let proven = try await anna.post(
        "/regisztracio/telefonszam", ["code": String(code.suffix(5))])
      #expect(proven.location == "/regisztracio/email")

      #expect(try await anna.giveAddress("anna@pelda.hu").location == "/regisztracio/jelszo")
      #expect(try await anna.choosePassword().location == "/regisztracio/sikeres")
      let success = try await anna.get("/regisztracio/sikeres")
      #expect(success.heading == Words.say("success.title", in: way.language))

      #expect(try await anna.logIn("Anna@pelda.hu").location == "/megerosites")
      let confirmed = try await anna.confirmTheAddress(on: stage)
      #expect(confirmed.location == "/fiok?uzenet=megerositve")
      let home = try await anna.get("/fiok")
      #expect(home.status == .ok)
      #expect(home.body.contains("<html lang=\"\(way.language.rawValue)\">"))
      #expect(home.says("LA-2023-004512"))
    }
  }

  @Test func `the insurer's own headings and buttons stand on the pages`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let start = try await anna.get("/ugyfelportal")
      #expect(start.says("Regisztráció") && start.says("Bejelentkezés"))
      #expect(start.body.contains(">Regisztrálok</a>"))
      let identify = try await anna.get("/regisztracio")
      #expect(identify.heading == "Regisztráció")
      #expect(identify.says("Kötvényszám") && identify.says("Ügyfélszámlaszám"))
      try await anna.identify(.anna)
      let code = try await anna.get("/regisztracio/telefonszam")
      #expect(code.heading == "Telefonszám ellenőrzése")
      #expect(code.says("Ellenőrző kód") && code.says("Vissza a főoldalra"))
      try await anna.proveThePhone(on: stage)
      let contact = try await anna.get("/regisztracio/email")
      #expect(contact.heading == "E-mail megadása")
      for words in [
        "Marketing célú nyilatkozat", "Adatkezelési nyilatkozat", "Elfogadom", "Nem fogadom el",
        "Ügyfélportál-szerződést szeretnék kötni", "A tájékoztatót elfogadom",
        "Vissza a főoldalra",
      ] {
        #expect(contact.says(words), "\(words)")
      }
      try await anna.giveAddress("anna@pelda.hu")
      let password = try await anna.get("/regisztracio/jelszo")
      #expect(password.heading == "Jelszó")
      #expect(password.says("Jelszó még egyszer") && password.says("Befejezés"))
      try await anna.choosePassword()
      let success = try await anna.get("/regisztracio/sikeres")
      #expect(success.heading == "Sikeres regisztráció!")
      #expect(success.says("Tovább") && success.says("Vissza a főoldalra"))
    }
  }

  @Test func `letters and messages come in the language of the pages`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.get("/?nyelv=en")
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let post = try await stage.post()
      #expect(post.count == 4)
      #expect(post.contains { $0.text.contains("Enter its last 5") })
      #expect(!post.contains { $0.text.contains("Tisztelt") })
    }
  }
}
