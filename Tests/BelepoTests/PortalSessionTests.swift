internal import Accounts
internal import Cryptography
internal import Domain
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdTesting
internal import Pages
internal import TestSupport
internal import Testing

@testable internal import belepo

/// What a proxy in front of the insurer's own portal is told about a customer (I7).
@Suite struct `The proxy in front of a portal behind our login` {
  /// What happens to a customer who is in the portal.
  enum Event: CaseIterable, Sendable {
    case nothing
    case lockedByStaff
    case lockedUntilNewProof
    case blocked
    case deceased
    /// Without insurance: the account is still theirs.
    case closed
    /// One torn file locks nobody out.
    case missingOnce
    case vanished

    var keepsOut: Bool {
      switch self {
      case .nothing, .closed, .missingOnce: false
      case .lockedByStaff, .lockedUntilNewProof, .blocked, .deceased, .vanished: true
      }
    }

    func happen(to person: Cast, on stage: Stage) async throws {
      switch self {
      case .nothing: break
      case .lockedByStaff: try await lock(person, .staff, on: stage)
      case .lockedUntilNewProof: try await lock(person, .newProof, on: stage)
      case .blocked: try await stage.mark(person, .blocked)
      case .deceased: try await stage.mark(person, .deceased)
      case .closed: try await stage.mark(person, .closed)
      case .missingOnce: try await stage.leaveOut(person)
      case .vanished:
        try await stage.leaveOut(person)
        try await stage.importing()
      }
    }

    private func lock(
      _ person: Cast, _ kind: AccountStanding.Lock, on stage: Stage
    ) async throws {
      let number = try CustomerNumber(person.number)
      _ = try await stage.accountLocks.lock(number, kind, by: Stage.clerk)
    }
  }

  @Test(arguments: Event.allCases)
  func `lets a customer in with the next request, or keeps them out`(event: Event) async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let session = anna.cookie(CookieName.session.rawValue)
      #expect(try await Self.answer(to: session, on: stage).status == .ok)
      try await event.happen(to: .anna, on: stage)
      let answer = try await Self.answer(to: session, on: stage)
      if event.keepsOut {
        Self.expectNobody(answer)
      } else {
        #expect(answer.status == .ok)
        #expect(Self.facts(of: answer)["Belepo-Customer"] == Cast.anna.number)
        #expect(Self.facts(of: answer).count == 7)
      }
    }
  }

  /// What a block has ended stays ended (P10).
  @Test func `keeps out an old session when the block is over`() async throws {
    let stage = try await Stage()
    try await stage.play { anna in
      try await anna.enterThePortal(.anna, email: "anna@pelda.hu", on: stage)
      let session = anna.cookie(CookieName.session.rawValue)
      try await stage.mark(.anna, .blocked)
      Self.expectNobody(try await Self.answer(to: session, on: stage))
      try await stage.mark(.anna, .active)
      Self.expectNobody(try await Self.answer(to: session, on: stage))
    }
  }

  @Test(arguments: [nil, "", "x", String(repeating: "ab", count: 32)])
  func `knows nobody by a session that there is not`(session: String?) async throws {
    Self.expectNobody(try await Self.answer(to: session, on: try await Stage()))
  }

  private static func answer(
    to session: String?, on stage: Stage
  ) async throws -> CustomerClient.Answer {
    let portal = PortalSessions(
      sessions: stage.sessions, keys: try SecretKeys([Stage.key]),
      places: ReturnPlaces(prefixes: ["/portal/"]),
      publicURL: try #require(URL(string: "https://portal.pelda.example")), now: stage.world.now)
    let asked = try #require(HTTPField.Name("X-Forwarded-Uri"))
    let router = Router(context: BasicRequestContext.self)
    router.get(RouterPath(PortalSessions.path), use: portal.answer)
    return try await Application(router: router).test(.router) { client in
      let proxy = CustomerClient(client)
      proxy.set(CookieName.session.rawValue, to: session)
      return try await proxy.get(PortalSessions.path, headers: [asked: "/portal/"])
    }
  }

  private static func facts(of answer: CustomerClient.Answer) -> [String: String] {
    var facts: [String: String] = [:]
    for field in answer.headers where field.name.rawName.hasPrefix("Belepo-") {
      facts[field.name.rawName] = field.value
    }
    return facts
  }

  /// The same for everybody, so that the portal learns nothing about why.
  private static func expectNobody(_ answer: CustomerClient.Answer) {
    #expect(answer.status == .unauthorized)
    #expect(answer.body == "not logged in\n")
    #expect(answer.location == "https://portal.pelda.example/bejelentkezes?vissza=/portal/")
    #expect(facts(of: answer).isEmpty)
  }
}
