import Accounts
import Cryptography
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing
import Wording

/// Who said yes or no to which words, and when (D 6).
struct DeclarationTests {
  struct Line: Hashable, CustomStringConvertible {
    let kind: String
    let isAccepted: Bool
    let version: String
    let body: String
    let language: String
    let channel: String
    let at: Date

    var description: String { "\(kind) \(isAccepted ? "yes" : "no") (\(language), \(channel))" }
  }

  private func ledger(_ stage: Stage) async throws -> [Line] {
    try await stage.store.read { transaction in
      try transaction.rows(
        """
        SELECT declaration.kind, is_accepted, declaration.version, body, declared_text.language,
               channel, declared_at
        FROM declaration
        JOIN declared_text
          ON declared_text.version = declaration.version AND declared_text.kind = declaration.kind
        ORDER BY declaration.id
        """
      ).map { row in
        Line(
          kind: try row.value("kind"), isAccepted: try row.value("is_accepted"),
          version: try row.value("version"), body: try row.value("body"),
          language: try row.value("language"), channel: try row.value("channel"),
          at: try row.value("declared_at"))
      }
    }
  }

  private func words(_ kind: DeclarationKind, _ language: Language, _ stage: Stage) -> String {
    let brand = stage.world.brand
    return switch kind {
    case .marketing: brand.texts(in: language)["contact.marketing.text"]
    case .dataProcessing: brand.texts(in: language)["contact.dataProcessing.text"]
    case .contract: brand.document(.contract, in: language).html
    case .notice: brand.document(.notice, in: language).html
    }
  }

  @Test(arguments: Language.allCases)
  func `the very words that were on the page are in the ledger`(language: Language) async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    _ = try await stage.registrations.give(
      stage.contact("anna@pelda.hu", language: language), in: token)
    _ = try await stage.registrations.choosePassword(Stage.password, in: token)
    let lines = try await ledger(stage)
    #expect(Set(lines.map(\.kind)) == Set(DeclarationKind.allCases.map(\.rawValue)))
    for line in lines {
      let kind = try #require(DeclarationKind(rawValue: line.kind))
      #expect(line.body == words(kind, language, stage))
      #expect(line.version == hexadecimal(sha256(Array(line.body.utf8))))
      #expect(line.language == language.rawValue)
      #expect(line.channel == "registration")
      #expect(line.at == stage.clock.now)
    }
  }

  @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
  func `a no is kept like a yes`(marketing: Bool, dataProcessing: Bool) async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    _ = try await stage.registrations.give(
      stage.contact("anna@pelda.hu", marketing: marketing, dataProcessing: dataProcessing),
      in: token)
    _ = try await stage.registrations.choosePassword(Stage.password, in: token)
    let answers = Dictionary(
      uniqueKeysWithValues: try await ledger(stage).map { ($0.kind, $0.isAccepted) })
    #expect(
      answers == [
        "marketing": marketing, "data_processing": dataProcessing, "contract": true,
        "notice": true,
      ])
  }

  @Test func `who steps back and answers otherwise has said the last answer`() async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    for marketing in [true, false] {
      _ = try await stage.registrations.give(
        stage.contact("anna@pelda.hu", marketing: marketing), in: token)
    }
    _ = try await stage.registrations.choosePassword(Stage.password, in: token)
    let lines = try await ledger(stage)
    #expect(lines.count == 4)
    #expect(lines.first { $0.kind == "marketing" }?.isAccepted == false)
  }

  @Test func `who changes the language between has answered the words of the last page`()
    async throws
  {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    for language in Language.allCases {
      _ = try await stage.registrations.give(
        stage.contact("anna@pelda.hu", language: language), in: token)
    }
    _ = try await stage.registrations.choosePassword(Stage.password, in: token)
    let last = try #require(Language.allCases.last)
    #expect(try await ledger(stage).allSatisfy { $0.language == last.rawValue })
  }

  @Test func `nothing is declared before the account exists`() async throws {
    let stage = try await Stage()
    _ = try await stage.contacted(.anna, email: "anna@pelda.hu")
    #expect(try await ledger(stage).isEmpty)
  }

  @Test func `a text is kept once, however many answer it`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    _ = try await stage.registered(.peter, email: "peter@pelda.hu")
    #expect(try await stage.count("declared_text") == 4)
    #expect(try await ledger(stage).count == 8)
  }

  @Test func `an answer to words that this instance does not show is not taken`() async throws {
    let stage = try await Stage()
    let token = try await stage.proven(.anna)
    let before = try await stage.contents()
    let contact = Registration.Contact(
      email: try EmailAddress("anna@pelda.hu"),
      declarations: [Declaration(kind: .marketing, isAccepted: true, version: "unknown")])
    await #expect(throws: (any Error).self) {
      try await stage.registrations.give(contact, in: token)
    }
    #expect(try await stage.contents() == before)
  }

  @Test(arguments: DeclarationKind.allCases)
  func `the page's version is the words' own digest`(kind: DeclarationKind) async throws {
    let stage = try await Stage()
    let texts = stage.world.declaredTexts
    for language in Language.allCases {
      let version = texts.version(of: kind, in: language)
      #expect(version == hexadecimal(sha256(Array(words(kind, language, stage).utf8))))
      let declaration = Declaration(kind: kind, isAccepted: true, version: version)
      #expect(texts.text(of: declaration)?.text == words(kind, language, stage))
    }
  }
}
