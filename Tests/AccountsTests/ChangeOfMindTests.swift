import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// What a customer declared can be looked at, and the voluntary ones taken back and given again.
struct ChangeOfMindTests {
  private func anna(on stage: Stage) async throws -> Account {
    try await stage.loggedIn(.anna, email: "anna@pelda.hu").1
  }

  private func answer(
    _ kind: DeclarationKind, _ isAccepted: Bool, _ stage: Stage, version: String? = nil
  ) -> Declaration {
    Declaration(
      kind: kind, isAccepted: isAccepted,
      version: version ?? stage.world.declaredTexts.version(of: kind, in: .hungarian))
  }

  @Test(arguments: [DeclarationKind.marketing, .dataProcessing])
  func `a mind is changed in one click, both ways, and every answer stays`(
    kind: DeclarationKind
  ) async throws {
    let stage = try await Stage()
    let account = try await anna(on: stage)
    let first = try #require(try await stage.declarations.standing(of: account)[kind])
    for isAccepted in [!first.isAccepted, first.isAccepted] {
      stage.clock.advance(by: 60)
      let outcome = try await stage.declarations.answer(
        answer(kind, isAccepted, stage), of: account)
      #expect(outcome == .recorded)
      let last = try #require(try await stage.declarations.standing(of: account)[kind])
      #expect(last.isAccepted == isAccepted && last.channel == "portal")
      #expect(last.declaredAt == stage.clock.now)
      #expect(last.text.text == stage.world.declaredTexts.text(of: answer(kind, true, stage))?.text)
    }
    let history = try await stage.declarations.history(of: account).filter { $0.kind == kind }
    #expect(history.map(\.isAccepted) == [first.isAccepted, !first.isAccepted, first.isAccepted])
    #expect(try await stage.audited("declared") == 2)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `ten clicks at once are one answer`(ground: Stage.Ground) async throws {
    try await Stage.play(on: ground) { stage in
      let account = try await anna(on: stage)
      let outcomes = try await atOnce(10) { _ in
        try await stage.declarations.answer(answer(.marketing, true, stage), of: account)
      }
      #expect(outcomes.count { $0 == .recorded } == 1)
      #expect(outcomes.count { $0 == .unchanged } == 9)
      #expect(try await stage.count("declaration") == 5)
    }
  }

  @Test func `an answer to other words than are shown now is not taken`() async throws {
    let stage = try await Stage()
    let account = try await anna(on: stage)
    let before = try await stage.contents()
    let stale = answer(.marketing, true, stage, version: "earlier")
    #expect(try await stage.declarations.answer(stale, of: account) == .textChanged)
    #expect(try await stage.contents() == before)
  }

  @Test(arguments: [DeclarationKind.contract, .notice])
  func `a document is not taken back by a click`(kind: DeclarationKind) async throws {
    let stage = try await Stage()
    let account = try await anna(on: stage)
    let outcome = try await stage.declarations.answer(answer(kind, false, stage), of: account)
    #expect(outcome == .refused)
    #expect(try await stage.count("declaration") == 4)
  }

  // MARK: New versions

  @Test func `whoever accepted the present words in either language is asked nothing`()
    async throws
  {
    let stage = try await Stage()
    let account = try await anna(on: stage)
    #expect(try await stage.declarations.outdated(for: account).isEmpty)
    let token = try await stage.proven(.peter)
    _ = try await stage.registrations.give(
      stage.contact("peter@pelda.hu", language: .english), in: token)
    _ = try await stage.registrations.choosePassword(Stage.password, in: token)
    let session = try #require(try await stage.logIn("peter@pelda.hu").token)
    let peter = try #require(try await stage.sessions.resume(session))
    #expect(try await stage.declarations.outdated(for: peter).isEmpty)
  }

  @Test(arguments: Stage.Ground.allCases)
  func `a new version is accepted once, however often it is clicked`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let account = try await anna(on: stage)
      try await stage.acceptedEarlierVersion(of: .contract, by: account)
      #expect(try await stage.declarations.outdated(for: account) == [.contract])
      let stale = answer(.contract, true, stage, version: "earlier")
      #expect(try await stage.declarations.accept([stale], by: account) == .textChanged)
      #expect(try await stage.declarations.accept([], by: account) == .textChanged)
      let outcomes = try await atOnce(10) { _ in
        try await stage.declarations.accept([answer(.contract, true, stage)], by: account)
      }
      #expect(outcomes.count { $0 == .recorded } == 1)
      #expect(outcomes.count { $0 == .unchanged } == 9)
      #expect(try await stage.declarations.outdated(for: account).isEmpty)
      #expect(try await stage.audited("documents_accepted") == 1)
      #expect(try await stage.count("declaration") == 6)
      // Each acceptance is sent, in the version that was accepted.
      let version = stage.world.declaredTexts.version(of: .contract, in: .hungarian)
      let letters = try await stage.post().compactMap(\.contractVersion)
      #expect(letters == [version, version])
    }
  }

  @Test func `who has left can answer nothing any more`() async throws {
    let stage = try await Stage()
    let account = try await anna(on: stage)
    #expect(try await stage.contracts.end(by: account, password: Stage.password) == .ended)
    #expect(
      try await stage.declarations.answer(answer(.marketing, true, stage), of: account) == .refused)
    #expect(
      try await stage.declarations.accept([answer(.contract, true, stage)], by: account)
        == .refused)
  }
}
