internal import Accounts
internal import CustomerSite
internal import Domain
internal import HTTPTypes
internal import Persistence
internal import TestSupport
internal import Testing

/// What the register and staff say about an account, at every path that needs a session (D 12); the
/// ways through the other paths are ``Gates``.
@Suite struct `The gate of every path` {
  private static let email = "anna@pelda.hu"

  /// Every path that is open only to who is logged in.
  static let inside = CustomerPath.allCases.filter { path in
    if case .confirmed = AccessTable.lines[path] { return true }
    if case .unconfirmed = AccessTable.lines[path] { return true }
    return false
  }

  /// Forms outside that are no way of their own.
  static let harmless: Set<CustomerPath> = [
    // The first step of the way to a new password.
    .recovery,
    // It only ends a session.
    .logOut,
    // It extends a session: below.
    .timeLimit,
  ]

  static let closing = Gates.Gate.allCases.filter { $0.endsAccount || $0 == .sessionRevoked }

  /// What the register may say without closing an account.
  enum Word: String, CaseIterable, Sendable {
    case renumbered
    /// One import lacks the customer.
    case missing
    case closed
  }

  private struct Asked {
    let path: CustomerPath
    let isPost: Bool
    let answer: CustomerClient.Answer

    var name: String { "\(isPost ? "POST" : "GET") \(path.rawValue)" }
  }

  /// Asks every path inside for its page, and sends it an empty form.
  ///
  /// - Parameter prepare: before each; what one path ends must not be what turns away at the next
  private func askEverywhere(
    _ anna: CustomerClient, _ formToken: String, prepare: () async throws -> Void = {}
  ) async throws -> [Asked] {
    var all: [Asked] = []
    for path in Self.inside {
      for method in [HTTPRequest.Method.get, .post] where path.methods.contains(method) {
        try await prepare()
        let tab = anna.copy()
        let answer =
          if method == .get {
            try await tab.get(path.rawValue)
          } else {
            try await tab.post(path.rawValue, body: "formToken=\(formToken)", headers: [:])
          }
        all.append(Asked(path: path, isPost: method == .post, answer: answer))
      }
    }
    return all
  }

  /// The session as it was before somebody or something ended it.
  private func revive(_ stage: Stage) async throws {
    try await stage.store.write { try $0.perform("UPDATE session SET ended_at = NULL") }
  }

  @Test(arguments: closing)
  func `turns the owner away whatever is asked, with a session that nobody has ended`(
    gate: Gates.Gate
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      let formToken = try #require(
        try await anna.copy().get("/bejelentkezes").hidden["formToken"])
      // A session comes back like this, or nothing below would mean anything.
      try await Gates().close(.sessionRevoked, anna, stage)
      try await revive(stage)
      #expect(try await anna.copy().get("/fiok").status == .ok)

      try await Gates().close(gate, anna, stage)
      func prepare() async throws {
        guard gate != .sessionRevoked else { return }
        try await revive(stage)
      }
      for asked in try await askEverywhere(anna, formToken, prepare: prepare) {
        #expect(asked.answer.status == .seeOther, "\(asked.name)")
        #expect(asked.answer.location == "/bejelentkezes?uzenet=lejart", "\(asked.name)")
      }
      // What a proxy asks for a portal of the insurer's (I7), and what the time limit extends.
      let cookie = try #require(anna.cookie("__Host-session"))
      let token = try #require(Token(cookie))
      try await prepare()
      let account = try await stage.sessions.resume(token)
      try await prepare()
      let extended = try await stage.sessions.extend(token)
      let isGoodForAnything = account != nil || extended != nil
      #expect(!isGoodForAnything)
    }
  }

  @Test(arguments: Word.allCases)
  func `stays open to who was renumbered, is missing once or has no policy any more`(
    word: Word
  ) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: Self.email, on: stage)
      let formToken = try #require(
        try await anna.copy().get("/bejelentkezes").hidden["formToken"])
      switch word {
      case .renumbered: try await stage.renumber(.anna, to: "7654321")
      case .missing: try await stage.leaveOut(.anna)
      case .closed: try await stage.mark(.anna, .closed)
      }
      for asked in try await askEverywhere(anna, formToken) {
        if case .confirmed(let get, let post) = AccessTable.lines[asked.path] {
          #expect(asked.answer.status.code == (asked.isPost ? post : get), "\(asked.name)")
        } else {
          // What is there for who has not confirmed leads home.
          #expect(asked.answer.location == "/fiok", "\(asked.name)")
        }
      }
      let home = try await anna.get("/fiok")
      #expect(home.says("LA-2023-004512") == (word == .renumbered))
      #expect(try await stage.audited("logged_in") == 1)
    }
  }

  @Test func `is tried here, or along a way, for every path that takes a form`() {
    let ways = Set(Gates.Way.allCases.map(\.path))
    #expect(!Self.inside.isEmpty)
    for path in CustomerPath.allCases where path.methods.contains(.post) {
      #expect(
        Self.inside.contains(path) || ways.contains(path) || Self.harmless.contains(path),
        "\(path.rawValue): say which gates close it")
    }
  }
}
