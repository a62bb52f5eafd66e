internal import Domain
internal import HTTPTypes
internal import TestSupport
internal import Testing
internal import Wording

@testable internal import CustomerSite

@Suite struct `The home page` {
  @Test func `shows the customer's own policies, and nobody else's`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let home = try await anna.get("/fiok")
      #expect(home.heading == "Üdvözöljük, Kovács Anna!")
      #expect(home.says("Kovács Anna") && home.says("anna@pelda.hu"))
      #expect(home.says("LA-2023-004512") && home.says("Lakásbiztosítás"))
      #expect(home.says(Words.say("policy.status.active")))
      #expect(home.says("2023. május 1.") && home.says(Words.say("home.policy.openEnded")))
      #expect(!home.says("GF-2024-118203") && !home.says("Nagy Péter"))
      #expect(!home.body.contains("1234567"))
      let peter = anna.stranger()
      try await peter.enterThePortal(.peter, email: "peter@pelda.hu", on: stage)
      let his = try await peter.get("/fiok")
      #expect(his.says("GF-2024-118203") && !his.says("LA-2023-004512"))
    }
  }

  @Test(arguments: [nil, "9999-12-31", "2031-04-30"])
  func `says of a policy without an end that it is open-ended`(end: String?) throws {
    let texts = try Props.brand.get().texts(in: .hungarian)
    let row = HomePage.Row(
      Policy(
        number: "1", product: "utasbiztosítás", status: "active", validFrom: nil, validTo: end),
      texts)
    let words = end == "2031-04-30" ? "2031. április 30." : "határozatlan idejű"
    #expect(row.validTo == words && row.validFrom == "nincs megadva")
    #expect(row.product == "Utasbiztosítás" && row.isTravel && !row.isOther)
  }

  @Test func `of who has left the register says that nothing is on file`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await stage.emptyTheRegister()
      let home = try await anna.get("/fiok")
      #expect(home.status == .ok)
      #expect(home.says(Words.say("home.noPolicies")))
      #expect(!home.says("Kovács Anna"))
    }
  }

  @Test func `has a button for logging out on every page, and no link that does it`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      for path in ["/fiok", "/", "/gyik", "/nincs", "/bejelentkezes"] {
        let page = try await anna.get(path)
        #expect(page.body.contains("<form method=\"post\" action=\"/kijelentkezes\""), "\(path)")
        #expect(!page.body.contains("href=\"/kijelentkezes\""), "\(path)")
      }
      try await anna.get("/gyik")
      #expect(try await anna.logOut().location == "/bejelentkezes?uzenet=kijelentkezett")
      let page = try await anna.get("/gyik")
      #expect(!page.body.contains("/kijelentkezes"))
    }
  }
}
