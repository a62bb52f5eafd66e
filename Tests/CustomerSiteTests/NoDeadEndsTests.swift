internal import Domain
internal import HTTPTypes
internal import TestSupport
internal import Testing
internal import Wording

/// Back, reload, bookmarks, two tabs, an hour too late (R2).
@Suite struct `No dead ends` {
  /// Where a person can be.
  enum Place: String, CaseIterable, Sendable {
    case nowhere
    case strangeCookie
    case mismatched
    case phone
    case email
    case password
    case finished
    case alreadyRegistered
    case disabled
    case expired

    /// Where the way on leads.
    var wayOn: String {
      switch self {
      case .nowhere, .strangeCookie, .mismatched, .expired: "/regisztracio"
      case .phone: "/regisztracio/telefonszam"
      case .email: "/regisztracio/email"
      case .password: "/regisztracio/jelszo"
      case .finished: "/regisztracio/sikeres"
      case .alreadyRegistered: "/bejelentkezes"
      case .disabled: "/"
      }
    }
  }

  static let steps = [
    "/regisztracio/telefonszam", "/regisztracio/email", "/regisztracio/jelszo",
    "/regisztracio/sikeres",
  ]

  private func go(to place: Place, _ anna: CustomerClient, _ stage: Stage) async throws {
    switch place {
    case .nowhere: break
    case .strangeCookie:
      anna.set("__Host-registration", to: String(repeating: "0", count: 64) + ".K7M24XQP")
    case .mismatched:
      try await anna.get("/regisztracio")
      try await anna.post(
        "/regisztracio",
        ["kind": "customer", "customerNumber": "7777777", "mobileNumber": "06301234567"])
    case .phone, .expired: try await anna.identify(.anna)
    case .email:
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
    case .password:
      try await go(to: .email, anna, stage)
      try await anna.giveAddress("anna@pelda.hu")
    case .finished:
      try await go(to: .password, anna, stage)
      try await anna.choosePassword()
    case .alreadyRegistered:
      try await anna.stranger().register(.anna, email: "anna@pelda.hu", on: stage)
      try await go(to: .email, anna, stage)
    case .disabled:
      try await anna.identify(.anna)
      let code = try await stage.smsCode()
      let wrong = code.hasSuffix("00000") ? "00001" : "00000"
      try await anna.get("/regisztracio/telefonszam")
      try await anna.post("/regisztracio/telefonszam", ["code": wrong])
    }
    if place == .expired { stage.clock.advance(by: 3600) }
  }

  private func title(_ place: Place, _ step: String) -> String? {
    let order = ["/regisztracio"] + Self.steps
    switch place {
    case .nowhere, .strangeCookie: return "notice.missing.title"
    case .expired: return "notice.expired.title"
    case .alreadyRegistered: return "notice.already.title"
    case .disabled: return "notice.smsDisabled.title"
    case .mismatched, .phone, .email, .password, .finished:
      if step == place.wayOn || (place == .password && step == "/regisztracio/email") {
        return nil
      }
      let asked = order.firstIndex(of: step) ?? 0
      let here = order.firstIndex(of: place.wayOn) ?? 0
      return asked < here ? "notice.done.title" : "notice.notReached.title"
    }
  }

  @Test(arguments: Place.allCases)
  func `every step asked for out of turn says where the person is and offers the way on`(
    place: Place
  ) async throws {
    var limits = Limits()
    limits.smsFailuresPerCustomer = 1
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await go(to: place, anna, stage)
      for step in Self.steps {
        let page = try await anna.get(step)
        #expect(page.status == .ok, "\(step)")
        if let title = title(place, step) {
          #expect(page.heading == Words.say(title), "\(step)")
          #expect(page.main.contains("href=\"\(place.wayOn)\""), "\(step)")
          #expect(page.main.contains("06-40-421-421"), "\(step)")
        } else {
          #expect(!page.main.contains("class=\"notice\""), "\(step)")
        }
        #expect(try await anna.get(step).heading == page.heading, "a reload of \(step)")
      }
    }
  }

  @Test(arguments: Place.allCases)
  func `a form sent out of turn leads to where the person is, and changes nothing`(
    place: Place
  ) async throws {
    var limits = Limits()
    limits.smsFailuresPerCustomer = 1
    let stage = try await Stage(limits: limits)
    try await stage.play { anna in
      try await go(to: place, anna, stage)
      try await anna.get("/regisztracio")
      let before = try await stage.contents()
      let forms: [(String, String, [String: String])] = [
        ("/regisztracio/telefonszam", "/regisztracio/telefonszam", ["code": "12345"]),
        ("/regisztracio/telefonszam/uj-kod", "/regisztracio/telefonszam", [:]),
        ("/regisztracio/email", "/regisztracio/email", CustomerClient.answers(email: "x@y.hu")),
        (
          "/regisztracio/jelszo", "/regisztracio/jelszo",
          ["password": Stage.password, "passwordAgain": Stage.password]
        ),
      ]
      for (path, step, fields) in forms {
        let isInTurn =
          step == place.wayOn || (place == .password && step == "/regisztracio/email")
        guard !isInTurn else { continue }
        let answer = try await anna.post(path, fields)
        #expect(answer.status == .seeOther, "\(path)")
        let page = try await anna.get(answer.location ?? "/nincs")
        #expect(page.status == .ok, "\(path)")
        try await anna.get("/regisztracio")
      }
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `an expired registration says so until the last minute is over, and begins anew`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.identify(.anna)
      try await anna.proveThePhone(on: stage)
      try await anna.giveAddress("anna@pelda.hu")
      stage.clock.advance(by: 3599)
      #expect(try await anna.get("/regisztracio/jelszo").heading == "Jelszó")
      stage.clock.advance(by: 1)
      let late = try await anna.post(
        "/regisztracio/jelszo",
        ["password": Stage.password, "passwordAgain": Stage.password])
      #expect(late.location == "/regisztracio/telefonszam")
      let told = try await anna.get("/regisztracio/telefonszam")
      #expect(told.heading == Words.say("notice.expired.title"))
      #expect(try await stage.count("account") == 0)
      #expect(try await anna.identify(.anna).location == "/regisztracio/telefonszam")
      #expect(try await anna.get("/regisztracio/telefonszam").has("code"))
    }
  }

  @Test(arguments: [Place.phone, .email, .password])
  func `the first page offers the way back to a registration that is under way`(
    place: Place
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      #expect(!(try await anna.get("/regisztracio").says(Words.say("identify.running"))))
      try await go(to: place, anna, stage)
      let page = try await anna.get("/regisztracio")
      #expect(page.says(Words.say("identify.running")))
      #expect(page.main.contains("href=\"\(place.wayOn)\""))
    }
  }

  @Test func `a page that is out of date leads back to itself, in both languages`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await go(to: .email, anna, stage)
      try await anna.get("/regisztracio/email")
      anna.set("__Host-visitor", to: nil)
      let stale = try await anna.post(
        "/regisztracio/email", CustomerClient.answers(email: "a@pelda.hu"))
      #expect(stale.status == .forbidden)
      #expect(stale.main.contains("href=\"/regisztracio/email\""))
      for path in ["/kijelentkezes", "/megerosites/uj-kod", "/regisztracio/telefonszam/uj-kod"] {
        let answer = try await anna.post(path, ["formToken": "old"])
        #expect(answer.status == .forbidden, "\(path)")
        let english = try #require(answer.languageLink)
        #expect(try await anna.get(english).status == .ok, "\(path)")
        try await anna.get("/?nyelv=hu")
      }
    }
  }

  @Test func `a step back shows what was filled in`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await go(to: .password, anna, stage)
      let contact = try await anna.get("/regisztracio/email")
      #expect(contact.value(of: "email") == "anna@pelda.hu")
      #expect(contact.isChecked("marketing-no") && contact.isChecked("contract"))
    }
  }

  @Test func `who registers another person in a second tab goes on only as that person`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await go(to: .email, anna, stage)
      let firstTab = anna.copy()
      try await firstTab.get("/regisztracio/email")
      try await anna.identify(.peter)
      let answer = try await firstTab.post(
        "/regisztracio/email", CustomerClient.answers(email: "x@pelda.hu"))
      #expect(answer.location == "/regisztracio/telefonszam")
      #expect(try await anna.get("/regisztracio/telefonszam").says("06 20 ••• ••78"))
      #expect(try await stage.count("account") == 0)
    }
  }

  @Test func `a page of before the login says that it is out of date`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.register(.anna, email: "anna@pelda.hu", on: stage)
      let otherTab = anna.copy()
      try await otherTab.get("/regisztracio")
      try await anna.logIn("anna@pelda.hu")
      otherTab.set("__Host-session", to: anna.cookie("__Host-session"))
      let answer = try await otherTab.post("/regisztracio", CustomerClient.claim(of: .peter))
      #expect(answer.status == .forbidden)
      #expect(answer.heading == Words.say("error.staleForm.title"))
      #expect(answer.main.contains("href=\"/ugyfelportal\""))
    }
  }
}
