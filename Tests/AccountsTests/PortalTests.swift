import Accounts
import Domain
import Foundation
import Outbox
import Persistence
import TestSupport
import Testing

/// What a customer sees of their own, and what staff see of a customer.
struct PortalTests {
  @Test func `a customer sees their own name and policies and nobody else's`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    let home = try await stage.portalHome.content(of: account)
    #expect(home.name == "Kovács Anna")
    #expect(home.policies.map(\.product) == ["lakásbiztosítás"])
  }

  @Test func `the main page is one statement, and one more for who was here before`() async throws {
    let store = BreakingStore(try await TestStore.migrated())
    let stage = try await Stage(on: store)
    let (token, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    store.break(.atStatement(.max))
    let first = try await stage.portalHome.content(of: account, in: token)
    #expect(first.lastLogin == nil)
    #expect(store.readStatements == 1 && store.statements == 0)
    stage.clock.advance(by: 60)
    let again = try await stage.logins.logIn(
      userName: "anna@pelda.hu", password: Stage.password)
    guard case .loggedIn(let later, _) = again else {
      Issue.record("Anna got \(again)")
      return
    }
    store.break(.atStatement(.max))
    let second = try await stage.portalHome.content(of: account, in: later)
    #expect(second.lastLogin != nil)
    #expect(store.readStatements == 2 && store.statements == 0)
  }

  @Test func `a customer who has left the register sees an empty page`() async throws {
    let stage = try await Stage()
    let (_, account) = try await stage.loggedIn(.anna, email: "anna@pelda.hu")
    try await stage.store.write { transaction in
      try transaction.perform("DELETE FROM register_customer")
      _ = try transaction.execute("DELETE FROM register_policy")
    }
    let home = try await stage.portalHome.content(of: account)
    #expect(home.name.isEmpty)
    #expect(home.policies.isEmpty)
  }

  @Test(arguments: ["1234567", "LA-2023-004512", "la2023004512"])
  func `staff find a customer by either number, masked`(number: String) async throws {
    let stage = try await Stage()
    let text = try #require(
      try await stage.registerLookup.entry(for: number)?.text)
    #expect(text.contains("portal account   no"))
    for personal in ["1234567", "Kovács", "301234567", "1234 567", "kovacs.anna"] {
      #expect(!text.contains(personal))
    }
  }

  @Test func `staff see whose old number it is`() async throws {
    let stage = try await Stage()
    let text = try #require(try await stage.registerLookup.text(for: "0098765"))
    #expect(text.hasPrefix("old number of    \(try CustomerNumber(Cast.old.number).masked)\n"))
    #expect(text.contains("portal account   no"))
    // Somebody has it now, somebody else had it before: both are said.
    try await stage.renumber(.anna, to: "Z9Y8X76", others: [Cast.peter.number])
    let several = try #require(try await stage.registerLookup.text(for: Cast.anna.number))
    #expect(several.components(separatedBy: "old number of").count == 3)
    #expect(!several.contains("portal account"))
  }

  @Test func `staff see that a number is of several customers`() async throws {
    let stage = try await Stage()
    try await stage.contest(Cast.anna.number, "customer")
    let text = try #require(try await stage.registerLookup.text(for: Cast.anna.number))
    #expect(text.contains("of several customers"))
    let other = try #require(try await stage.registerLookup.text(for: Cast.anna.policy))
    #expect(!other.contains("of several customers"))
  }

  @Test func `staff see whether there is an account`() async throws {
    let stage = try await Stage()
    _ = try await stage.registered(.anna, email: "anna@pelda.hu")
    let entry = try await stage.registerLookup.entry(for: Cast.anna.number)
    #expect(entry?.text.contains("portal account   yes") == true)
  }

  @Test(arguments: ["9999999", "", "???", "0098765"])
  func `nobody is found under a number that nobody has`(number: String) async throws {
    let stage = try await Stage()
    #expect(try await stage.registerLookup.entry(for: number) == nil)
  }
}
