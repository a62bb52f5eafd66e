internal import CustomerSite
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Every role at every path (ASVS 8.2.1; attacks 9, 10, 35, 86).
@Suite struct `Who may do what` {
  /// The first step comes last: an empty form there begins a registration.
  static let paths = CustomerPath.allCases.filter { $0 != .identify } + [.identify]

  private func become(
    _ role: Role, _ browser: CustomerClient, _ stage: Stage
  ) async throws {
    switch role {
    case .anonymous: break
    case .mismatched:
      try await browser.get("/regisztracio")
      try await browser.post(
        "/regisztracio",
        ["kind": "customer", "customerNumber": "7777777", "mobileNumber": "06301234567"])
    case .phone: try await browser.identify(.anna)
    case .email:
      try await become(.phone, browser, stage)
      try await browser.proveThePhone(on: stage)
    case .password:
      try await become(.email, browser, stage)
      try await browser.giveAddress("anna@pelda.hu")
    case .finished: try await browser.register(.anna, email: "anna@pelda.hu", on: stage)
    case .unconfirmed:
      try await become(.finished, browser, stage)
      browser.set("__Host-registration", to: nil)
      try await browser.logIn("anna@pelda.hu")
    case .confirmed:
      try await become(.unconfirmed, browser, stage)
      try await browser.confirmTheAddress(on: stage)
    case .otherCustomer:
      try await browser.stranger().enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      try await browser.enterThePortal(.peter, email: "peter@pelda.hu", on: stage)
      browser.set("__Host-registration", to: nil)
    }
  }

  /// What the table promises.
  private struct Promise {
    /// Statuses that fit.
    var status: Set<Int>
    /// Where a redirect leads, if it matters.
    var location: String?
    /// Whether the path did its own work, or turned the person away.
    var isOpen: Bool
  }

  private func promise(_ access: Access, _ role: Role, isPost: Bool) -> Promise {
    let isLoggedIn = [.unconfirmed, .confirmed, .otherCustomer].contains(role)
    switch access {
    case .everybody(let get, let post):
      return Promise(status: [isPost ? post : get], isOpen: true)
    case .registering(let roles, let post):
      if roles.contains(role) { return Promise(status: [isPost ? post : 200], isOpen: true) }
      // A GET says where the person is, a POST leads there.
      return Promise(status: [isPost ? 303 : 200], isOpen: false)
    case .unconfirmed(let post):
      guard isLoggedIn else {
        return Promise(status: [303], location: "/bejelentkezes", isOpen: false)
      }
      return role == .unconfirmed
        ? Promise(status: [isPost ? post : 200], isOpen: true)
        : Promise(status: [303], location: "/fiok", isOpen: false)
    case .confirmed(let get, let post):
      guard isLoggedIn else {
        return Promise(status: [303], location: "/bejelentkezes", isOpen: false)
      }
      return role == .unconfirmed
        ? Promise(status: [403], isOpen: false)
        : Promise(status: [isPost ? post : get], isOpen: true)
    }
  }

  private func check(
    _ answer: CustomerClient.Answer, _ promise: Promise, _ path: CustomerPath, _ verb: String
  ) {
    #expect(promise.status.contains(answer.status.code), "\(verb) \(path.rawValue)")
    if let location = promise.location {
      #expect(answer.location == location, "\(verb) \(path.rawValue)")
    }
    if !promise.isOpen {
      for word in ["LA-2023-004512", "GF-2024-118203", "anna@pelda.hu"] {
        #expect(!answer.says(word), "\(verb) \(path.rawValue)")
      }
    }
  }

  @Test func `every path has a line in the table`() {
    for path in Self.paths {
      #expect(AccessTable.lines[path] != nil, "\(path.rawValue): decide who may do it")
    }
  }

  @Test(arguments: Role.allCases)
  func `is as the table says for every path and both verbs`(role: Role) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      try await become(role, browser, stage)
      for path in Self.paths {
        guard let access = AccessTable.lines[path] else { continue }
        if path.methods.contains(.get) {
          let answer = try await browser.copy().get(path.rawValue)
          check(answer, promise(access, role, isPost: false), path, "GET")
        }
        guard path.methods.contains(.post), path != .logOut else { continue }
        let tab = browser.copy()
        let token = try #require(try await tab.get("/bejelentkezes").hidden["formToken"])
        let before = try await stage.contents(except: ["session.last_used_at"])
        let answer = try await tab.post(path.rawValue, body: "formToken=\(token)", headers: [:])
        let promise = promise(access, role, isPost: true)
        check(answer, promise, path, "POST")
        if !promise.isOpen {
          #expect(
            try await stage.contents(except: ["session.last_used_at"]) == before,
            "\(path.rawValue)")
        }
      }
    }
  }

  @Test(arguments: Role.allCases)
  func `no other verb is taken anywhere`(role: Role) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      try await become(role, browser, stage)
      let verbs: [HTTPRequest.Method] = [.get, .put, .delete, .patch]
      for path in Self.paths {
        for verb in verbs where !path.methods.contains(verb) {
          let answer = try await browser.copy().send(verb, path.rawValue, [:], nil)
          #expect(answer.status == .methodNotAllowed, "\(verb) \(path.rawValue)")
        }
      }
    }
  }

  @Test(arguments: Role.allCases)
  func `what has no path is open to nobody`(role: Role) async throws {
    let stage = try await Stage()
    try await stage.play { browser in
      try await become(role, browser, stage)
      let made = [
        "/fiok/x.css", "/fiok/biztonsag/x", "/fiok/biztonsag/1", "/fiok/..%2ffiok", "/admin",
        "/fiok/biztonsag/kijelentkezes/x",
      ]
      for path in made {
        let answer = try await browser.copy().get(path)
        #expect(answer.status == .notFound, "\(path)")
        #expect(!answer.says("LA-2023-004512"), "\(path)")
      }
    }
  }

  @Test func `everything of the account opens at once with the confirmation (attack 35)`()
    async throws
  {
    let stage = try await Stage()
    let inside = Self.paths.filter { path in
      if case .confirmed = AccessTable.lines[path] { return path.methods.contains(.get) }
      return false
    }
    #expect(!inside.isEmpty)
    try await stage.play { anna in
      try await become(.unconfirmed, anna, stage)
      for path in inside {
        let limited = try await anna.get(path.rawValue)
        #expect(limited.status == .forbidden, "\(path.rawValue)")
        #expect(limited.heading == Words.say("notice.limited.title"), "\(path.rawValue)")
        #expect(limited.main.contains("href=\"/megerosites\""), "\(path.rawValue)")
        #expect(!limited.body.contains("account-nav"), "\(path.rawValue)")
      }
      try await anna.confirmTheAddress(on: stage)
      for path in inside {
        guard case .confirmed(let get, _) = AccessTable.lines[path] else { continue }
        #expect(try await anna.get(path.rawValue).status.code == get, "\(path.rawValue)")
      }
    }
  }

  @Test func `every page of the account has its menu, with where it is (ASVS 7.4.4)`()
    async throws
  {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      for path in Self.paths {
        guard case .confirmed = AccessTable.lines[path], path.methods.contains(.get) else {
          continue
        }
        let page = try await anna.get(path.rawValue)
        // A document to take away has none.
        guard page.status == .ok, page.headers[.contentType]?.hasPrefix("text/html") == true
        else { continue }
        #expect(page.body.contains("class=\"account-nav\""), "\(path.rawValue)")
        #expect(
          page.body.contains("action=\"/kijelentkezes\""), "\(path.rawValue): no way out")
      }
      for path in ["/fiok", "/fiok/biztonsag"] {
        let page = try await anna.get(path)
        #expect(page.body.contains("<a href=\"\(path)\" aria-current=\"page\">"), "\(path)")
        // Once in the menu of narrow screens and once in that of wide ones.
        #expect(page.body.components(separatedBy: "aria-current").count == 3, "\(path)")
      }
    }
  }
}
