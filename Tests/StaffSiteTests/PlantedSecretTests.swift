internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import OneTimePasswords
internal import Persistence
internal import StaffSite
internal import TestSupport
internal import Testing

/// Staff never see a code, a password, a token or their hashes (attack 88).
@Suite struct `No answer of the site` {
  @Test(arguments: StaffRole.allCases)
  func `holds a code, a password or a session, whoever looks`(role: StaffRole) async throws {
    let stage = try await Stage()
    let secrets = try await stage.plantSecrets()
    try await stage.playForStaff { browser in
      let planted = try await secrets + browser.enrol(role, on: stage)
      var answers: [CustomerClient.Answer] = []
      for path in StaffPath.allCases where path.methods.contains(.get) && path != .invitation {
        answers.append(try await browser.get(path.rawValue))
      }
      for person in [Cast.anna, .peter] {
        answers.append(try await browser.search(person.number))
        let page = try await browser.openCase(of: person.number)
        answers.append(page)
        let number = try #require(page.number, "\(person)")
        answers.append(try await browser.post("/munkatars/ugy/kod", ["szam": number]))
        answers.append(
          try await browser.post("/munkatars/ugy/azonositas", ["szam": number, "code": "000000"]))
        for act in CaseAct.allCases {
          answers.append(
            try await browser.get("/munkatars/ugy/intezkedes?szam=\(number)&mit=\(act.rawValue)"))
          // Refused: there is no reason.
          answers.append(
            try await browser.post(
              "/munkatars/ugy/intezkedes", ["szam": number, "mit": act.rawValue, "reason": ""]))
        }
        for value in CaseValue.allCases {
          try await browser.get("/munkatars/ugy?szam=\(number)")
          answers.append(
            try await browser.post(
              "/munkatars/ugy/adat", ["szam": number, "value": value.rawValue]))
        }
        answers.append(try await browser.get("/munkatars/ugy?szam=\(number)"))
        answers.append(try await browser.post("/munkatars/ugy/masolat", ["szam": number]))
      }
      let ofCaller = role.may(.proveCallers) ? [try await stage.smsCode()] : []
      for path in StaffPath.allCases where path.methods.contains(.get) && path != .invitation {
        answers.append(try await browser.get(path.rawValue))
      }
      for answer in answers {
        let told = answer.headers.map(\.value).joined(separator: "\n") + answer.body
        for secret in planted + ofCaller {
          #expect(!told.contains(secret), "\(answer.heading ?? "") \(secret.prefix(3))")
        }
      }
    }
  }

  @Test(arguments: ["hu", "en"])
  func `is unfinished: every page has its sentences, one heading and labels`(
    language: String
  ) async throws {
    let stage = try await Stage()
    let people = [
      try await stage.colleague(.supervisor), try await stage.colleague(.dataProtection),
    ]
    _ = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    try await stage.playForStaff { first in
      for person in people {
        let browser = first.stranger()
        var pages = [try await browser.get("/munkatars/bejelentkezes?nyelv=\(language)")]
        try await browser.logIn(person, on: stage)
        for path in StaffPath.allCases where path.methods.contains(.get) {
          pages.append(try await browser.get(path.rawValue))
        }
        pages.append(try await browser.search("kov"))
        let page = try await browser.openCase(of: Cast.anna.number)
        let number = page.number ?? ""
        pages.append(page)
        pages.append(
          try await browser.get("/munkatars/ugy/intezkedes?szam=\(number)&mit=correct_email"))
        for page in pages where page.status != .seeOther && page.status != .found {
          #expect(page.body.contains("<html lang=\"\(language)\">"))
          #expect(page.body.matches(of: /<h1[ >]/).count == 1, "\(page.title ?? "")")
          #expect(!page.body.contains("[[") && !page.body.contains("{{"), "\(page.title ?? "")")
          #expect(!page.body.contains("</html></html>"))
          let ids = page.body.matches(of: #/ id="([^"]*)"/#).map { String($0.1) }
          #expect(ids.count == Set(ids).count, "\(page.title ?? "") \(ids)")
          for input in page.body.matches(of: /<(?:input|select)[^>]*>/)
          where !input.0.contains("hidden") {
            let id = input.0.firstMatch(of: #/ id="([^"]*)"/#)?.1 ?? ""
            #expect(page.body.contains("for=\"\(id)\""), "\(input.0)")
          }
        }
      }
    }
  }
}

extension CustomerClient {
  /// Somebody comes by an invitation, and logs in.
  ///
  /// - Returns: the link, the app's secret, the recovery code, the password and the session
  fileprivate func enrol(_ role: StaffRole, on stage: Stage) async throws -> [String] {
    let name = try #require(StaffName("vendeg.\(role.rawValue)"))
    let link = try #require(try await stage.staffAccounts.add(name, role))
    let page = try await get("/munkatars/meghivo?kulcs=\(link.reveal())")
    let shown = page.body.components(separatedBy: "class=\"secret\">").dropFirst()
      .map { String($0.prefix { $0 != "<" }) }
    let secret = try #require(shown.first)
    #expect(shown.count == 2, "the app's secret and the recovery code")
    let app = TimeBasedPassword(secret: Stage.bytes(ofBase32: secret))
    func code() -> String {
      app.password(at: TimeBasedPassword.step(at: Int64(stage.clock.now.timeIntervalSince1970)))
    }
    let password = "hosszu es titkos mondat"
    try await post(
      "/munkatars/meghivo",
      ["password": password, "passwordAgain": password, "code": code()])
    stage.clock.advance(by: 30)
    try await get("/munkatars/bejelentkezes")
    let answer = try await post(
      "/munkatars/bejelentkezes",
      ["name": name.text, "password": password, "code": code()])
    #expect(answer.status == .seeOther)
    let session = try #require(cookie("__Host-staff-session"))
    return [link.reveal(), password, session] + shown
  }
}

extension Stage {
  /// One secret of every kind that is under way: codes by SMS and e-mail, tokens of browsers and of
  /// an invitation, the password and its hash.
  func plantSecrets() async throws -> [String] {
    var secrets = [Stage.password, try await identified(.anna).reveal(), try await smsCode()]
    let email = try EmailAddress("peter@pelda.hu")
    let (session, account) = try await loggedIn(.peter, email: email.address)
    let confirmation = try await emailCode()
    secrets += [session.reveal(), confirmation]
    _ = try await confirmations.enterCode(
      try CodeEntry(confirmation, alphabet: .unambiguous), of: account.id)
    for purpose in [AddressChanges.Purpose.correspondence, .userName] {
      _ = try await addressChanges.request(
        try EmailAddress("\(purpose).uj@pelda.hu"), for: purpose, password: Stage.password,
        of: account.id)
      secrets.append(try await emailCode())
    }
    let visit = Recoveries.Visit(form: Array("x".utf8), language: .hungarian, address: nil)
    if case .asked(let token) = try await recoveries.request(email, on: visit) {
      secrets += [token.reveal(), try await emailCode()]
    }
    for _ in 1...21 { _ = try await logins.logIn(userName: email.address, password: "rossz") }
    _ = try await logins.logIn(userName: email.address, password: Stage.password)
    secrets.append(try await emailCode())
    if let name = StaffName("uj.kollega"), let link = try await staffAccounts.add(name, .agent) {
      secrets.append(link.reveal())
    }
    #expect(Set(secrets).count == 11, "something was not planted")
    return secrets + (try await hashes())
  }

  /// Hashes and nonces that the database has.
  func hashes() async throws -> [String] {
    try await store.read { transaction in
      try transaction.rows(
        """
        SELECT password_hash AS text FROM account
        UNION SELECT password_hash FROM staff_account
        """
      ).map { try $0.value("text") }
    }
  }
}
