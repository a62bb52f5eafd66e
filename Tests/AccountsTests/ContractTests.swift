import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing
import Wording

/// The portal's contract: the accepted words, the file of them, and the end of it.
struct ContractTests {
  private func files(_ stage: Stage) -> ContractFiles {
    ContractFiles(brand: stage.world.brand, store: stage.store, now: stage.world.now)
  }

  @Test func `the contract is the one that was accepted last, word for word`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    let accepted = try #require(try await stage.contracts.accepted(by: account))
    #expect(
      accepted.entry.text.text == stage.world.brand.document(.contract, in: .hungarian).html)
    #expect(accepted.entry.declaredAt == stage.clock.now)
    try await stage.acceptedEarlierVersion(of: .contract, by: account)
    let newer = try #require(try await stage.contracts.accepted(by: account))
    #expect(newer.entry.text.text == "<h1>Régi</h1><p>Korábbi szöveg.</p>")
  }

  @Test func `the file that the brand brings is kept once, and is the same at every download`()
    async throws
  {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    #expect(try await stage.contracts.file(for: account) == nil)
    #expect(try await files(stage).adoptFiles() == [])
    let first = try #require(try await stage.contracts.file(for: account))
    #expect(first.bytes == stage.world.brand.contractFile(in: .hungarian))
    let version = stage.world.declaredTexts.version(of: .contract, in: .hungarian)
    let other = Contracts.File(bytes: Array("%PDF-other".utf8))
    #expect(try await !files(stage).keep(other, version: version))
    #expect(try await stage.contracts.file(for: account) == first)
    #expect(try await files(stage).withoutFile().isEmpty)
  }

  @Test func `the letter about the contract names the version whose file goes along`()
    async throws
  {
    let stage = try await Stage()
    _ = try await files(stage).adoptFiles()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    let versions = try await stage.post().compactMap(\.contractVersion)
    let version = try #require(versions.first)
    #expect(versions.count == 1)
    #expect(
      try await files(stage).file(version: version)
        == (try await stage.contracts.file(for: account)))
    #expect(try await files(stage).file(version: "never rendered") == nil)
  }

  @Test func `a damaged file is not handed out, and the verification names it`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await files(stage).adoptFiles()
    try await stage.disarm(["declared_file"])
    try await stage.store.write {
      try $0.perform("UPDATE declared_file SET body = \([UInt8](repeating: 0, count: 9))")
    }
    await #expect(throws: DamagedFile.self) { try await stage.contracts.file(for: account) }
    let version = stage.world.declaredTexts.version(of: .contract, in: .hungarian)
    await #expect(throws: DamagedFile.self) { try await files(stage).file(version: version) }
    guard case .broken = try await stage.verification.verify() else {
      Issue.record("The damage was not found.")
      return
    }
  }

  @Test func `an accepted contract of an earlier version is among those to be rendered`()
    async throws
  {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    try await stage.acceptedEarlierVersion(of: .contract, by: account)
    #expect(try await files(stage).withoutFile().map(\.version).contains("earlier"))
    _ = try await files(stage).adoptFiles()
    #expect(try await files(stage).withoutFile().map(\.version) == ["earlier"])
  }

  // MARK: The end

  @Test(arguments: Stage.Ground.allCases)
  func `the end closes the account, once, and every session with it`(
    ground: Stage.Ground
  ) async throws {
    try await Stage.play(on: ground) { stage in
      let (token, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
      let other = try #require(try await stage.logIn("anna@pelda.hu").token)
      let outcomes = try await atOnce(5) { _ in
        try await stage.contracts.end(by: account, password: Stage.password)
      }
      #expect(outcomes.count { $0 == .ended } == 1)
      #expect(try await stage.sessions.resume(token) == nil)
      #expect(try await stage.sessions.resume(other) == nil)
      #expect(try await stage.audited("contract_ended") == 1)
      let letters = try await stage.post().filter {
        $0.subject == stage.world.brand.texts(in: .hungarian)["mail.contractEnded.subject"]
      }
      #expect(letters.map(\.to) == ["anna@pelda.hu"])
      #expect(try await stage.count("declaration") == 4)
    }
  }

  @Test func `a login is then refused like an unknown user's`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await stage.contracts.end(by: account, password: Stage.password)
    #expect(try await stage.logIn("anna@pelda.hu") == .refused)
    #expect(try await stage.logIn("closed/\(account.id)") == .refused)
  }

  @Test func `who has left may register again, with the same address, and may leave again`()
    async throws
  {
    let stage = try await Stage()
    for round in 1...3 {
      let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
      #expect(try await stage.contracts.end(by: account, password: Stage.password) == .ended)
      #expect(try await stage.count("account") == round)
      stage.clock.advance(by: 86_400)
    }
    let summary = try #require(try await stage.records.summary(of: CustomerNumber("1234567")))
    #expect(summary.split(separator: "\n").count { $0.hasPrefix("account ") } == 3)
  }

  // Attack 34: a stolen cookie alone.
  @Test func `a wrong password ends nothing, and counts like a failed login`() async throws {
    let stage = try await Stage()
    let (token, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    for _ in 1...4 {
      #expect(
        try await stage.contracts.end(by: account, password: "Rossz1") == .wrongPassword)
    }
    #expect(
      try await stage.contracts.end(by: account, password: Stage.password) == .wrongPassword)
    #expect(try await stage.sessions.resume(token) != nil)
    #expect(try await stage.audited("contract_end_refused") == 5)
    stage.clock.advance(by: 61)
    #expect(try await stage.contracts.end(by: account, password: Stage.password) == .ended)
  }

  @Test func `an account that has ended is found by nothing`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    _ = try await stage.contracts.end(by: account, password: Stage.password)
    #expect(try await stage.contracts.end(by: account, password: Stage.password) == .wrongPassword)
    #expect(try await stage.dataRights.askForCopy(account) == .outOfTurn)
    #expect(try await stage.confirmations.standing(of: account.id) == nil)
  }
}
