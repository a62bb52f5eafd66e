package import Accounts
internal import Cryptography
package import Domain
internal import Foundation
package import Hummingbird
internal import HummingbirdTesting
package import Logging
internal import OneTimePasswords
internal import Pages
package import StaffSite
internal import WebServer

/// Stories on the staff's site.
extension Stage {
  /// Somebody of the staff who can log in.
  package struct Colleague: Sendable {
    package let name: String
    package let role: StaffRole
    package let password: String
    fileprivate let secret: [UInt8]

    /// What the app shows now.
    package func code(on stage: Stage) -> String {
      TimeBasedPassword(secret: secret).password(
        at: TimeBasedPassword.step(at: Int64(stage.clock.now.timeIntervalSince1970)))
    }
  }

  private func modernPasswords() throws -> Passwords { try Props.passwords(.modern) }

  package func staffSite() throws -> StaffSite {
    let site = try Site(
      brand: world.brand, isDemo: false, keys: world.keys, templateFolders: [StaffSite.templates],
      randomBytes: world.randomBytes, traits: .staff, style: StaffSite.style)
    return StaffSite(
      site: site, services: StaffSite.Services(world: world, passwords: try modernPasswords()))
  }

  package func staffApplication(logger: Logger? = nil) throws -> some ApplicationProtocol {
    let router = try staffSite().router(
      at: SiteAddress(
        hosts: ["munka.pelda.example", "localhost"], origin: "https://munka.pelda.example",
        isSecure: true),
      tracer: tracer, outage: Stage.outage)
    return Application(router: router, logger: logger ?? Props.logger)
  }

  /// A story with one browser of staff; it can bring others.
  package func playForStaff(
    logger: Logger? = nil, _ story: @escaping @Sendable (CustomerClient) async throws -> Void
  ) async throws {
    try await staffApplication(logger: logger).test(.router) { client in
      try await story(CustomerClient(client))
    }
  }

  package var staffAccounts: StaffAccounts {
    StaffAccounts(
      store: store, now: world.now, randomBytes: world.randomBytes, limits: world.limits,
      act: Stage.clerk)
  }

  package var caseFiles: CaseFiles { CaseFiles(world: world) }

  /// Hires somebody, or finds them where they were hired before.
  package func colleague(_ role: StaffRole, named name: String? = nil) async throws -> Colleague {
    let name = name ?? "anna.\(role.rawValue)"
    guard let staffName = StaffName(name) else { throw NoCode() }
    let password = "negy zold teknos fut"
    let logins = StaffLogins(world: world, passwords: try modernPasswords())
    guard let secret = try await logins.admit(staffName, role, password: password) else {
      throw NoCode()
    }
    return Colleague(
      name: name, role: role, password: password, secret: Stage.bytes(ofBase32: secret))
  }

  package static func bytes(ofBase32 text: String) -> [UInt8] {
    let symbols = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var (bits, count) = (0, 0)
    var bytes: [UInt8] = []
    for letter in text {
      bits = (bits << 5 | (symbols.firstIndex(of: letter) ?? 0)) & 0xFFFF
      count += 5
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bytes
  }
}

/// What somebody of the staff does, page by page.
extension CustomerClient {
  /// Logs in with a fresh code: one that was used before is none.
  @discardableResult
  package func logIn(_ colleague: Stage.Colleague, on stage: Stage) async throws -> Answer {
    stage.clock.advance(by: 30)
    try await get("/munkatars/bejelentkezes")
    return try await post(
      "/munkatars/bejelentkezes",
      [
        "name": colleague.name, "password": colleague.password, "code": colleague.code(on: stage),
      ])
  }

  /// Types what the caller says, and looks at what is found.
  @discardableResult
  package func search(_ term: String) async throws -> Answer {
    try await get("/munkatars/kereses")
    try await post("/munkatars/kereses", ["term": term])
    return try await get("/munkatars/kereses")
  }

  /// Opens the first hit of a search, and looks at the case.
  @discardableResult
  package func openCase(of term: String) async throws -> Answer {
    let found = try await search(term)
    let opened = try await post(
      "/munkatars/ugy/megnyitas",
      ["hit": found.firstHit ?? "", "reason": "call", "words": "telefonon kérdez"])
    guard let path = opened.location else { return opened }
    return try await get(path)
  }

  /// Does something about the case in hand.
  @discardableResult
  package func doAct(
    _ act: String, with operand: String = "", because reason: String = "kérte",
    telling words: String = "Törvény szerint meg kell őriznünk.", reading code: String = "",
    in number: String
  ) async throws -> Answer {
    try await get("/munkatars/ugy/intezkedes?szam=\(number)&mit=\(act)")
    return try await post(
      "/munkatars/ugy/intezkedes",
      [
        "szam": number, "mit": act, "melyik": operand, "reason": reason, "words": words,
        "code": code,
      ])
  }
}

extension CustomerClient.Answer {
  /// The reference of the first hit of a search.
  package var firstHit: String? {
    guard let start = body.range(of: "name=\"hit\" value=\""),
      let end = body.range(of: "\"", range: start.upperBound..<body.endIndex)
    else { return nil }
    return String(body[start.upperBound..<end.lowerBound])
  }
}
