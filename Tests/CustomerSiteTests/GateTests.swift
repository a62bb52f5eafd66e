internal import Accounts
internal import CustomerSite
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Outbox
internal import Persistence
internal import TestSupport
internal import Testing

/// Every way that ends in a session, a changed account, a sent code or a look at somebody's data,
/// with each gate that may close: before the first step, and between the first and the last
/// (CVE-2026-18963, CVE-2026-16103).
@Suite struct `Gates` {
  enum Gate: String, CaseIterable, Sendable {
    /// Somebody has failed to log in too often just now.
    case loginThrottled
    case smsStepDisabled
    /// The address is not confirmed; it never closes again, so that it is closed from the start.
    case emailUnverified
    case registerRowWithdrawn
    case flowExpired
    case sessionRevoked
    // What the register and staff say about the account (D 12).
    case blocked
    case deceased
    case closed
    /// Two imports in a row lacked the customer.
    case gone
    case lockedByStaff
    case lockedForNewProof
    // What asks for a fresh proof (ASVS 7.5.3).
    case loginIsOld
    case browserIsNew

    /// Whether it is a status or a lock that closes an account.
    var endsAccount: Bool {
      switch self {
      case .blocked, .deceased, .gone, .lockedByStaff, .lockedForNewProof: true
      default: false
      }
    }

    /// Whether it is a status that lets nobody register.
    var endsRegistering: Bool {
      switch self {
      case .blocked, .deceased, .closed, .gone, .registerRowWithdrawn: true
      default: false
      }
    }
  }

  enum Way: String, CaseIterable, Sendable {
    case identify
    case enterCode
    case resendCode
    case giveAddress
    case choosePassword
    case logIn
    case confirmAddress
    case correctAddress
    case resendEmailCode
    case home
    case devices
    case endSessions
    case enterLoginCode
    case recoverPassword
    case resendRecoveryCode
    case undoUserName
    case changePassword
    case changeUserName
    case changeCorrespondence
    case askForCopy
    case askForErasure
    case stepUp

    /// Where its last step is.
    var path: CustomerPath {
      switch self {
      case .identify: .identify
      case .enterCode: .enterCode
      case .resendCode: .resendCode
      case .giveAddress: .contact
      case .choosePassword: .choosePassword
      case .logIn: .logIn
      case .confirmAddress: .confirmEmail
      case .correctAddress: .correctEmail
      case .resendEmailCode: .resendEmailCode
      case .home: .home
      case .devices: .devices
      case .endSessions: .endSessions
      case .enterLoginCode: .logInCode
      case .recoverPassword: .recoverPassword
      case .resendRecoveryCode: .resendRecoveryCode
      case .undoUserName: .undoUserName
      case .changePassword: .ownPassword
      case .changeUserName: .userName
      case .changeCorrespondence: .correspondence
      case .askForCopy, .askForErasure: .dataRights
      case .stepUp: .stepUp
      }
    }

    /// Whether it belongs to a registration; the others to an account.
    var isRegistration: Bool {
      switch self {
      case .identify, .enterCode, .resendCode, .giveAddress, .choosePassword: true
      default: false
      }
    }

    /// The gates that stop it when they close before it begins, and between its first step and its
    /// last.
    ///
    /// A status or a lock that ends the account stops every way of an account, at every step; for a
    /// registration each status counts like a customer who is not there.
    var closedBy: (before: Set<Gate>, between: Set<Gate>) {
      var (before, between) = own
      if isRegistration {
        let statuses = Set(Gate.allCases.filter(\.endsRegistering))
        if before.contains(.registerRowWithdrawn) { before.formUnion(statuses) }
        if between.contains(.registerRowWithdrawn) { between.formUnion(statuses) }
      } else {
        let ends = Set(Gate.allCases.filter(\.endsAccount))
        before.formUnion(ends)
        between.formUnion(ends)
      }
      return (before, between)
    }

    /// One line for each way.
    private var own: (before: Set<Gate>, between: Set<Gate>) {
      switch self {
      case .identify:
        ([.smsStepDisabled, .registerRowWithdrawn], [.smsStepDisabled, .registerRowWithdrawn])
      // The register's word is asked for once more before there is an account.
      case .enterCode:
        ([.smsStepDisabled, .registerRowWithdrawn], [.smsStepDisabled, .flowExpired])
      case .resendCode:
        (
          [.smsStepDisabled, .registerRowWithdrawn],
          [.smsStepDisabled, .registerRowWithdrawn, .flowExpired]
        )
      // The phone is proven by then; only the password asks the register once more.
      case .giveAddress: ([.smsStepDisabled, .registerRowWithdrawn], [.flowExpired])
      case .choosePassword:
        ([.smsStepDisabled, .registerRowWithdrawn], [.registerRowWithdrawn, .flowExpired])
      case .logIn: ([.loginThrottled], [.loginThrottled])
      // The password is asked for, but a stranger's failures at the login are not its failures.
      case .confirmAddress, .resendEmailCode, .correctAddress:
        ([.sessionRevoked], [.sessionRevoked])
      case .enterLoginCode: ([], [])
      case .recoverPassword, .resendRecoveryCode: ([.emailUnverified], [.emailUnverified])
      case .undoUserName: ([], [])
      case .home, .devices, .endSessions:
        ([.emailUnverified, .sessionRevoked], [.emailUnverified, .sessionRevoked])
      case .changePassword, .changeUserName, .changeCorrespondence, .askForCopy, .askForErasure:
        (
          [.emailUnverified, .sessionRevoked, .loginIsOld, .browserIsNew],
          [.emailUnverified, .sessionRevoked, .loginIsOld, .browserIsNew]
        )
      case .stepUp:
        (
          [.emailUnverified, .sessionRevoked, .smsStepDisabled, .registerRowWithdrawn],
          [.emailUnverified, .sessionRevoked, .smsStepDisabled, .registerRowWithdrawn]
        )
      }
    }
  }

  private static let email = "anna@pelda.hu"

  // MARK: Closing

  func close(_ gate: Gate, _ anna: CustomerClient, _ stage: Stage) async throws {
    switch gate {
    case .loginThrottled:
      for _ in 1...6 {
        _ = try await stage.logins.logIn(userName: Self.email, password: "Rossz1Jelszo")
      }
    case .smsStepDisabled:
      try await stage.store.write { transaction in
        let now = stage.clock.now
        try transaction.perform(
          """
          INSERT INTO sms_step (customer_number, failures_in_a_row, disabled_at)
          VALUES (\(Cast.anna.number), 10, \(now))
          ON CONFLICT (customer_number) DO UPDATE SET failures_in_a_row = 10, disabled_at = \(now)
          """)
      }
    case .emailUnverified:
      try await stage.store.write { try $0.perform("UPDATE account SET email_confirmed_at = NULL") }
    case .registerRowWithdrawn: try await stage.emptyTheRegister()
    case .blocked: try await stage.mark(.anna, .blocked)
    case .deceased: try await stage.mark(.anna, .deceased)
    case .closed: try await stage.mark(.anna, .closed)
    case .gone:
      try await stage.leaveOut(.anna)
      try await stage.importing()
    case .lockedByStaff, .lockedForNewProof:
      let outcome = try await stage.accountLocks.lock(
        try CustomerNumber(Cast.anna.number), gate == .lockedByStaff ? .staff : .newProof,
        by: Stage.clerk)
      #expect(outcome == .locked)
    case .flowExpired: stage.clock.advance(by: 3600)
    case .loginIsOld:
      let before = stage.clock.now.addingTimeInterval(-300)
      try await stage.store.write {
        try $0.perform("UPDATE session SET authenticated_at = \(before)")
      }
    case .browserIsNew:
      try await stage.store.write { try $0.perform("UPDATE session SET is_new_browser = 1") }
    case .sessionRevoked:
      let now = stage.clock.now
      try await stage.store.write { try $0.perform("UPDATE session SET ended_at = \(now)") }
    }
  }

  // MARK: Going

  /// Up to the last step, as far as one gets.
  private func begin(_ way: Way, _ anna: CustomerClient, _ stage: Stage) async throws {
    switch way {
    case .identify: try await anna.get("/regisztracio")
    case .enterCode, .resendCode:
      try await anna.identify(.anna)
      try await anna.get("/regisztracio/telefonszam")
      if way == .resendCode { stage.clock.advance(by: 61) }
    case .giveAddress:
      try await begin(.enterCode, anna, stage)
      _ = try? await anna.proveThePhone(on: stage)
      try await anna.get("/regisztracio/email")
    case .choosePassword:
      try await begin(.giveAddress, anna, stage)
      try await anna.giveAddress(Self.email)
      try await anna.get("/regisztracio/jelszo")
    case .logIn: try await anna.get("/bejelentkezes")
    case .confirmAddress: try await anna.get("/megerosites")
    case .resendEmailCode:
      try await anna.get("/megerosites")
      stage.clock.advance(by: 61)
    case .correctAddress: try await anna.get("/megerosites/email-cim")
    case .home, .devices: break
    case .endSessions: try await anna.get("/fiok/biztonsag")
    case .enterLoginCode:
      try await anna.logIn(Self.email)
      try await anna.get("/bejelentkezes/kod")
    case .recoverPassword:
      try await anna.get("/elfelejtett-jelszo")
      try await anna.post("/elfelejtett-jelszo", ["email": Self.email])
      try await anna.get("/elfelejtett-jelszo/uj-jelszo")
    case .resendRecoveryCode:
      try await begin(.recoverPassword, anna, stage)
      stage.clock.advance(by: 61)
    case .undoUserName: try await anna.get("/cim-visszaallitas")
    case .changePassword: try await anna.get("/fiok/jelszo")
    case .changeUserName: try await anna.get("/fiok/felhasznalonev")
    case .changeCorrespondence: try await anna.get("/fiok/levelezesi-cim")
    case .askForCopy, .askForErasure: try await anna.get("/fiok/adataim")
    case .stepUp:
      try await anna.askForStepUp()
      try await anna.get("/fiok/biztonsagi-kod")
    }
  }

  /// The last step.
  ///
  /// - Returns: whether it did what it is for.
  private func finish(_ way: Way, _ anna: CustomerClient, _ stage: Stage) async throws -> Bool {
    switch way {
    case .identify:
      let answer = try await anna.post("/regisztracio", CustomerClient.claim(of: .anna))
      return answer.location == "/regisztracio/telefonszam"
    case .enterCode:
      guard let code = try? await stage.smsCode() else { return false }
      let answer = try await anna.post(
        "/regisztracio/telefonszam", ["code": String(code.suffix(5))])
      return answer.location == "/regisztracio/email"
    case .resendCode:
      let before = try await stage.audited("sms_sent")
      try await anna.post("/regisztracio/telefonszam/uj-kod")
      return try await stage.audited("sms_sent") > before
    case .giveAddress:
      let answer = try await anna.post(
        "/regisztracio/email", CustomerClient.answers(email: Self.email))
      return answer.location == "/regisztracio/jelszo"
    case .choosePassword:
      try await anna.post(
        "/regisztracio/jelszo", ["password": Stage.password, "passwordAgain": Stage.password])
      return try await stage.count("account") == 1
    case .logIn:
      let before = try await stage.audited("logged_in")
      try await anna.post(
        "/bejelentkezes", ["username": Self.email, "password": Stage.password])
      return try await stage.audited("logged_in") > before
    case .confirmAddress:
      let code = try await stage.emailCode()
      try await anna.post("/megerosites", ["code": String(code.suffix(5))])
      return try await stage.audited("email_confirmed") == 1
    case .correctAddress:
      try await anna.post(
        "/megerosites/email-cim", ["email": "uj@pelda.hu", "password": Stage.password])
      return try await stage.audited("email_corrected") == 1
    case .resendEmailCode:
      let before = try await stage.audited("email_code_sent")
      try await anna.post("/megerosites/uj-kod")
      return try await stage.audited("email_code_sent") > before
    case .home: return try await anna.get("/fiok").heading?.hasPrefix("Üdvözöljük") == true
    case .devices:
      return try await anna.get("/fiok/biztonsag").says(Words.say("devices.activity"))
    case .endSessions:
      try await anna.post("/fiok/biztonsag/kijelentkezes", ["session": "all"])
      return try await stage.audited("all_sessions_ended") == 1
    case .enterLoginCode, .recoverPassword, .resendRecoveryCode, .undoUserName, .changePassword,
      .changeUserName, .changeCorrespondence, .askForCopy, .askForErasure, .stepUp:
      return try await finishOwners(way, anna, stage)
    }
  }

  /// The last step of what only an account's owner may do.
  private func finishOwners(
    _ way: Way, _ anna: CustomerClient, _ stage: Stage
  ) async throws -> Bool {
    switch way {
    case .enterLoginCode:
      let before = try await stage.audited("logged_in")
      let code = try await stage.emailCode()
      try await anna.post("/bejelentkezes/kod", ["code": String(code.suffix(5))])
      return try await stage.audited("logged_in") > before
    case .recoverPassword:
      let code = try await stage.emailCode()
      try await anna.post(
        "/elfelejtett-jelszo/uj-jelszo",
        [
          "code": String(code.suffix(5)), "password": Self.newPassword,
          "passwordAgain": Self.newPassword,
        ])
      return try await stage.audited("password_recovered") == 1
    case .resendRecoveryCode:
      // The answer is the same for everybody; only the mailbox knows.
      let before = try await stage.post().count { $0.to == Self.email }
      try await anna.post("/elfelejtett-jelszo/uj-kod")
      return try await stage.post().count { $0.to == Self.email } > before
    case .undoUserName:
      let code = try #require(try await undoCode(stage))
      try await anna.post("/cim-visszaallitas", ["email": Self.email, "code": code])
      return try await stage.audited("user_name_restored") == 1
    case .changePassword:
      try await anna.post(
        "/fiok/jelszo",
        [
          "currentPassword": Stage.password, "password": Self.newPassword,
          "passwordAgain": Self.newPassword,
        ])
      return try await stage.audited("password_changed") == 1
    case .changeUserName:
      try await anna.post(
        "/fiok/felhasznalonev", ["email": "uj@pelda.hu", "password": Stage.password])
      return try await stage.audited("address_code_sent") == 1
    case .changeCorrespondence:
      try await anna.post(
        "/fiok/levelezesi-cim", ["email": "uj@pelda.hu", "password": Stage.password])
      return try await stage.audited("address_code_sent") == 1
    case .askForCopy, .askForErasure:
      let kind = way == .askForCopy ? "copy" : "erasure"
      try await anna.post("/fiok/adataim", ["kind": kind, "password": Stage.password])
      return try await stage.audited("data_requested") == 1
    case .stepUp:
      let code = try await stage.smsCode()
      try await anna.post("/fiok/biztonsagi-kod", ["code": String(code.suffix(5))])
      return try await stage.audited("step_up_proven") == 1
    default: throw Stage.NoCode()
    }
  }

  private static let newPassword = "Napraforgo31"

  /// The code in the letter to the old user name.
  private func undoCode(_ stage: Stage) async throws -> String? {
    let letter = try await stage.post().first {
      $0.to == Self.email && $0.text.contains("/cim-visszaallitas")
    }
    let symbols = Set(CodeAlphabet.unambiguous.symbols)
    return letter?.text.split { !$0.isLetter && !$0.isNumber }
      .first { $0.utf8.count == 6 && $0.utf8.allSatisfy(symbols.contains) }.map(String.init)
  }

  /// Somebody changes Anna's user name.
  private func changeUserName(_ anna: CustomerClient, _ stage: Stage) async throws {
    try await anna.get("/fiok/felhasznalonev")
    try await anna.post(
      "/fiok/felhasznalonev", ["email": "tolvaj@pelda.hu", "password": Stage.password])
    try await anna.get("/fiok/felhasznalonev/megerosites")
    let code = String(try await stage.emailCode().suffix(5))
    try await anna.post("/fiok/felhasznalonev/megerosites", ["code": code])
  }

  /// What there has to be before the way begins.
  private func prepare(_ way: Way, _ anna: CustomerClient, _ stage: Stage) async throws {
    guard !way.isRegistration else { return }
    switch way {
    case .home, .devices, .endSessions, .recoverPassword, .resendRecoveryCode, .changePassword,
      .changeUserName, .changeCorrespondence, .askForCopy, .askForErasure:
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
    case .stepUp:
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      try await close(.loginIsOld, anna, stage)
    case .undoUserName:
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      try await changeUserName(anna, stage)
    case .enterLoginCode:
      try await anna.register(.anna, email: Self.email, on: stage)
      try await close(.loginThrottled, anna, stage)
    case .logIn: try await anna.register(.anna, email: Self.email, on: stage)
    default:
      try await anna.register(.anna, email: Self.email, on: stage)
      try await anna.logIn(Self.email)
    }
  }

  /// Gates that say something about a way at all: an account needs no registration, and a
  /// registration no account.
  private static func concerns(_ gate: Gate, _ way: Way) -> Bool {
    switch gate {
    case .flowExpired: way.isRegistration
    case .emailUnverified, .sessionRevoked, .loginThrottled: !way.isRegistration
    case .loginIsOld, .browserIsNew: !way.isRegistration
    case .lockedByStaff, .lockedForNewProof: !way.isRegistration
    case .smsStepDisabled, .registerRowWithdrawn, .blocked, .deceased, .closed, .gone: true
    }
  }

  static let cells = Way.allCases.flatMap { way in
    Gate.allCases.filter { concerns($0, way) }.map { (way, $0) }
  }

  @Test(arguments: cells)
  func `a gate that is closed from the start stops what it is for and nothing else`(
    way: Way, gate: Gate
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await prepare(way, anna, stage)
      // What was sent has arrived; an import takes back only what still waits.
      _ = try await stage.post()
      try await close(gate, anna, stage)
      try await begin(way, anna, stage)
      let isDone = try await finish(way, anna, stage)
      #expect(isDone != way.closedBy.before.contains(gate))
    }
  }

  @Test(arguments: cells)
  func `a gate that closes on the way stops the last step`(way: Way, gate: Gate) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await prepare(way, anna, stage)
      try await begin(way, anna, stage)
      _ = try await stage.post()
      try await close(gate, anna, stage)
      let isDone = try await finish(way, anna, stage)
      #expect(isDone != way.closedBy.between.contains(gate))
    }
  }

  @Test(arguments: [Way.home, .devices])
  func `who has left the register sees nothing of it any more`(way: Way) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await prepare(way, anna, stage)
      try await close(.registerRowWithdrawn, anna, stage)
      let page = try await anna.get(way == .home ? "/fiok" : "/fiok/biztonsag")
      #expect(page.status == .ok)
      #expect(!page.says("LA-2023-004512") && !page.says("Kovács"))
    }
  }
}
