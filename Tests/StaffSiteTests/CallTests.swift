internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Outbox
internal import Persistence
internal import TestSupport
internal import Testing
internal import Wording

/// Calls as they come: what a customer met, and what the agent reads under the case number.
@Suite struct `A caller is helped` {
  private static let mismatches: [(Cast, [String: String], TextOf)] = [
    (.old, ["policyNumber": "", "customerNumber": "0098765", "kind": "customer"], .old),
    (.anna, ["mobileNumber": "9999999"], .otherMobile),
    (.noNumber, [:], .noNumber),
    (.thirtyOne, ["mobilePrefix": "30"], .unsuitable),
    (.blocked, [:], .blocked),
    (.deceased, [:], .deceased),
    (.closed, [:], .closed),
    (.peter, ["policyNumber": "ZZ-9999-000000"], .unknown),
  ]

  /// What the agent reads.
  enum TextOf: String, Sendable {
    case old = "A hívó a régi ügyfélszámlaszámát írta be."
    case otherMobile = "ennek vége: 67"
    case noNumber = "Nincs mobilszáma a nyilvántartásban."
    case unsuitable = "A nyilvántartott számra nem küldünk SMS-t"
    case blocked = "Az ügyfél a nyilvántartásban le van tiltva."
    case deceased = "Az ügyfél a nyilvántartás szerint elhunyt."
    case closed = "Az ügyfélnek nincs élő szerződése."
    case unknown = "Ilyen kötvényszám vagy ügyfélszámlaszám nincs a nyilvántartásban."
  }

  @Test(arguments: mismatches)
  func `whose numbers did not match: the page told nothing, the case tells all`(
    person: Cast, wrong: [String: String], expected: TextOf
  ) async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    let fields = CustomerClient.claim(of: person).merging(wrong) { $1 }
    let caseNumber = try await stage.caseNumberOfMismatch(fields)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: caseNumber)
      #expect(page.says(expected.rawValue), "\(page.main)")
      #expect(page.caseNumber == caseNumber)
    }
  }

  @Test func `who typed ten wrong codes, and reads out the code of staff`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.disableSMSStep(of: .anna)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: Cast.anna.policy)
      #expect(page.says("Tíz rossz kód után le van tiltva az SMS-lépés"))
      let number = try #require(page.number)
      #expect(
        try await browser.doAct("sms_step", in: number).status == .unprocessableContent)

      try await browser.get("/munkatars/ugy?szam=\(number)")
      try await browser.post("/munkatars/ugy/kod", ["szam": number])
      let code = try await stage.smsCode()
      let waiting = try await browser.get("/munkatars/ugy?szam=\(number)")
      #expect(!waiting.body.contains(code))
      #expect(
        try await browser.post("/munkatars/ugy/azonositas", ["szam": number, "code": code])
          .location?.hasSuffix("uzenet=azonositva") == true)
      #expect(try await browser.doAct("sms_step", in: number).status == .seeOther)
    }
    let after = try await stage.registrations.identify(try Cast.anna.claim(), on: stage.visit())
    #expect(after.outcome == .codeSent)
    let trail = try await stage.audit().filter { $0.customer == Cast.anna.number }
    #expect(trail.contains { $0.kind == "caller_proven" })
    #expect(
      trail.contains {
        $0.kind == "sms_step_enabled" && $0.detail == "by \(eva.name); because kérte"
      })
  }

  @Test func `who typed ten wrong codes, in three clicks: the look, the code, the act`()
    async throws
  {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.disableSMSStep(of: .anna)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let page = try await browser.openCase(of: Cast.anna.policy)
      #expect(page.body.contains("form=\"send-code\" name=\"mit\" value=\"sms_step\""))
      let number = try #require(page.number)
      let path = "/munkatars/ugy/intezkedes?szam=\(number)&mit=sms_step"
      let sent = try await browser.post("/munkatars/ugy/kod", ["szam": number, "mit": "sms_step"])
      #expect(sent.location == path + "&uzenet=kod-elkuldve")
      let code = try await stage.smsCode()
      let form = try await browser.get(path)
      #expect(form.says(stage.world.brand.texts(in: .hungarian)["caseEffect.enableSMSStep"]))
      #expect(form.says("Úton van a kód") && !form.body.contains(code))
      #expect(
        try await browser.post("/munkatars/ugy/intezkedes", ["code": code, "reason": "kérte"])
          .location?.hasSuffix("uzenet=megtortent") == true)
    }
    let trail = try await stage.audit().filter { $0.customer == Cast.anna.number }.map(\.kind)
    #expect(Array(trail.prefix(2)) == ["case_opened", "case_shown"], "\(trail)")
    let moved = ["caller_code_sent", "caller_proven", "sms_step_enabled"]
    #expect(Array(trail.suffix(3)) == moved, "\(trail)")
    #expect(try await stage.messages().values.contains(.smsStepEnabled))
    let after = try await stage.registrations.identify(try Cast.anna.claim(), on: stage.visit())
    #expect(after.outcome == .codeSent)
  }

  @Test func `who is not who he says: three wrong codes and nothing is given away`() async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      try await browser.post("/munkatars/ugy/kod", ["szam": number])
      let code = try await stage.smsCode()
      for guess in ["000000", "000001", "000002", code] {
        try await browser.get("/munkatars/ugy?szam=\(number)")
        let answer = try await browser.post(
          "/munkatars/ugy/azonositas", ["szam": number, "code": guess])
        #expect(answer.location?.contains("azonositva") == false)
      }
      let answer = try await browser.doAct("correct_email", with: "tolvaj@pelda.hu", in: number)
      #expect(answer.status == .unprocessableContent)
      // Without a proof an account can still be stopped.
      #expect(try await browser.doAct("new_proof", in: number).status == .seeOther)
    }
    #expect(try await stage.audited("caller_code_wrong") == 3)
  }

  @Test(arguments: [
    (CustomerStatus.active, true), (.blocked, false), (.closed, true), (.deceased, false),
  ])
  func `by a code on the phone, unless the register forbids messages to it`(
    status: CustomerStatus, isTexted: Bool
  ) async throws {
    let stage = try await Stage()
    let eva = try await stage.colleague(.agent)
    try await stage.playForStaff { browser in
      try await browser.logIn(eva, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      try await stage.mark(.anna, status)
      let page = try await browser.get("/munkatars/ugy?szam=\(number)")
      #expect(page.body.contains("action=\"/munkatars/ugy/kod\"") == isTexted)
      // From a page of before, too.
      try await browser.post("/munkatars/ugy/kod", ["szam": number])
    }
    #expect(try await stage.messages().values.contains(.callerCode) == isTexted)
    #expect(try await stage.audited("caller_code_sent") == (isTexted ? 1 : 0))
  }

  @Test func `whose letter went to a mistyped address`() async throws {
    let stage = try await Stage()
    let boss = try await stage.colleague(.supervisor)
    _ = try await stage.registered(.anna, email: "anan@pelda.hu")
    _ = try await stage.post()
    try await stage.playForStaff { browser in
      try await browser.logIn(boss, on: stage)
      let page = try await browser.openCase(of: "+36 30/123-4567")
      let number = try #require(page.number)
      #expect(page.says("A megerősítő levél elment"))
      #expect(
        try await browser.doAct("correct_email", with: "nem cim", in: number).status
          == .unprocessableContent)
      #expect(
        try await browser.doAct("correct_email", with: "anna@pelda.hu", in: number).status
          == .seeOther)
    }
    let letter = try #require(try await stage.post().first { $0.channel == .email })
    #expect(letter.to == "anna@pelda.hu")
    #expect(
      try await stage.audit().contains {
        $0.kind == "email_corrected_by_staff" && $0.detail == "by \(boss.name); because kérte"
      })
  }

  @Test func `by command, under the number of the page, in words and for programs`() async throws {
    let stage = try await Stage()
    let fields = CustomerClient.claim(of: .anna).merging(["mobileNumber": "9999999"]) { $1 }
    let text = try await stage.caseNumberOfMismatch(fields)
    let file = try #require(try await stage.caseFiles.file(numbered: text, by: Stage.clerk))
    let texts = stage.world.brand.texts(in: .english)
    #expect(file.text(in: texts).contains("the mobile number typed is not the one on file"))
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(file.json(in: texts).utf8)) as? [String: Any])
    let findings = try #require(json["findings"] as? [[String: Any]])
    #expect(findings.first?["code"] as? String == "mismatch_other_mobile")
    #expect(!file.text(in: texts).contains("1234567\n"))
    #expect(try await stage.audited("case_shown") == 1)
  }
}

extension Stage {
  /// The case number of the page that says that nothing matched.
  func caseNumberOfMismatch(_ fields: [String: String]) async throws -> String {
    let numbers = Collected()
    try await play { browser in
      try await browser.get("/regisztracio")
      let page = try await browser.post("/regisztracio", fields)
      #expect(page.status == .unprocessableContent)
      numbers.add(page.caseNumber ?? "")
    }
    return numbers.all.first ?? ""
  }

  func disableSMSStep(of person: Cast) async throws {
    let now = clock.now
    try await store.write { transaction in
      try transaction.perform(
        """
        INSERT INTO sms_step (customer_number, failures_in_a_row, disabled_at)
        VALUES (\(person.number), 10, \(now))
        ON CONFLICT (customer_number)
        DO UPDATE SET failures_in_a_row = 10, disabled_at = excluded.disabled_at
        """)
    }
  }
}
