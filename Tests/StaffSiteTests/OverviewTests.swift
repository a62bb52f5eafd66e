internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Persistence
internal import TestSupport
internal import Testing

/// The figures by which a supervisor knows how the portal stands.
@Suite struct `The overview` {
  private static let week = 7 * 86_400.0

  /// The totals of a week, in the order of the steps.
  private static func totals(_ count: (Funnel.Step) -> Int) -> [Int] {
    Funnel.Step.allCases.map(count)
  }

  @Test func `counts how far registrations come, this week beside the week before`() async throws {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    _ = try await stage.identified(.anna)
    _ = try await stage.proven(.peter)
    stage.clock.advance(by: Self.week)
    let wrong = Claim(number: try Cast.peter.claim().number, mobile: try Cast.anna.claim().mobile)
    #expect(try await stage.registrations.identify(wrong, on: stage.visit()).outcome == .noMatch)
    _ = try await stage.contacted(.bela, email: "bela@pelda.hu")
    _ = try await stage.registered(.old, email: "magdolna@pelda.hu")
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    let code = try CodeEntry(try await stage.emailCode(), alphabet: .unambiguous)
    #expect(try await stage.confirmations.enterCode(code, of: account.id) == .confirmed)

    let funnel = try await StaffOverviews(world: stage.world).funnel()
    #expect(Self.totals(funnel.total) == [4, 3, 3, 3, 2, 1])
    #expect(Self.totals(funnel.totalBefore) == [2, 2, 1, 0, 0, 0])
    #expect(Self.totals { funnel.days.last?[$0] ?? 0 } == [4, 3, 3, 3, 2, 1])
    #expect(Self.totals { funnel.before.last?[$0] ?? 0 } == [2, 2, 1, 0, 0, 0])
    #expect(funnel.reasons == [.mismatch(.otherMobile)])
    #expect(funnel.total(.mismatch(.otherMobile)) == 1)
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let page = try await browser.get("/munkatars/tolcser")
      for (now, before) in [(4, 2), (3, 2), (3, 1), (3, 0), (2, 0), (1, 0)] {
        #expect(page.body.contains("<strong>\(now)</strong> (\(before))"), "\(page.main)")
      }
    }

    // A week later all of it is the week before, and what was before that is forgotten.
    stage.clock.advance(by: Self.week)
    let later = try await StaffOverviews(world: stage.world).funnel()
    #expect(Self.totals(later.total) == [0, 0, 0, 0, 0, 0])
    #expect(Self.totals(later.totalBefore) == [4, 3, 3, 3, 2, 1])
    #expect(later.total(.mismatch(.otherMobile)) == 0)
    #expect(later.totalBefore(.mismatch(.otherMobile)) == 1)
  }

  @Test func `tells by day why registrations stop, beside the same day a week before`()
    async throws
  {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    let wrong = Claim(number: try Cast.peter.claim().number, mobile: try Cast.anna.claim().mobile)
    _ = try await stage.registrations.identify(wrong, on: stage.visit())
    stage.clock.advance(by: Self.week - 86_400)
    for _ in 1...2 {
      let first = try await stage.registrations.identify(wrong, on: stage.visit())
      // The same registration once more: it counts once.
      _ = try await stage.registrations.identify(wrong, on: stage.visit(first.token))
    }
    stage.clock.advance(by: 86_400)
    for person in [Cast.blocked, .deceased] {
      _ = try await stage.registrations.identify(try person.claim(), on: stage.visit())
    }
    let token = try await stage.identified(.bela)
    let code = try await stage.smsCode()
    let other = String(code.dropLast()) + (code.hasSuffix("2") ? "3" : "2")
    let entry = try CodeEntry(other, alphabet: stage.world.limits.smsAlphabet)
    _ = try await stage.registrations.enterCode(entry, in: token)
    for (person, state) in [(Cast.peter, "undeliverable"), (Cast.old, "expired")] {
      _ = try await stage.identified(person)
      try await stage.store.write { transaction in
        try transaction.perform(
          "UPDATE message SET state = \(state) WHERE customer_number = \(person.number)")
      }
    }

    let funnel = try await StaffOverviews(world: stage.world).funnel()
    let today: [Funnel.Reason] = [
      .mismatch(.customerBlocked), .mismatch(.customerDeceased), .smsRefused, .smsTooLate,
      .smsCodeWrong,
    ]
    #expect(Set(funnel.reasons) == Set(today + [.mismatch(.otherMobile)]))
    #expect(today.map { funnel.days[6][$0] } == [1, 1, 1, 1, 1])
    #expect(today.map(funnel.totalBefore) == [0, 0, 0, 0, 0])
    #expect(funnel.days.map { $0[.mismatch(.otherMobile)] } == [0, 0, 0, 0, 0, 2, 0])
    #expect(funnel.before.map { $0[.mismatch(.otherMobile)] } == [0, 0, 0, 0, 0, 0, 1])
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let page = try await browser.get("/munkatars/tolcser")
      #expect(page.main.ranges(of: "<svg class=\"chart\"").count == 2, "\(page.main)")
      let cells = ["0 (0)", "0 (0)", "0 (0)", "0 (0)", "0 (0)", "2 (0)", "0 (1)"]
        .map { "<td class=\"number\">\($0)</td>" }.joined()
      #expect(
        page.says(
          "<th scope=\"row\">A szám jó, de a beírt mobilszám nem a nyilvántartott.</th>\(cells)"
            + "<td class=\"number\"><strong>2</strong> (1)</td>"), "\(page.main)")
      #expect(page.says("Nem egyezett az SMS-kód"), "\(page.main)")
    }
  }

  @Test func `says so when nothing has stopped anybody`() async throws {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    _ = try await stage.proven(.anna)
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let page = try await browser.get("/munkatars/tolcser")
      #expect(page.says("Az elmúlt két hétből nincs feljegyzett ok."), "\(page.main)")
    }
  }

  @Test func `counts limits of customers in the trail, and those of staff beside them, for a day`()
    async throws
  {
    var limits = Limits()
    limits.staff.searchesPerHour = 2
    let stage = try await Stage(limits: limits)
    let (eva, boss) = (
      try await stage.colleague(.agent), try await stage.colleague(.supervisor)
    )
    for person in [Cast.anna, .peter] {
      for _ in 1...6 {
        _ = try await stage.registrations.identify(try person.claim(), on: stage.visit())
      }
    }
    #expect(try await stage.audited("sms_limit") == 2)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      for _ in 1...2 { try await browser.search("nagy") }
      try await browser.get("/munkatars/kereses")
      #expect(
        try await browser.post("/munkatars/kereses", ["term": "nagy"]).status == .tooManyRequests)
      let second = browser.stranger()
      try await second.logIn(boss, on: stage)
      let page = try await second.get("/munkatars/attekintes")
      #expect(page.shows("Elérte a kódküldés korlátját", "2"), "\(page.main)")
      #expect(
        page.shows("Egy munkatárs elérte a keresések óránkénti korlátját", "1"), "\(page.main)")
      stage.clock.advance(by: 86_400 + 600)
      try await second.logIn(boss, on: stage)
      let tomorrow = try await second.get("/munkatars/attekintes")
      #expect(tomorrow.says("Senki sem ért el korlátot."), "\(tomorrow.main)")
    }
  }

  @Test func `lists messages that went wrong, and those that a gateway in trouble keeps back`()
    async throws
  {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    _ = try await stage.identified(.anna)
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let before = try await browser.get("/munkatars/attekintes")
      #expect(before.shows("Várakozó SMS", "1"), "\(before.main)")
      #expect(before.says("Minden üzenet célba ért, vagy úton van."))
      for state in ["queued", "failed", "undeliverable", "expired"] {
        try await stage.store.write { transaction in
          try transaction.perform(
            "UPDATE message SET state = \(state), lease_token = NULL, problem = 'no answer'")
        }
        let page = try await browser.get("/munkatars/attekintes")
        #expect(page.body.contains("<td class=\"trouble\">"), "\(state)")
      }
    }
  }

  @Test func `tells what waits for the back office, and how imports of the register went`()
    async throws
  {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    let now = stage.clock.now
    try await stage.store.write { transaction in
      try transaction.perform(
        """
        INSERT INTO handover (customer_number, kind, at, batch, exported_at)
        VALUES ('1234567', 'contract_ended', \(now), NULL, NULL),
               ('2345678', 'contract_ended', \(now), NULL, NULL),
               ('1234568', 'contract_ended', \(now), 1, \(now))
        """)
      try transaction.perform(
        """
        INSERT INTO register_import
          (imported_at, person, is_replaced, customers_hash, policies_hash, counts, forced, refusal)
        VALUES (\(now), 'kovacs.eva', 1, '', '', '{}', 'phones', NULL),
               (\(now), 'nagy.adam', 0, '', '', '{}', '', 'too few customers')
        """)
    }
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let page = try await browser.get("/munkatars/attekintes")
      #expect(page.shows("Átadásra vár a háttérirodának", "2"), "\(page.main)")
      #expect(page.shows("Vissza nem igazolt átadás", "1"), "\(page.main)")
      #expect(page.says("kovacs.eva: megtörtént"), "\(page.main)")
      #expect(page.says("sok megváltozott telefonszám"), "\(page.main)")
      // The guard's own sentence is for operators, and in English.
      #expect(!page.says("too few customers"), "\(page.main)")
      #expect(
        page.says("nagy.adam: <strong class=\"trouble\">elutasítva</strong>"), "\(page.main)")
    }
  }
}

extension CustomerClient.Answer {
  /// Whether the page has a fact of that name and value.
  fileprivate func shows(_ name: String, _ value: String) -> Bool {
    says("<dt>\(name)</dt><dd>\(value)</dd>")
  }
}
