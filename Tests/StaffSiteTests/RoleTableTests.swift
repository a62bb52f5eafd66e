internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import StaffSite
internal import TestSupport
internal import Testing

/// Every cell of the table is run (attack 86).
@Suite struct `The table of roles` {
  @Test func `has a line for every path and every act`() {
    #expect(
      Set(RoleTable.paths.keys).union(RoleTable.open) == Set(StaffPath.allCases))
    #expect(Set(RoleTable.acts.keys) == Set(CaseAct.allCases))
    for (path, roles) in RoleTable.paths { #expect(path.duty?.roles == roles, "\(path)") }
  }

  @Test func `lets nobody in who is not logged in`() async throws {
    let stage = try await Stage()
    try await stage.playForStaff { browser in
      // A page with a form, so that what is posted has a token.
      try await browser.get("/munkatars/bejelentkezes")
      for path in RoleTable.paths.keys {
        for method in path.methods where method != .head {
          let answer =
            method == .get
            ? try await browser.copy().get(path.rawValue)
            : try await browser.copy().post(path.rawValue)
          #expect(answer.location == "/munkatars/bejelentkezes", "\(method) \(path.rawValue)")
        }
      }
    }
  }

  @Test(arguments: StaffRole.allCases)
  func `opens each path to exactly the roles that it names`(role: StaffRole) async throws {
    let stage = try await Stage()
    let colleague = try await stage.colleague(role)
    try await stage.playForStaff { browser in
      try await browser.logIn(colleague, on: stage)
      for (path, roles) in RoleTable.paths {
        for method in path.methods where method != .head {
          try await browser.get("/munkatars/kereses")
          let answer =
            method == .get
            ? try await browser.get(path.rawValue) : try await browser.post(path.rawValue)
          #expect(
            (answer.status == .forbidden) == !roles.contains(role),
            "\(role) \(method) \(path.rawValue): \(answer.status)")
          #expect(answer.status.code < 500, "\(role) \(method) \(path.rawValue)")
        }
      }
    }
  }

  /// Who sits at a desk, with whom on the line.
  enum Desk: CaseIterable, Sendable {
    case agent
    case agentOfProvenCaller
    case supervisor
    case dataProtection
    case auditor

    var role: StaffRole {
      switch self {
      case .agent, .agentOfProvenCaller: .agent
      case .supervisor: .supervisor
      case .dataProtection: .dataProtection
      case .auditor: .auditor
      }
    }
  }

  @Test(arguments: Desk.allCases, CaseAct.allCases)
  func `opens each act to exactly the roles that it names`(desk: Desk, act: CaseAct) async throws {
    var limits = Limits()
    limits.mismatchesPerNumberPerHour = 1
    let stage = try await Stage(limits: limits)
    let operand = try await stage.prepare(for: act, email: "anna@pelda.hu")
    _ = try await stage.post()
    stage.clock.advance(by: 120)
    let colleague = try await stage.colleague(desk.role)
    try await stage.playForStaff { browser in
      try await browser.logIn(colleague, on: stage)
      let number = try #require(try await browser.openCase(of: Cast.anna.number).number)
      if desk == .agentOfProvenCaller { try await browser.proveCaller(in: number, on: stage) }
      let isNamed = RoleTable.acts[act]?.contains(desk.role) == true
      let shown = try await browser.get(
        "/munkatars/ugy/intezkedes?szam=\(number)&mit=\(act.rawValue)")
      #expect((shown.status == .forbidden) == !isNamed)
      let before = try await stage.contents(except: Self.traces)
      let answer = try await browser.doAct(act.rawValue, with: operand, in: number)
      let after = try await stage.contents(except: Self.traces)
      let changed = Set(after.keys.filter { after[$0] != before[$0] })
      if !isNamed {
        #expect(answer.status == .forbidden)
        #expect(changed.subtracting(["audit_event"]).isEmpty, "\(changed)")
      } else if desk == .agent, RoleTable.withProof.contains(act) {
        #expect(answer.status == .unprocessableContent, "\(answer.main)")
        #expect(changed.subtracting(["audit_event"]).isEmpty, "\(changed)")
      } else if RoleTable.withConsent.contains(act) {
        #expect(answer.location?.hasSuffix("uzenet=jovahagyasra-var") == true, "\(answer.main)")
        #expect(changed == ["audit_event", "staff_consent"])
      } else {
        #expect(answer.location?.hasSuffix("uzenet=megtortent") == true, "\(answer.main)")
        #expect(changed.contains("audit_event"))
      }
    }
  }

  private static let traces: Set<String> = ["staff_session.last_used_at"]
}

extension CustomerClient {
  /// The caller reads out the code that went to the phone on file.
  func proveCaller(in number: String, on stage: Stage) async throws {
    try await get("/munkatars/ugy?szam=\(number)")
    try await post("/munkatars/ugy/kod", ["szam": number])
    let code = try await stage.smsCode()
    try await get("/munkatars/ugy?szam=\(number)")
    let answer = try await post("/munkatars/ugy/azonositas", ["szam": number, "code": code])
    #expect(answer.location?.hasSuffix("uzenet=azonositva") == true)
  }
}

extension CustomerClient.Answer {
  /// Of the case that the page shows.
  var number: String? { hidden["szam"] ?? firstNumber }

  private var firstNumber: String? {
    guard let match = body.firstMatch(of: #/szam=([0-9]+)/#) else { return nil }
    return String(match.1)
  }
}
