internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Persistence
internal import TestSupport
internal import Testing
internal import Wording

/// A reason first, then the row, then the data.
@Suite struct `Looking at a customer` {
  @Test func `asks why, and leaves one row for each look`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let found = try await browser.search("kovacs an")
      let hit = try #require(found.firstHit)
      #expect(
        try await browser.post(
          "/munkatars/ugy/megnyitas", ["hit": hit, "reason": "call", "words": ""]
        ).status == .unprocessableContent)
      #expect(try await stage.audited("case_opened") == 0)
      let page = try await browser.openCase(of: "kovacs an")
      #expect(try await stage.audited("case_opened") == 1)
      #expect(try await stage.audited("case_shown") == 1)
      try await browser.get("/munkatars/ugy?szam=\(page.number ?? "")")
      #expect(try await stage.audited("case_shown") == 2)
    }
    let look = try #require(try await stage.audit().first { $0.kind == "case_shown" })
    #expect(look.customer == Cast.anna.number)
    #expect(look.detail == "by \(eva.name); because call: telefonon kérdez")
  }

  @Test func `shows nothing in full until it is asked for by name`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    _ = try await stage.registered(.anna, email: "anna.titkos@pelda.hu")
    let secrets = [
      Cast.anna.name, Cast.anna.number, "301234567", "123 4567", "anna.titkos@pelda.hu",
      "kovacs.anna@example.hu",
    ]
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let found = try await browser.search(Cast.anna.policy)
      let page = try await browser.openCase(of: Cast.anna.policy)
      for secret in secrets {
        #expect(!found.main.contains(secret), "\(secret)")
        #expect(!page.main.contains(secret), "\(secret)")
      }
      let number = try #require(page.number)
      try await browser.post("/munkatars/ugy/adat", ["szam": number, "value": "user_name"])
      let shown = try await browser.get("/munkatars/ugy?szam=\(number)")
      #expect(shown.main.contains("anna.titkos@pelda.hu"))
      #expect(!shown.main.contains(Cast.anna.name))
    }
    #expect(
      try await stage.audit().contains {
        $0.kind == "value_shown" && $0.detail?.contains("; user_name; because") == true
      })
  }

  @Test func `is refused as a whole while the trail cannot be written`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: Cast.anna.number)
      let number = try #require(page.number)
      let found = try await browser.search(Cast.anna.number)
      try await stage.refuseTheTrail()
      let answers = [
        try await browser.get("/munkatars/ugy?szam=\(number)"),
        try await browser.post("/munkatars/ugy/adat", ["szam": number, "value": "phone"]),
        try await browser.post(
          "/munkatars/ugy/megnyitas",
          ["hit": found.firstHit ?? "", "reason": "call", "words": "telefon"]),
      ]
      for answer in answers {
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] != nil)
        #expect(!answer.body.contains("finding"))
        #expect(!answer.body.contains("•"))
      }
      try await stage.acceptTheTrail()
      let again = try await browser.get("/munkatars/ugy?szam=\(number)")
      #expect(again.status == .ok)
      #expect(!again.main.contains("+36301234567"))
    }
  }

  @Test func `is nobody else's: another session's case is as unknown as none`() async throws {
    let stage = try await Stage()
    let (eva, adam) = (
      try await stage.colleague(.agent), try await stage.colleague(.agent, named: "adam")
    )
    try await stage.playForStaff { browser in
      let other = browser.stranger()
      try await browser.logIn(eva, on: stage)
      try await other.logIn(adam, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      let foreign = try await other.get("/munkatars/ugy?szam=\(number)")
      let missing = try await other.get("/munkatars/ugy?szam=999999")
      #expect(foreign.status == .notFound && missing.status == .notFound)
      #expect(foreign.main == missing.main)
      let hit = try #require(try await browser.search(Cast.anna.number).firstHit)
      try await other.search(Cast.peter.number)
      let stolen = try await other.post(
        "/munkatars/ugy/megnyitas", ["hit": hit, "reason": "call", "words": "telefon"])
      #expect(stolen.location == "/munkatars/kereses?uzenet=nem-idoszeru")
    }
  }

  @Test func `is counted: nobody reads the register through`() async throws {
    var limits = Limits()
    limits.staff.openingsPerHour = 3
    limits.staff.searchesPerHour = 6
    let stage = try await Stage(limits: limits)
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      for _ in 1...3 { #expect(try await browser.openCase(of: Cast.anna.number).status == .ok) }
      #expect(try await browser.openCase(of: Cast.anna.number).status == .tooManyRequests)
      for _ in 1...2 { try await browser.search("nagy") }
      try await browser.get("/munkatars/kereses")
      #expect(
        try await browser.post("/munkatars/kereses", ["term": "nagy"]).status == .tooManyRequests)
    }
    #expect(try await stage.counted("case_opened") == 1)
  }

  // MARK: Search

  @Test func `finds a renumbered customer alone by the number on the old letter`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    try await stage.renumber(.anna, to: "7654321")
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let found = try await browser.search(Cast.anna.number)
      #expect(found.main.ranges(of: "name=\"hit\"").count == 1, "\(found.main)")
      #expect(found.says("régi ügyfélszámlaszám"), "\(found.main)")
      let page = try await browser.openCase(of: Cast.anna.number)
      #expect(page.says("Az ügyfélszámlaszáma megváltozott"), "\(page.main)")
    }
  }

  @Test(arguments: [
    ("1234567", "ügyfélszámlaszám"), ("LA-2023-004512", "kötvényszám"),
    ("0098765", "régi ügyfélszámlaszám"), ("06 30 123 4567", "telefonszám"),
    ("+36301234567", "telefonszám"), ("KOVACS.ANNA@example.hu", "e-mail-cím a nyilvántartásban"),
    ("anna@pelda.hu", "felhasználónév"), ("kovacs", "név"), ("KOVÁCS AN", "név"),
    ("szucs dezso", "név"), ("Szűcs D", "név"),
  ])
  func `finds by whatever a caller says, and says by what`(term: String, match: String) async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let found = try await browser.search(term)
      #expect(found.says("<td>\(match)</td>"), "\(found.main)")
    }
    #expect(try await stage.audited("staff_searched") == 1)
    let row = try #require(try await stage.audit().first { $0.kind == "staff_searched" })
    #expect(row.detail?.contains(term) == false)
  }

  @Test(arguments: ["", "  "])
  func `is told what to type when nothing was typed`(term: String) async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      #expect(try await browser.search(Cast.anna.number).firstHit != nil)
      let answer = try await browser.post("/munkatars/kereses", ["term": term])
      #expect(answer.status == .unprocessableContent)
      let sentence = stage.world.brand.texts(in: .hungarian)["staffSearch.missing"]
      #expect(answer.errors == [sentence] && answer.error(at: "term") == sentence)
      // Nobody of the search before is left on the screen.
      #expect(answer.firstHit == nil)
      #expect(try await browser.get("/munkatars/kereses").firstHit == nil)
    }
  }

  @Test(arguments: ["", "ko", "%", "_____", "'; DROP TABLE account", "\u{1F600}", "Kovács%"])
  func `finds nobody by what is no name`(term: String) async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let found = try await browser.search(term)
      #expect(found.status == .ok)
      #expect(found.firstHit == nil)
    }
  }
}

extension Stage {
  /// The table of the trail takes no more rows.
  func refuseTheTrail() async throws {
    try await store.write { transaction in
      try transaction.run(
        script: transaction.dialect == .sqlite
          ? """
          CREATE TRIGGER refuse_the_trail BEFORE INSERT ON audit_event
          BEGIN SELECT RAISE(ABORT, 'full'); END;
          """
          : "ALTER TABLE audit_event ADD CONSTRAINT refuse_the_trail CHECK (id < 0) NOT VALID")
    }
  }

  func acceptTheTrail() async throws {
    try await store.write { transaction in
      try transaction.run(
        script: transaction.dialect == .sqlite
          ? "DROP TRIGGER refuse_the_trail"
          : "ALTER TABLE audit_event DROP CONSTRAINT refuse_the_trail")
    }
  }
}
