internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Outbox
internal import Persistence
internal import TestSupport
internal import Testing

@testable internal import Accounts

/// Every act is done once, and the customer gets the notice that ``CaseAct/notice`` names, or none.
@Suite struct `What staff do` {
  private static let email = "anna@pelda.hu"

  @Test(arguments: CaseAct.allCases)
  func `is told to the customer, or is not, as the act says`(act: CaseAct) async throws {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 1
    let stage = try await Stage(limits: limits)
    let operand = try await stage.prepare(for: act, email: Self.email)
    _ = try await stage.post()
    stage.clock.advance(by: 120)
    let before = try await stage.messages()
    try await stage.playForStaff { browser in
      try await done(act, with: operand, browser, stage)
    }
    #expect(try await stage.audited(act.trace) >= 1, "\(act) was not done")
    let new = try await stage.messages().filter { !before.keys.contains($0.key) }
    guard let notice = act.notice else {
      #expect(new.isEmpty, "\(act) \(new)")
      return
    }
    #expect(new.values.contains(notice), "\(act) \(new)")
    // A new address gets its code besides.
    #expect(new.values.allSatisfy { $0 == notice || $0 == .emailCode }, "\(act) \(new)")
  }

  private func done(
    _ act: CaseAct, with operand: String, _ browser: CustomerClient, _ stage: Stage
  ) async throws {
    let role: StaffRole = act.duty == .dataRequests ? .dataProtection : .supervisor
    try await browser.logIn(try await stage.colleague(role), on: stage)
    let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
    let answer = try await browser.doAct(act.rawValue, with: operand, in: number)
    #expect(answer.status == .seeOther, "\(act) \(answer.main)")
    guard act.needsConsent else { return }
    let second = browser.stranger()
    try await second.logIn(try await stage.colleague(.supervisor, named: "masik"), on: stage)
    try await second.get("/munkatars/jovahagyasok")
    try await second.post("/munkatars/jovahagyasok", ["consent": "1", "decision": "yes"])
  }

  @Test func `without effect is told to nobody`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: Self.email)
    let customer = try CustomerNumber(Cast.anna.number)
    let before = try await stage.messages()
    #expect(try await !stage.callCentre.enableSMSStep(of: customer))
    #expect(try await stage.callCentre.endSessions(of: customer) == 0)
    #expect(try await stage.messages() == before)
  }

  @Test func `by command is told as well`() async throws {
    let stage = try await Stage()
    _ = try await stage.loggedIn(.anna, email: Self.email)
    try await stage.disableSMSStep(of: .anna)
    let customer = try CustomerNumber(Cast.anna.number)
    #expect(try await stage.callCentre.enableSMSStep(of: customer))
    #expect(try await stage.callCentre.endSessions(of: customer) == 1)
    let kinds = Set(try await stage.messages().values)
    #expect(kinds.contains(.smsStepEnabled) && kinds.contains(.sessionsEnded))
  }

  @Test func `for a phone without an account is told to the phone`() async throws {
    let stage = try await Stage()
    try await stage.disableSMSStep(of: .anna)
    #expect(
      try await stage.callCentre.enableSMSStep(of: try CustomerNumber(Cast.anna.number)))
    let notice = try #require(try await stage.post().first)
    #expect(notice.to == Cast.anna.sms && notice.channel == .sms)
    #expect(notice.text.contains("SMS"))
    // Neither who has no number that is texted, nor who is dead.
    for person in [Cast.thirtyOne, .deceased] {
      try await stage.disableSMSStep(of: person)
      _ = try await stage.callCentre.enableSMSStep(of: try CustomerNumber(person.number))
    }
    #expect(try await stage.post().count == 1)
  }

  // MARK: A refusal of a request about data

  @Test func `as a refusal says why in words for the customer, and not the reason of the trail`()
    async throws
  {
    let stage = try await Stage()
    let guardian = try await stage.colleague(.dataProtection)
    let request = try await stage.prepare(for: .declineRequest, email: Self.email)
    _ = try await stage.post()
    try await stage.playForStaff { browser in
      try await browser.logIn(guardian, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      for words in ["", "   ", String(repeating: "a", count: 1001)] {
        let answer = try await browser.doAct(
          "decline_request", with: request, telling: words, in: number)
        #expect(answer.status == .unprocessableContent)
      }
      let answer = try await browser.doAct(
        "decline_request", with: request, because: "jogi osztály szerint",
        telling: "Két évig  meg kell őriznünk <b>.", in: number)
      #expect(answer.status == .seeOther)
    }
    let letter = try #require(try await stage.post().first { $0.channel == .email })
    #expect(letter.to == Self.email)
    #expect(letter.text.contains("Két évig meg kell őriznünk <b>."))
    #expect(!letter.text.contains("jogi osztály"))
    #expect(
      try await stage.audit().contains {
        $0.kind == "data_request_declined" && $0.detail?.contains("jogi osztály") == true
          && $0.detail?.contains("Két évig") == false
      })
  }

  @Test(arguments: [
    (CustomerStatus.active, true), (.blocked, true), (.closed, true), (.deceased, false),
  ])
  func `as a refusal reaches whom the register blocks, and nobody who is dead`(
    status: CustomerStatus, isTold: Bool
  ) async throws {
    let stage = try await Stage()
    let guardian = try await stage.colleague(.dataProtection)
    let request = try await stage.prepare(for: .declineRequest, email: Self.email)
    _ = try await stage.post()
    try await stage.mark(.anna, status)
    try await stage.playForStaff { browser in
      try await browser.logIn(guardian, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      #expect(
        try await browser.doAct("decline_request", with: request, in: number).status == .seeOther)
    }
    #expect(try await stage.messages().values.contains(.dataRequestDeclined) == isTold)
  }

  @Test(arguments: [
    (CustomerStatus.active, true), (.blocked, true), (.closed, true), (.deceased, false),
  ])
  func `as a refusal that waits is taken back by an import only for who has died`(
    status: CustomerStatus, isKept: Bool
  ) async throws {
    let stage = try await Stage()
    let guardian = try await stage.colleague(.dataProtection)
    let request = try await stage.prepare(for: .declineRequest, email: Self.email)
    try await stage.playForStaff { browser in
      try await browser.logIn(guardian, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      #expect(
        try await browser.doAct("decline_request", with: request, in: number).status == .seeOther)
    }
    try await stage.mark(.anna, status)
    let waiting = try await stage.number(
      """
      SELECT COUNT(*) AS number FROM message
      WHERE kind = 'data_request_declined' AND state = 'queued'
      """)
    #expect(waiting == (isKept ? 1 : 0))
  }
}

extension CaseAct {
  /// The row of the trail that says that it was done.
  fileprivate var trace: String {
    switch self {
    case .enableSMSStep: "sms_step_enabled"
    case .liftLoginCounts: "login_counts_lifted"
    case .liftSMSCounts: "sms_counts_lifted"
    case .liftMismatchCounts: "mismatch_counts_lifted"
    case .resendEmailCode: "email_code_sent"
    case .correctEmail: "email_corrected_by_staff"
    case .endSessions: "sessions_ended_by_staff"
    case .lock, .lockForNewProof: "account_locked"
    case .unlock: "account_unlocked"
    case .freeAddress: "address_freed"
    case .changeUserName: "user_name_changed"
    case .retryMessage: "message_retried"
    case .cancelMessage: "message_cancelled"
    case .finishRequest: "data_request_done"
    case .declineRequest: "data_request_declined"
    case .erase: "data_erased"
    }
  }
}

extension Stage {
  /// Messages by their key, whatever became of them.
  func messages() async throws -> [String: Message.Kind] {
    try await store.read { transaction in
      var messages: [String: Message.Kind] = [:]
      for row in try transaction.rows("SELECT key, kind FROM message") {
        let key: String = try row.value("key")
        messages[key] = Message.Kind(rawValue: try row.value("kind"))
      }
      return messages
    }
  }

  /// Brings Anna to where an act makes sense.
  ///
  /// - Returns: what the act is done with
  func prepare(for act: CaseAct, email: String) async throws -> String {
    let (_, account) = try await loggedIn(.anna, email: email)
    switch act {
    case .resendEmailCode, .freeAddress: return ""
    case .correctEmail: return "helyes@pelda.hu"
    case .enableSMSStep, .liftLoginCounts, .liftSMSCounts, .liftMismatchCounts, .endSessions,
      .lock, .lockForNewProof, .unlock, .changeUserName, .retryMessage, .cancelMessage,
      .finishRequest, .declineRequest, .erase:
      break
    }
    let code = try CodeEntry(try await emailCode(), alphabet: .unambiguous)
    _ = try await confirmations.enterCode(code, of: account.id)
    switch act {
    case .enableSMSStep: try await disableSMSStep(of: .anna)
    case .liftMismatchCounts:
      let wrong = Claim(
        number: try Cast.anna.claim().number, mobile: try Cast.peter.claim().mobile)
      let token = try await registrations.identify(wrong, on: visit()).token
      _ = try await registrations.identify(wrong, on: visit(token))
    case .unlock:
      _ = try await accountLocks.lock(account.customer, .staff, by: Stage.clerk)
    case .changeUserName: return "uj@pelda.hu"
    case .retryMessage, .cancelMessage: return try await heldBack(email)
    case .finishRequest, .declineRequest:
      _ = try await dataRights.askForCopy(account)
      return String(try await number("SELECT MAX(id) AS number FROM data_request") ?? 0)
    case .liftLoginCounts, .liftSMSCounts, .endSessions, .lock, .lockForNewProof, .erase,
      .resendEmailCode, .correctEmail, .freeAddress:
      break
    }
    return ""
  }

  /// A letter that waits for tomorrow.
  private func heldBack(_ email: String) async throws -> String {
    let later = clock.now.addingTimeInterval(86_400)
    try await store.write { transaction in
      try transaction.perform(
        """
        UPDATE message
        SET state = 'queued', body = 'x', lease_token = NULL, next_try_at = \(later),
            not_after = \(later)
        WHERE id = (SELECT MAX(id) FROM message WHERE recipient = \(email))
        """)
    }
    return String(
      try await number("SELECT MAX(id) AS number FROM message WHERE recipient = \(email)") ?? 0)
  }
}
