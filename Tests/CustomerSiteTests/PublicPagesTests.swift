internal import CustomerSite
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

@Suite struct `The public pages` {
  static let documents = [
    "/gyik", "/utmutato", "/adatkezeles", "/tajekoztato", "/portalszerzodes", "/impresszum",
    "/kapcsolat", "/akadalymentesseg",
  ]

  @Test(arguments: documents, Language.allCases)
  func `each help page is there in both languages, with one heading and no cookie`(
    path: String, language: Language
  ) async throws {
    let stage = try await Stage()
    try await stage.play { reader in
      reader.set("__Host-language", to: language.rawValue)
      let page = try await reader.get(path)
      #expect(page.status == .ok)
      #expect(page.body.contains("<html lang=\"\(language.rawValue)\">"))
      #expect(page.body.components(separatedBy: "<h1").count == 2)
      #expect(page.title?.hasPrefix(page.heading ?? "no heading") == true)
      #expect(page.headers[values: .setCookie].isEmpty)
      let other = language == .hungarian ? Language.english : .hungarian
      #expect(try await reader.get("\(path)?nyelv=\(other.rawValue)").heading != page.heading)
    }
  }

  @Test func `what has succeeded looks like it, and what has not does not`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let done = try await anna.get("/bejelentkezes?uzenet=uj-jelszo")
      #expect(done.says(Words.say("flash.passwordRecovered")))
      #expect(done.main.contains("class=\"banner banner-success\""))
      let ended = try await anna.get("/bejelentkezes?uzenet=lejart")
      #expect(ended.says(Words.say("flash.sessionEnded")))
      #expect(ended.main.contains("class=\"banner\"") && !ended.main.contains("banner-success"))
    }
  }

  @Test func `a help page leads back to where its reader came from`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      #expect(try await anna.get("/gyik").main.contains("class=\"back-home\" href=\"/\""))
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      for path in Self.documents {
        #expect(
          try await anna.get(path).main.contains("class=\"back-home\" href=\"/fiok\""), "\(path)")
      }
    }
  }

  @Test(arguments: ["/", "/ugyfelportal", "/nincs"])
  func `whoever is logged in finds the account from a page that is open to all`(
    path: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      let way = "href=\"/fiok\">\(Words.say("action.toAccount"))</a>"
      #expect(try await !anna.get(path).body.contains(way))
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let page = try await anna.get(path)
      #expect(page.main.contains("<a class=\"button\" \(way)"))
      #expect(page.body.contains("<a class=\"stand-alone\" \(way)"))
      #expect(!page.main.contains("href=\"/regisztracio\""))
      #expect(try await !anna.get("/fiok").body.contains(way))
    }
  }

  @Test func `the opening page leads to the portal, and the portal to both ways in`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { reader in
      let opening = try await reader.get("/")
      #expect(opening.main.contains("<a class=\"button\" href=\"/ugyfelportal\">Ügyfélportál</a>"))
      let start = try await reader.get("/ugyfelportal")
      #expect(start.main.contains("href=\"/regisztracio\""))
      #expect(start.main.contains("href=\"/bejelentkezes\""))
      for key in [
        "start.register.need.number", "start.register.need.mobile", "start.register.need.email",
        "start.oldMobile.body",
      ] {
        #expect(start.says(Words.say(key)), "\(key)")
      }
    }
  }

  @Test func `a forgotten password has a page with the way to help`() async throws {
    let stage = try await Stage()
    try await stage.play { reader in
      let page = try await reader.get("/elfelejtett-jelszo")
      #expect(page.status == .ok)
      #expect(page.heading == "Elfelejtett jelszó")
      #expect(page.main.contains("06-40-421-421"))
      #expect(page.main.contains("href=\"/bejelentkezes\""))
    }
  }

  @Test func `a password manager finds the page for changing passwords, and nothing invented`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { manager in
      let change = try await manager.get("/.well-known/change-password")
      #expect(change.status == .found)
      #expect(change.location == "/fiok/jelszo")
      for invented in ["resource-that-should-not-exist-whose-status-code-should-not-be-200", "x"] {
        #expect(try await manager.get("/.well-known/\(invented)").status == .notFound)
      }
    }
  }

  // MARK: Demo

  @Test(arguments: ["/demo/uzenetek", "/demo/uzenetek.json", "/demo"])
  func `nothing of the demo answers outside it`(path: String) async throws {
    let stage = try await Stage()
    try await stage.play { reader in
      let page = try await reader.get(path)
      #expect(page.status == .notFound)
      let opening = try await reader.get("/")
      #expect(!opening.body.contains("demo"))
    }
  }

  @Test func `the demo shows what it caught, the newest first, on a page and as JSON`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play(isDemo: true) { anna in
      #expect(try await anna.get("/demo/uzenetek").says(Words.say("demo.empty")))
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let post = try await stage.post()
      let page = try await anna.get("/demo/uzenetek")
      #expect(page.body.components(separatedBy: "<li class=\"message\">").count == 5)
      #expect(page.says(Words.say("demo.banner")))
      for message in post { #expect(page.says(message.text)) }
      let json = try await anna.get("/demo/uzenetek.json")
      #expect(json.headers[.contentType] == "application/json; charset=utf-8")
      let caught = try CaughtMessage.decode(json.body)
      #expect(caught.map(\.text) == post.map(\.text))
      #expect(caught.map(\.id) == [4, 3, 2, 1])
      #expect(Set(caught.map(\.channel)) == ["sms", "email"])
      #expect(caught.last?.to == "+36301234567" && caught.last?.createdAt.hasSuffix("Z") == true)
      for (count, ids) in [
        ("2", [4, 3]), ("0", []), ("-1", []), ("9223372036854775807", [4, 3, 2, 1]),
        ("9223372036854775808", [4, 3, 2, 1]), ("x", [4, 3, 2, 1]),
      ] {
        let some = try await anna.get("/demo/uzenetek.json?darab=\(count)")
        #expect(try CaughtMessage.decode(some.body).map(\.id) == ids, "\(count)")
      }
      for path in ["/", "/regisztracio", "/nincs"] {
        #expect(try await anna.get(path).says(Words.say("demo.banner")))
      }
    }
  }

  // MARK: Language

  @Test(arguments: CustomerPath.allCases.filter { $0.methods.contains(.get) }.map(\.rawValue))
  func `any page switches the language, which the browser then keeps`(
    path: String
  ) async throws {
    let stage = try await Stage()
    try await stage.play { reader in
      let page = try await reader.get("\(path)?nyelv=en")
      #expect(
        page.headers[values: .setCookie].contains(
          "__Host-language=en; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"))
      #expect(page.headers[.contentLanguage] == "en")
      #expect(try await reader.get("/gyik").body.contains("<html lang=\"en\">"))
      try await reader.get("/?nyelv=hu")
      #expect(try await reader.get("/gyik").body.contains("<html lang=\"hu\">"))
    }
  }

  @Test func `a language that the portal does not speak changes nothing`() async throws {
    let stage = try await Stage()
    try await stage.play { reader in
      for word in ["de", "", "EN", "en%00", "hu%0d%0aX: y", "<script>"] {
        let page = try await reader.get("/gyik?nyelv=\(CustomerClient.encode(word))")
        #expect(page.body.contains("<html lang=\"hu\">"))
        #expect(page.headers[values: .setCookie].isEmpty)
      }
      reader.set("__Host-language", to: "de")
      #expect(try await reader.get("/gyik").body.contains("<html lang=\"hu\">"))
    }
  }

  @Test func `a page offers the other language in its own words`() async throws {
    let stage = try await Stage()
    try await stage.play { reader in
      let hungarian = try await reader.get("/").body
      #expect(
        hungarian.contains("<a href=\"?nyelv=en\" lang=\"en\" hreflang=\"en\">English</a>"))
      let english = try await reader.get("/?nyelv=en").body
      #expect(english.contains("<a href=\"?nyelv=hu\" lang=\"hu\" hreflang=\"hu\">Magyar</a>"))
    }
  }
}

/// A caught message, as others read it (I3).
struct CaughtMessage: Decodable {
  let id: Int
  let channel: String
  let to: String
  let subject: String
  let text: String
  let createdAt: String

  static func decode(_ json: String) throws -> [CaughtMessage] {
    try JSONDecoder().decode([CaughtMessage].self, from: Data(json.utf8))
  }
}
