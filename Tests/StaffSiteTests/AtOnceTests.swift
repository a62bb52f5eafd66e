internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Outbox
internal import TestSupport
internal import Testing

/// Two colleagues have the same case open, and press at the same time.
@Suite struct `Two colleagues at once` {
  /// What each does, and the rows of the trail of which only one may appear.
  private static let pairs: [(CaseAct, CaseAct, [String])] = [
    (.finishRequest, .declineRequest, ["data_request_done", "data_request_declined"]),
    (.declineRequest, .declineRequest, ["data_request_declined"]),
    (.cancelMessage, .cancelMessage, ["message_cancelled"]),
    (.freeAddress, .freeAddress, ["address_freed"]),
  ]

  @Test(arguments: pairs)
  func `do it once, and the other is told that the case has changed`(
    one: CaseAct, other: CaseAct, traces: [String]
  ) async throws {
    let stage = try await Stage()
    let operand = try await stage.prepare(for: one, email: "anna@pelda.hu")
    let role: StaffRole = one.duty == .dataRequests ? .dataProtection : .supervisor
    let locations = Collected()
    try await stage.playForStaff { browser in
      var desks: [(CustomerClient, String, CaseAct)] = []
      for (name, act) in [("egy", one), ("ketto", other)] {
        let desk = browser.stranger()
        try await desk.logIn(try await stage.colleague(role, named: name), on: stage)
        let number = try #require(try await desk.openCase(of: Cast.anna.number).number)
        desks.append((desk, number, act))
      }
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for (desk, number, act) in desks {
          tasks.addTask {
            let answer = try await desk.doAct(act.rawValue, with: operand, in: number)
            locations.add(answer.location ?? "\(answer.status)")
          }
        }
        try await tasks.waitForAll()
      }
    }
    let done = locations.all.count { $0.hasSuffix("uzenet=megtortent") }
    let late = locations.all.count { $0.hasSuffix("uzenet=nem-idoszeru") }
    #expect(done == 1 && late == 1, "\(locations.all)")
    #expect(try await stage.audit().count { traces.contains($0.kind) } == 1)
    #expect(try await stage.messages().values.count { $0 == .dataRequestDeclined } <= 1)
  }

  @Test func `correct an address to two: the code goes to the one that the account has`()
    async throws
  {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anan@pelda.hu")
    _ = try await stage.post()
    try await stage.playForStaff { browser in
      var desks: [(CustomerClient, String, String)] = []
      for name in ["egy", "ketto"] {
        let desk = browser.stranger()
        try await desk.logIn(try await stage.colleague(.supervisor, named: name), on: stage)
        let number = try #require(try await desk.openCase(of: Cast.anna.number).number)
        desks.append((desk, number, "\(name)@pelda.hu"))
      }
      stage.clock.advance(by: 120)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for (desk, number, email) in desks {
          tasks.addTask {
            _ = try await desk.doAct("correct_email", with: email, in: number)
          }
        }
        try await tasks.waitForAll()
      }
    }
    let letters = try await stage.post().filter { $0.channel == .email }
    let last = try #require(letters.first?.to)
    let (_, account) = try await stage.login(last)
    #expect(account.email.address == last)
    let code = try CodeEntry(try await stage.emailCode(), alphabet: .unambiguous)
    #expect(try await stage.confirmations.enterCode(code, of: account.id) == .confirmed)
  }
}

extension Stage {
  fileprivate func login(_ email: String) async throws -> (Token, Account) {
    guard
      case .loggedIn(let token, _) = try await logins.logIn(
        userName: email, password: Stage.password),
      let account = try await sessions.resume(token)
    else { throw NoCode() }
    return (token, account)
  }
}
