internal import Accounts
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Persistence
internal import StaffSite
internal import TestSupport
internal import Testing

/// Without its row in the trail no answer tells anything of a customer, on any path (D 14).
@Suite struct `While the trail takes no rows` {
  /// What is Anna's: in full, masked, or what staff wrote about her.
  private static let signs = [
    Cast.anna.number, Cast.anna.name, "301234567", "anna@pelda.hu", "kovacs.anna@example.hu",
    "•", "bizonyította",
  ]

  private static func tells(_ answer: CustomerClient.Answer) -> Bool {
    // The layout and the case that was typed are the colleague's own.
    signs.contains { (answer.main.isEmpty ? answer.body : answer.main).contains($0) }
  }

  @Test(arguments: StaffRole.allCases)
  func `every path that tells of a customer answers 503, and none does anything`(
    role: StaffRole
  ) async throws {
    let stage = try await Stage()
    try await stage.fillEveryList()
    let colleague = try await stage.colleague(role)
    try await stage.playForStaff { browser in
      try await browser.logIn(colleague, on: stage)
      let hit = try #require(try await browser.search(Cast.anna.number).firstHit)
      let page = try await browser.openCase(of: Cast.anna.number)
      let number = try #require(page.number)
      let fields = [
        "szam": number, "hit": hit, "reason": "call", "words": "telefon", "value": "phone",
        "mit": "end_sessions", "code": "123456", "consent": "1", "decision": "yes",
        "request": "1", "term": Cast.anna.number, "name": colleague.name,
        "password": colleague.password,
      ]
      let calls = StaffPath.allCases.flatMap { path in
        path.methods.filter { $0 != .head }.map { (path, $0) }
      }
      func call(_ path: StaffPath, _ method: HTTPRequest.Method) async throws
        -> CustomerClient.Answer
      {
        // A copy has the page in hand, with its form's token.
        let copy = browser.copy()
        return method == .get
          ? try await copy.get("\(path.rawValue)?szam=\(number)&mit=end_sessions")
          : try await copy.post(path.rawValue, fields)
      }
      var telling: Set<StaffPath> = []
      for (path, method) in calls where method == .get {
        if Self.tells(try await call(path, method)) { telling.insert(path) }
      }
      #expect(telling.isSuperset(of: [.search, .caseFile]), "\(telling)")

      let before = try await stage.contents(except: Self.traces)
      try await stage.refuseTheTrail()
      for (path, method) in calls {
        let answer = try await call(path, method)
        #expect(!Self.tells(answer), "\(method) \(path.rawValue)")
        if method == .get, telling.contains(path) {
          #expect(answer.status == .serviceUnavailable, "\(path.rawValue)")
          #expect(answer.headers[.retryAfter] != nil, "\(path.rawValue)")
        }
        if Self.showing.contains(path), path.duty.map(colleague.role.may) == true {
          #expect(answer.status == .serviceUnavailable, "\(path.rawValue)")
        }
      }
      try await stage.acceptTheTrail()
      var after = try await stage.contents(except: Self.traces)
      for table in Self.counts { after[table] = before[table] }
      #expect(after == before)
    }
  }

  /// What shows a value or a file after a click.
  private static let showing: Set<StaffPath> = [.openCase, .reveal, .copyOfData]
  private static let traces: Set<String> = ["staff_session.last_used_at"]
  /// Tries are counted before anything else (R6).
  private static let counts = ["event_count", "login_throttle", "anonymous_event"]
}

extension Stage {
  /// A request, a consent and a message in trouble, all of them Anna's.
  func fillEveryList() async throws {
    let (_, account) = try await loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await dataRights.askForCopy(account)
    let now = clock.now
    let asker = try await colleague(.supervisor, named: "kero")
    try await store.write { transaction in
      try transaction.perform(
        "UPDATE message SET state = 'failed', lease_token = NULL WHERE kind = 'email_code'")
      try transaction.perform(
        """
        INSERT INTO staff_consent (act, customer_number, asked_by, reason, asked_at)
        SELECT 'erase', \(Cast.anna.number), id, 'bizonyította', \(now)
        FROM staff_account WHERE name = \(asker.name)
        """)
    }
  }
}
