import Accounts
import Domain
import Foundation
import Persistence
import TestSupport
import Testing
import Wording

/// A customer is forgotten, and what must be kept is kept without a name.
struct ErasureTests {
  private let number = "1234567"

  /// Every row outside the register that holds the words.
  private func rows(with words: String, _ stage: Stage) async throws -> [String] {
    try await stage.contents().filter { !$0.key.hasPrefix("register_") }
      .flatMap { table, rows in rows.filter { $0.contains(words) }.map { "\(table): \($0)" } }
      .sorted()
  }

  private func anna(_ stage: Stage) async throws -> (Token, Account) {
    let anna = try await stage.confirmed(.anna, email: "anna@pelda.hu")
    // Things that name her besides the account.
    _ = try await stage.identified(.anna)
    _ = try await stage.logIn("anna@pelda.hu", "Rossz1")
    _ = try await stage.dataRights.askForCopy(anna.1)
    return anna
  }

  @Test(arguments: Stage.Ground.allCases)
  func `nothing names the customer any more, and nobody else is touched`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (token, _) = try await anna(stage)
      _ = try await stage.registered(.peter, email: "peter@pelda.hu")
      let peters = try await rows(with: "2345678", stage)
      let events = try await stage.count("audit_event")
      #expect(!(try await rows(with: number, stage)).isEmpty)
      guard
        case .erased(let pseudonym) = try await stage.records.erase(
          CustomerNumber(number), by: "staff")
      else {
        Issue.record("Nothing was erased.")
        return
      }
      for words in [number, "anna@pelda.hu", "+36301234567"] {
        #expect(try await rows(with: words, stage) == [])
      }
      #expect(!pseudonym.contains(number))
      #expect(try await stage.sessions.resume(token) == nil)
      #expect(try await !stage.logIn("anna@pelda.hu").isLoggedIn)
      #expect(try await stage.count("declaration") == 8)
      #expect(try await stage.count("audit_event") == events + 1)
      #expect(try await rows(with: "2345678", stage) == peters)
      #expect(try await stage.logIn("peter@pelda.hu").isLoggedIn)
      #expect(try await stage.records.openRequests().isEmpty)
      #expect(try await stage.records.tombstones().map(\.erasedBy) == ["staff"])
    }
  }

  @Test func `a browser that still has the registration's cookie is a stranger`() async throws {
    let stage = try await Stage()
    let token = try await stage.registered(.anna, email: "anna@pelda.hu")
    _ = try await stage.records.erase(CustomerNumber(number), by: "staff")
    #expect(try await stage.registrations.standing(of: token) == nil)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `erasing twice, and ten times at once, is erasing once`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      _ = try await anna(stage)
      let outcomes = try await atOnce(10) { _ in
        try await stage.records.erase(CustomerNumber("1234567"), by: "staff")
      }
      #expect(outcomes.count { $0 == .nothingKept } == 9)
      let before = try await stage.contents()
      #expect(
        try await stage.records.erase(CustomerNumber(number), by: "staff") == .nothingKept)
      #expect(try await stage.contents() == before)
    }
  }

  @Test func `who was forgotten may register again, and is not forgotten by the past`()
    async throws
  {
    let stage = try await Stage()
    _ = try await anna(stage)
    _ = try await stage.records.erase(CustomerNumber(number), by: "staff")
    stage.clock.advance(by: 86_400)
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    #expect(try await stage.logIn("anna@pelda.hu").isLoggedIn)
    stage.clock.advance(by: 61)
    _ = try await stage.seals.seal()
    #expect(try await stage.records.replay() == 0)
    #expect(try await stage.logIn("anna@pelda.hu").isLoggedIn)
  }

  @Test func `after a restore the erasure is done again`() async throws {
    // Two of the same seed are one database and its backup.
    let (present, backup) = (try await Stage(), try await Stage())
    for stage in [present, backup] {
      _ = try await stage.registered(.anna, email: "anna@pelda.hu")
      stage.clock.advance(by: 61)
      _ = try await stage.seals.seal()
    }
    _ = try await present.records.erase(CustomerNumber(number), by: "staff")
    let stones = try await present.records.tombstones()
    #expect(try await backup.records.replay() == 0)
    #expect(try await backup.records.replay(stones) == 1)
    #expect(try await backup.records.tombstones().map(\.pseudonym) == stones.map(\.pseudonym))
    #expect(try await rows(with: "anna@pelda.hu", backup) == [])
    #expect(try await backup.records.replay(stones) == 0)
  }

  @Test func `of who was never here there is nothing to erase, to show or to copy`() async throws {
    let stage = try await Stage()
    let number = try CustomerNumber(number)
    #expect(try await stage.records.erase(number, by: "staff") == .nothingKept)
    #expect(try await stage.records.summary(of: number) == nil)
    #expect(try await stage.records.export(of: number) == nil)
  }

  // MARK: A copy

  @Test func `a copy holds everything of one person, and no secret`() async throws {
    let stage = try await Stage()
    let (_, account) = try await anna(stage)
    // Recognised from then on.
    _ = try await stage.logIn("anna@pelda.hu")
    _ = try await stage.change(to: "level@pelda.hu", for: .correspondence, of: account)
    _ = try await stage.change(to: "uj@pelda.hu", for: .userName, of: account)
    _ = try await stage.recovering("uj@pelda.hu")
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    let json = try #require(try await stage.records.export(of: CustomerNumber(number)))
    let sections = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [[String: Any]]])
    #expect(
      Set(sections.keys) == [
        "export", "accounts", "declarations", "sessions", "known_devices", "recoveries",
        "requests", "correspondence_address", "address_changes", "former_user_names", "messages",
        "handed_over", "registrations", "audit", "register", "policies", "locks",
        "earlier_customer_numbers",
      ])
    #expect(
      sections.filter(\.value.isEmpty).keys.sorted() == ["earlier_customer_numbers", "locks"])
    #expect(sections["declarations"]?.count == 4)
    #expect(sections["accounts"]?.first?["user_name"] as? String == "uj@pelda.hu")
    #expect(sections["correspondence_address"]?.first?["email"] as? String == "level@pelda.hu")
    #expect(sections["former_user_names"]?.first?["email"] as? String == "anna@pelda.hu")
    #expect(sections["handed_over"]?.count == 2)
    #expect(sections["register"]?.first?["mobile_number"] as? String == "+36301234567")
    let words = stage.world.brand.texts(in: .hungarian)["contact.marketing.text"]
    #expect(sections["declarations"]?.contains { $0["text"] as? String == words } == true)
    #expect(!json.contains("argon2") && !json.contains("peter@") && !json.contains("2345678"))
    #expect(try await stage.audited("data_exported") == 1)
  }

  @Test func `staff sees an account masked`() async throws {
    let stage = try await Stage()
    _ = try await anna(stage)
    let summary = try #require(try await stage.records.summary(of: CustomerNumber(number)))
    #expect(summary.contains("a•••@p•••.hu") && summary.contains("open request     copy"))
    #expect(!summary.contains("anna@pelda.hu") && !summary.contains(number))
  }

  // MARK: Requests

  @Test(arguments: Stage.Ground.allCases)
  func `who asks ten times has asked once, and may ask again when it is done`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
      let outcomes = try await atOnce(10) { _ in try await stage.dataRights.askForCopy(account) }
      #expect(outcomes.allSatisfy { $0 == .asked })
      let open = try await stage.records.openRequests()
      #expect(open.map(\.kind) == [.copy] && open.map(\.customer) == [number])
      #expect(try await stage.audited("data_requested") == 1)
      let id = try #require(open.first?.id)
      #expect(try await stage.records.finishRequest(id) == .done)
      #expect(try await stage.records.finishRequest(id) == .notOpen)
      #expect(try await stage.dataRights.open(of: account).isEmpty)
      _ = try await stage.dataRights.askForCopy(account)
      #expect(try await stage.dataRights.open(of: account).map(\.kind) == [.copy])
    }
  }

  @Test(arguments: Stage.Ground.allCases)
  func `who asks to be forgotten is not told that it is done before it is`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
      #expect(
        try await stage.dataRights.askForErasure(account, password: Stage.password) == .asked)
      let id = try #require(try await stage.records.openRequests().first?.id)
      #expect(try await stage.records.finishRequest(id) == .asksForErasure(customer: number))
      #expect(try await stage.records.openRequests().map(\.id) == [id])
      #expect(try await stage.audited("data_request_done") == 0)
      _ = try await stage.records.erase(CustomerNumber(number), by: "staff")
      #expect(try await stage.records.openRequests().isEmpty)
      #expect(try await stage.records.finishRequest(id) == .notOpen)
    }
  }

  // Attack 34: a stolen cookie alone.
  @Test func `erasure is asked for with the password, and a wrong one counts like a login`()
    async throws
  {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    for _ in 1...4 {
      #expect(
        try await stage.dataRights.askForErasure(account, password: "Rossz1") == .wrongPassword)
    }
    #expect(
      try await stage.dataRights.askForErasure(account, password: Stage.password)
        == .wrongPassword)
    #expect(try await stage.count("data_request") == 0)
    stage.clock.advance(by: 61)
    #expect(
      try await stage.dataRights.askForErasure(account, password: Stage.password) == .asked)
    let request = try #require(try await stage.dataRights.open(of: account).first)
    #expect(request.answerBy == stage.clock.now.addingTimeInterval(30 * 86_400))
  }

  @Test(arguments: [(0.0, 1), (1, 0)])
  func `a request is forgotten three years after it was carried out`(
    more: TimeInterval, left: Int
  ) async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await stage.dataRights.askForCopy(account)
    stage.clock.advance(by: 4 * 365 * 86_400)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("data_request") == 1)
    let id = try #require(try await stage.records.openRequests().first?.id)
    _ = try await stage.records.finishRequest(id)
    stage.clock.advance(by: 3 * 365 * 86_400 + more)
    try await Retention(world: stage.world).sweep()
    #expect(try await stage.count("data_request") == left)
  }
}
