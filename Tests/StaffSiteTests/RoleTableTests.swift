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

  @Test(arguments: StaffRole.allCases)
  func `opens each act to exactly the roles that it names`(role: StaffRole) async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    let colleague = try await stage.colleague(role)
    try await stage.playForStaff { browser in
      try await browser.logIn(colleague, on: stage)
      for act in CaseAct.allCases {
        let page = try await browser.openCase(of: Cast.anna.number)
        #expect(page.status == .ok, "\(role) \(act)")
        let number = try #require(page.number)
        let shown = try await browser.get(
          "/munkatars/ugy/intezkedes?szam=\(number)&mit=\(act.rawValue)")
        let roles = RoleTable.acts[act] ?? []
        #expect((shown.status == .forbidden) == !roles.contains(role), "\(role) \(act)")
        let before = try await stage.contents(except: Self.traces)
        let answer = try await browser.doAct(
          act.rawValue, with: act.operand == .email ? "uj@pelda.hu" : "999999", in: number)
        let after = try await stage.contents(except: Self.traces)
        guard roles.contains(role) else {
          #expect(answer.status == .forbidden, "\(role) \(act)")
          #expect(before["account"] == after["account"], "\(role) \(act)")
          continue
        }
        switch (RoleTable.withProof.contains(act), role) {
        // Nobody has proven the caller.
        case (true, .agent):
          #expect(answer.status == .unprocessableContent, "\(role) \(act)")
          #expect(before["account"] == after["account"], "\(role) \(act)")
        default: #expect(answer.status == .seeOther, "\(role) \(act): \(answer.body)")
        }
        if RoleTable.withConsent.contains(act) {
          #expect(before["account"] == after["account"], "\(role) \(act)")
          #expect(before["account_lock"] == after["account_lock"], "\(role) \(act)")
        }
      }
    }
  }

  private static let traces: Set<String> = ["account.code_sent_at"]
}

extension CustomerClient.Answer {
  /// Of the case that the page shows.
  var number: String? { hidden["szam"] ?? firstNumber }

  private var firstNumber: String? {
    guard let match = body.firstMatch(of: #/szam=([0-9]+)/#) else { return nil }
    return String(match.1)
  }
}
